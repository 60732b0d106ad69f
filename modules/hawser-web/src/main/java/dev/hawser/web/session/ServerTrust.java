package dev.hawser.web.session;

import dev.hawser.tls.ServerCertificate;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts certificates with certain hashes, whoever signed them and whatever names they are for, as
/// browsers do with `serverCertificateHashes`.
public final class ServerTrust extends X509ExtendedTrustManager {
    private static final int HASH_DIGITS = 64;

    private final Set<String> hashes;

    /// What the latest certificate was that was refused. TLS of QUIC says only that one was.
    private volatile @Nullable String latestRefusal;

    /// @param hashes SHA-256 in 64 hex digits each
    /// @throws IllegalArgumentException when one is something else
    public ServerTrust(List<String> hashes) {
        this.hashes = new HashSet<>();
        for (String hash : hashes) {
            String digits = hash.toLowerCase(Locale.ROOT);
            if (digits.length() != HASH_DIGITS || !digits.matches("[0-9a-f]*")) {
                throw new IllegalArgumentException(
                        "'" + hash + "' is no SHA-256 of a certificate: that has 64 hex digits");
            }
            this.hashes.add(digits);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the server showed no certificate");
        }
        chain[0].checkValidity();
        String hash = ServerCertificate.sha256(chain[0]);
        if (!hashes.contains(hash)) {
            String refusal =
                    "the server's certificate has the SHA-256 "
                            + hash
                            + ", which is not among the "
                            + hashes.size()
                            + " that are accepted: fetch a new token, its answer has the hashes of"
                            + " now";
            latestRefusal = refusal;
            throw new CertificateException(refusal);
        }
    }

    /// {@return why the latest certificate was refused, or null}
    public @Nullable String latestRefusal() {
        return latestRefusal;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw noClients();
    }

    private static CertificateException noClients() {
        return new CertificateException("this is a client, which clients do not dial");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
