package dev.hawser.token;

import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the certificates whose SHA-256 it knows, whatever name they have and whoever signed them.
/// That the server has the private key, the handshake shows.
///
/// An expired one is refused all the same: it was to be replaced, and nobody did.
final class PinnedCertificates extends X509ExtendedTrustManager {
    private static final int DIGITS = 64;

    private final Set<String> hashes = new TreeSet<>();

    /// @param sha256Hex each 64 hexadecimal digits, with or without colons
    PinnedCertificates(Collection<String> sha256Hex) {
        if (sha256Hex.isEmpty()) {
            throw new IllegalArgumentException(
                    "0 certificates are pinned, so none would be accepted: name one or more");
        }
        for (String hash : sha256Hex) {
            hashes.add(canonical(hash));
        }
    }

    private static String canonical(String hash) {
        String digits = hash.replace(":", "").toLowerCase(Locale.ROOT);
        if (digits.length() != DIGITS || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "'"
                            + hash
                            + "' is no SHA-256 of a certificate: it has "
                            + DIGITS
                            + " hexadecimal digits, with or without colons, as keytool prints it");
        }
        return digits;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        X509Certificate leaf = chain[0];
        String shown = sha256(leaf);
        if (!hashes.contains(shown)) {
            throw new NotPinnedException(shown);
        }
        leaf.checkValidity();
    }

    private static String sha256(X509Certificate certificate) throws CertificateException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("this end is a client's");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
