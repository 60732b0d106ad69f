package dev.hawser.online.http;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom a client believes to be the service.
public final class Trust {
    private static final int DIGITS = 64;

    private Trust() {}

    /// {@return TLS that trusts the authorities that the JDK comes with}
    public static SSLContext ofJdk() {
        return contextOf(Authorities.of(null));
    }

    /// {@return TLS that trusts these authorities alone}
    ///
    /// @throws IllegalArgumentException when there is none in it
    public static SSLContext of(KeyStore trusted) {
        // For the JDK's own factory, null are the authorities that it comes with.
        Authorities authorities = Authorities.of(Objects.requireNonNull(trusted, "trusted"));
        if (authorities.getAcceptedIssuers().length == 0) {
            throw new IllegalArgumentException(
                    "0 certificates are in the trust store, so none would be accepted: import the"
                            + " authority's");
        }
        return contextOf(authorities);
    }

    /// {@return TLS that trusts these certificates alone}
    ///
    /// @param sha256Hex of each certificate, 64 hexadecimal digits, with or without colons
    /// @throws IllegalArgumentException when there is none, or one is something else
    public static SSLContext ofPinned(List<String> sha256Hex) {
        return contextOf(new Pinned(sha256Hex));
    }

    private static SSLContext contextOf(TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /// A server showed a certificate that is not pinned.
    static final class NotPinnedException extends CertificateException {
        private static final long serialVersionUID = 1;

        NotPinnedException(String shown) {
            super("the SHA-256 of the one shown is " + shown);
        }
    }

    /// Trusts the certificates whose SHA-256 it knows, whatever name they have and whoever signed
    /// them. That the server has the private key, the handshake shows.
    ///
    /// An expired one is refused all the same: it was to be replaced, and nobody did.
    private static final class Pinned extends OfClient {
        private final Set<String> hashes = new TreeSet<>();

        Pinned(List<String> sha256Hex) {
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
                                + " hexadecimal digits, with or without colons, as keytool prints"
                                + " it");
            }
            return digits;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            String shown = sha256(chain[0]);
            if (!hashes.contains(shown)) {
                throw new NotPinnedException(shown);
            }
            chain[0].checkValidity();
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
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /// The JDK's check, host name included, and one more: a certificate that stands itself among
    /// the trusted ones must not have expired either, which the JDK does not look at.
    private static final class Authorities extends OfClient {
        private final X509ExtendedTrustManager checks;

        private Authorities(X509ExtendedTrustManager checks) {
            this.checks = checks;
        }

        /// @param trusted null for the authorities that the JDK comes with
        static Authorities of(@Nullable KeyStore trusted) {
            try {
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(trusted);
                return Arrays.stream(factory.getTrustManagers())
                        .filter(X509ExtendedTrustManager.class::isInstance)
                        .map(X509ExtendedTrustManager.class::cast)
                        .map(Authorities::new)
                        .findFirst()
                        .orElseThrow();
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(
                        "the trust store cannot be used: " + e.getMessage(), e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checks.checkServerTrusted(chain, authType, engine);
            chain[0].checkValidity();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checks.checkServerTrusted(chain, authType, socket);
            chain[0].checkValidity();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            // Without the connection nobody could compare the name.
            throw new CertificateException("a certificate is checked with its connection only");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return checks.getAcceptedIssuers();
        }
    }

    /// That of a client, whom no client shows a certificate.
    private abstract static class OfClient extends X509ExtendedTrustManager {
        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("this end is a client's");
        }

        @Override
        public final void checkClientTrusted(
                X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public final void checkClientTrusted(
                X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }
    }
}
