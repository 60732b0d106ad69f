package dev.hawser.online.http;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The certificate of a test's service, made at once: by an authority of the test's own, or by
/// itself.
public final class TestCertificate {
    private static final char[] PASSWORD = "only for this test".toCharArray();

    private final X509Certificate certificate;
    private final PrivateKey key;

    private TestCertificate(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// {@return an authority that has signed itself}
    public static TestCertificate authority() {
        return make(null, "Authority of a test", Duration.ofDays(-1), Duration.ofDays(1));
    }

    /// {@return one for `localhost` that is valid and has signed itself}
    public static TestCertificate selfSigned() {
        return make(null, "localhost", Duration.ofDays(-1), Duration.ofDays(1));
    }

    /// {@return one that this authority has signed}
    ///
    /// @param from when it becomes valid, from now
    /// @param to when it expires, from now
    public TestCertificate sign(String host, Duration from, Duration to) {
        return make(this, host, from, to);
    }

    /// {@return one for `localhost` that is valid and that this authority has signed}
    public TestCertificate sign() {
        return sign("localhost", Duration.ofDays(-1), Duration.ofDays(1));
    }

    /// {@return one that has signed itself}
    public static TestCertificate selfSigned(Duration from, Duration to) {
        return make(null, "localhost", from, to);
    }

    private static TestCertificate make(
            TestCertificate issuer, String host, Duration from, Duration to) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair keys = generator.generateKeyPair();
            X500Name name = new X500Name("CN=" + host);
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            issuer == null
                                    ? name
                                    : new X500Name(
                                            issuer.certificate.getSubjectX500Principal().getName()),
                            new BigInteger(64, new SecureRandom()),
                            Date.from(now.plus(from)),
                            Date.from(now.plus(to)),
                            name,
                            keys.getPublic());
            if (host.contains(" ")) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            } else {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            }
            PrivateKey signer = issuer == null ? keys.getPrivate() : issuer.key;
            return new TestCertificate(
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(signer))),
                    keys.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return what pins it}
    public String sha256() {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return a trust store with nothing but this in it}
    public KeyStore trustStore() {
        try {
            KeyStore store = emptyStore();
            store.setCertificateEntry("trusted", certificate);
            return store;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return a trust store with nothing in it}
    public static KeyStore emptyStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return TLS of a server that shows this}
    SSLContext serverContext() {
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("server", key, PASSWORD, new Certificate[] {certificate});
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
