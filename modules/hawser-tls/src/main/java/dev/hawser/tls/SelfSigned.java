package dev.hawser.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
import org.jspecify.annotations.Nullable;

/// Makes certificates that browsers accept by their hash: ECDSA on P-256, valid for less than the
/// fourteen days that they allow.
final class SelfSigned {
    /// From the first to the last moment of a certificate.
    static final Duration VALIDITY = Duration.ofDays(13);

    /// Valid before it is made, since clocks of players are late: a machine that takes local time
    /// for universal time is, by up to half a day.
    static final Duration BACKDATED = Duration.ofDays(1);

    /// Labels of letters, digits, hyphens and underscores; the first may be all of a wildcard.
    private static final Pattern HOST_NAME =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

    private static final int SERIAL_BITS = 120;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SelfSigned() {}

    /// {@return a new one, with a new key}
    ///
    /// @param hosts names and addresses by which clients dial, at least one
    /// @throws IllegalArgumentException when there is none, or one is neither name nor address
    static ServerCertificate make(Instant now, List<String> hosts) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException(
                    "a certificate for no host: name those by which clients dial, such as"
                            + " localhost");
        }
        hosts.forEach(SelfSigned::checkHost);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            KeyPair keys = generator.generateKeyPair();
            return new ServerCertificate(keys.getPrivate(), List.of(signed(keys, now, hosts)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform has ECDSA on P-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
    }

    private static void checkHost(String host) {
        if (!HOST_NAME.matcher(host).matches() && addressOf(host) == null) {
            throw new IllegalArgumentException(
                    "the host '"
                            + host
                            + "' is no name and no address that a client could dial: name it as in"
                            + " a URL, without scheme and port, such as play.example.org or"
                            + " 127.0.0.1");
        }
    }

    private static X509Certificate signed(KeyPair keys, Instant now, List<String> hosts)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        // No host in the name: it has its place in the alternative names, however long it is.
        X500Name name = new X500Name("CN=self-signed");
        Instant start = now.minus(BACKDATED);
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE),
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
                        hosts.stream().map(SelfSigned::nameOf).toArray(GeneralName[]::new)));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate())));
    }

    private static GeneralName nameOf(String host) {
        String address = addressOf(host);
        return address == null
                ? new GeneralName(GeneralName.dNSName, host)
                : new GeneralName(GeneralName.iPAddress, address);
    }

    private static @Nullable String addressOf(String host) {
        try {
            return InetAddress.ofLiteral(host).getHostAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// {@return these hosts as a certificate names them}
    static Set<String> hostsOf(List<String> hosts) {
        return hosts.stream()
                .map(host -> Objects.requireNonNullElse(addressOf(host), host))
                .collect(Collectors.toSet());
    }

    /// {@return the hosts that a certificate names}
    static Set<String> hostsOf(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Set.of()
                    : names.stream()
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.toSet());
        } catch (CertificateParsingException e) {
            return Set.of();
        }
    }
}
