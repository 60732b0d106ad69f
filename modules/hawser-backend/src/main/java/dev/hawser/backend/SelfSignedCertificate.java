package dev.hawser.backend;

import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// A certificate that nobody vouches for, made at start: for development, for demos, and for
/// clients that know its hash from elsewhere and pin it.
///
/// ECDSA on P-256, valid for thirteen days: what browsers accept by hash lives at most fourteen.
public final class SelfSignedCertificate {
    private static final Duration VALIDITY = Duration.ofDays(13);

    /// The clocks of its clients may be late.
    private static final Duration BACKDATED = Duration.ofHours(1);

    private final ServerCertificate certificate;

    private SelfSignedCertificate(ServerCertificate certificate) {
        this.certificate = certificate;
    }

    /// {@return a new one, with a new key}
    ///
    /// @param hosts names and addresses by which clients will dial, at least one
    /// @throws IllegalArgumentException when there is none
    public static SelfSignedCertificate forHosts(String... hosts) {
        return forHosts(SystemClock.INSTANT_SOURCE.instant(), List.of(hosts));
    }

    static SelfSignedCertificate forHosts(Instant now, List<String> hosts) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException(
                    "a certificate for no host: name those by which clients dial, such as"
                            + " localhost");
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            // No host in the name: it has its place in the alternative names, however long it is.
            X500Name name = new X500Name("CN=self-signed");
            Instant start = now.minus(BACKDATED);
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(120, new SecureRandom()).add(BigInteger.ONE),
                            Date.from(start),
                            Date.from(start.plus(VALIDITY)),
                            name,
                            keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            hosts.stream()
                                    .map(SelfSignedCertificate::nameOf)
                                    .toArray(GeneralName[]::new)));
            X509Certificate signed =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(keys.getPrivate())));
            return new SelfSignedCertificate(
                    new ServerCertificate(List.of(signed), keys.getPrivate()));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform has ECDSA on P-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GeneralName nameOf(String host) {
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            return new GeneralName(GeneralName.iPAddress, address.getHostAddress());
        } catch (IllegalArgumentException e) {
            return new GeneralName(GeneralName.dNSName, host);
        }
    }

    /// {@return the certificate, for those who keep a trust store}
    public X509Certificate certificate() {
        return certificate.chain().getFirst();
    }

    /// {@return the SHA-256 of the certificate in DER, as 64 hexadecimal digits: what clients pin}
    public String sha256() {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(certificate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of our own making", e);
        }
    }

    /// Writes it to two new PEM files, the key for only its owner to read: for those who want it to
    /// be the same after a restart.
    ///
    /// @throws IOException when one is there already, or cannot be written
    public void writePem(Path chain, Path key) throws IOException {
        boolean isPosix = key.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly =
                isPosix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Files.createFile(key, ownerOnly);
        Files.writeString(key, pem("PRIVATE KEY", certificate.key().getEncoded()));
        try {
            Files.writeString(
                    chain,
                    pem("CERTIFICATE", certificate().getEncoded()),
                    StandardOpenOption.CREATE_NEW);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate of our own making", e);
        }
    }

    private static String pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }

    ServerCertificate serverCertificate() {
        return certificate;
    }

    @Override
    public String toString() {
        return "SelfSignedCertificate[" + sha256() + "]";
    }
}
