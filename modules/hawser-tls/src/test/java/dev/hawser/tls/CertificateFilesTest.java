package dev.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.keys.SecretReaders;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// PEM files: what they may look like, what becomes of them when they change or are wrong.
class CertificateFilesTest {
    private static final Instant START = Instant.now();

    /// One for all, of the two largest primes of 1024 bits that do: to look for primes takes
    /// seconds.
    private static final KeyPair RSA_KEYS = rsaKeys();

    @TempDir private Path folder;
    private final TestLog log = new TestLog();
    private long nowNanos;
    private Instant now = START;
    private SecretReaders keyReaders = SecretReaders.OWNER;

    private Path chain() {
        return folder.resolve("fullchain.pem");
    }

    private Path key() {
        return folder.resolve("privkey.pem");
    }

    /// By an authority below another one, as it is with all that browsers trust.
    private static X509Bundle issued(Algorithm algorithm) throws Exception {
        X509Bundle root = authority().buildSelfSigned();
        X509Bundle authority = authority().subject("CN=below").buildIssuedBy(root);
        return builder(algorithm)
                .subject("CN=play.example.org")
                .addSanDnsName("play.example.org")
                .notBefore(START.minus(Duration.ofDays(1)))
                .notAfter(START.plus(Duration.ofDays(90)))
                .buildIssuedBy(authority);
    }

    private static CertificateBuilder builder(Algorithm algorithm) {
        CertificateBuilder builder = new CertificateBuilder().algorithm(algorithm);
        return algorithm == Algorithm.rsa2048 ? builder.keyPair(RSA_KEYS) : builder;
    }

    private static KeyPair rsaKeys() {
        BigInteger p = BigInteger.TWO.pow(1024).subtract(BigInteger.valueOf(105));
        BigInteger q = BigInteger.TWO.pow(1024).subtract(BigInteger.valueOf(179));
        BigInteger e = BigInteger.valueOf(65537);
        BigInteger p1 = p.subtract(BigInteger.ONE);
        BigInteger q1 = q.subtract(BigInteger.ONE);
        BigInteger d = e.modInverse(p1.multiply(q1));
        try {
            KeyFactory factory = KeyFactory.getInstance("RSA");
            return new KeyPair(
                    factory.generatePublic(new RSAPublicKeySpec(p.multiply(q), e)),
                    factory.generatePrivate(
                            new RSAPrivateCrtKeySpec(
                                    p.multiply(q),
                                    e,
                                    d,
                                    p,
                                    q,
                                    d.mod(p1),
                                    d.mod(q1),
                                    q.modInverse(p))));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK has RSA", impossible);
        }
    }

    private static CertificateBuilder authority() {
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .notBefore(START.minus(Duration.ofDays(2)))
                .notAfter(START.plus(Duration.ofDays(100)));
    }

    private static X509Bundle selfSigned(Algorithm algorithm, int days) throws Exception {
        return builder(algorithm)
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .notBefore(START.minus(Duration.ofDays(1)))
                .notAfter(START.plus(Duration.ofDays(days - 1)))
                .buildSelfSigned();
    }

    /// Netty's builder looks for primes of its own for a certificate that signs itself.
    private static X509Bundle selfSignedWithRsa(int days) throws Exception {
        X500Name name = new X500Name("CN=localhost");
        X509CertificateHolder signed =
                new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.TEN,
                                Date.from(START.minus(Duration.ofDays(1))),
                                Date.from(START.plus(Duration.ofDays(days - 1))),
                                name,
                                RSA_KEYS.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")))
                        .build(
                                new JcaContentSignerBuilder("SHA256withRSA")
                                        .build(RSA_KEYS.getPrivate()));
        return X509Bundle.fromRootCertificateAuthority(
                new JcaX509CertificateConverter().getCertificate(signed), RSA_KEYS);
    }

    private void write(X509Bundle bundle) throws IOException {
        write(chain(), bundle.getCertificatePathPEM());
        write(key(), bundle.getPrivateKeyPEM());
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (isPosix) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    private static String pem(PemObject object) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    private CertificateFiles source() throws IOException {
        return source(CertificateFiles.Clients.BROWSERS);
    }

    private CertificateFiles source(CertificateFiles.Clients clients) throws IOException {
        return new CertificateFiles(
                new CertificateFiles.PemFiles(chain(), key(), keyReaders),
                clients,
                () -> nowNanos,
                () -> now,
                log);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::source)
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    // ---- What they may look like

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048"})
    void aPairOfAnAuthorityIsShownAndHasNoHashes(Algorithm algorithm) throws Exception {
        X509Bundle bundle = issued(algorithm);
        write(bundle);
        CertificateFiles source = source();
        assertThat(source.current().chain()).containsExactly(bundle.getCertificatePath());
        assertThat(source.current().chain()).hasSize(2);
        assertThat(source.current().key()).isEqualTo(bundle.getKeyPair().getPrivate());
        assertThat(source.hashes()).isEmpty();
        assertThat(source.current()).isSameAs(source.current());
        assertThat(log.lines).isEmpty();
    }

    @Test
    void theOlderFormOfAnEcKeyIsRead() throws Exception {
        X509Bundle bundle = issued(Algorithm.ecp256);
        write(bundle);
        ECPrivateKey privateKey = (ECPrivateKey) bundle.getKeyPair().getPrivate();
        byte[] der =
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                256, privateKey.getS(), X9ObjectIdentifiers.prime256v1)
                        .getEncoded();
        // As OpenSSL writes it, the curve stands before the key.
        byte[] curve = X9ObjectIdentifiers.prime256v1.getEncoded();
        write(
                key(),
                pem(new PemObject("EC PARAMETERS", curve))
                        + pem(new PemObject("EC PRIVATE KEY", der)));
        assertThat(source().current().key())
                .isInstanceOfSatisfying(
                        ECPrivateKey.class,
                        read -> assertThat(read.getS()).isEqualTo(privateKey.getS()));
    }

    @Test
    void theOlderFormOfAnRsaKeyIsRead() throws Exception {
        X509Bundle bundle = issued(Algorithm.rsa2048);
        write(bundle);
        PrivateKey privateKey = bundle.getKeyPair().getPrivate();
        byte[] der =
                PrivateKeyInfo.getInstance(privateKey.getEncoded())
                        .parsePrivateKey()
                        .toASN1Primitive()
                        .getEncoded();
        write(key(), pem(new PemObject("RSA PRIVATE KEY", der)));
        assertThat(source().current().key()).isEqualTo(privateKey);
    }

    @Test
    void oneThatHasSignedItselfIsKnownByItsHash() throws Exception {
        write(selfSigned(Algorithm.ecp256, 14));
        CertificateFiles source = source();
        assertThat(source.hashes()).containsExactly(source.current().sha256());
        assertThat(log.lines).isEmpty();
    }

    @Test
    void oneThatHasSignedItselfAndThatNoBrowserTakesIsSaidToBeSo() throws Exception {
        write(selfSigned(Algorithm.ecp256, 15));
        source();
        write(selfSignedWithRsa(10));
        source();
        assertThat(log.lines)
                .hasSize(2)
                .allMatch(line -> line.startsWith("WARNING " + chain() + ": the certificate has"))
                .allMatch(line -> line.contains("ECDSA on P-256, valid for 14 days at most"));
    }

    // ---- What cannot be used

    @Test
    void filesThatAreNotThereAreNamed() throws Exception {
        assertRefused(chain() + " is not there: name the PEM file");
        X509Bundle bundle = issued(Algorithm.ecp256);
        write(chain(), bundle.getCertificatePathPEM());
        assertRefused(key() + " is not there");
    }

    @Test
    void filesThatHoldSomethingElseAreNamed() throws Exception {
        X509Bundle bundle = issued(Algorithm.ecp256);
        write(bundle);
        write(key(), bundle.getCertificatePathPEM());
        assertRefused(key() + " holds no private key: it must be PEM");
        write(key(), "");
        assertRefused(key() + " holds no private key");
        write(chain(), "");
        write(key(), bundle.getPrivateKeyPEM());
        assertRefused(chain() + " holds no certificate");
        String text = bundle.getCertificatePathPEM();
        write(chain(), text.substring(0, text.length() / 4));
        assertRefused(chain() + " is not PEM, or it is torn: write it again");
        write(chain(), bundle.getPrivateKeyPEM());
        assertRefused(chain() + " holds no certificate: it must be PEM, the server's own first");
        write(bundle);
        write(chain(), bundle.getRootCertificatePEM() + bundle.getCertificatePEM());
        assertRefused(
                key() + " is not the key of the first certificate in " + chain(),
                "the server's own certificate must stand first");
        write(bundle);
        write(key(), issued(Algorithm.ecp256).getPrivateKeyPEM());
        assertRefused(key() + " is not the key of the first certificate in " + chain());
        write(key(), issued(Algorithm.rsa2048).getPrivateKeyPEM());
        assertRefused(key() + " is not the key of the first certificate in " + chain());
        write(issued(Algorithm.ed25519));
        assertRefused(key() + " holds a key that browsers take no certificates of", "P-256");
    }

    @Test
    void whatBrowsersRefuseServesOtherClients() throws Exception {
        X509Bundle bundle = issued(Algorithm.ed25519);
        write(bundle);
        assertThat(source(CertificateFiles.Clients.ANY).current().key())
                .isEqualTo(bundle.getKeyPair().getPrivate());
        write(selfSignedWithRsa(90));
        source(CertificateFiles.Clients.ANY);
        assertThat(log.lines).isEmpty();
    }

    @Test
    void aKeyThatIsEncryptedIsSaidToBeSo() throws Exception {
        X509Bundle bundle = issued(Algorithm.rsa2048);
        write(bundle);
        byte[] encrypted = new byte[48];
        new SecureRandom().nextBytes(encrypted);
        byte[] der =
                new EncryptedPrivateKeyInfo(
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2), encrypted)
                        .getEncoded();
        write(key(), pem(new PemObject("ENCRYPTED PRIVATE KEY", der)));
        assertRefused(key() + " is encrypted: decrypt it with 'openssl pkey'");
        List<PemHeader> headers =
                List.of(
                        new PemHeader("Proc-Type", "4,ENCRYPTED"),
                        new PemHeader("DEK-Info", "AES-128-CBC," + "00".repeat(16)));
        write(key(), pem(new PemObject("RSA PRIVATE KEY", headers, encrypted)));
        assertRefused(key() + " is encrypted");
    }

    @Test
    void aKeyThatOthersCanUseIsRefused() throws Exception {
        write(issued(Algorithm.ecp256));
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(mode));
            assertRefused(key() + " can be used by others (" + mode + "): 'chmod 600 " + key());
        }
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("r--------"));
        source();
    }

    @Test
    void aKeyThatWasMountedMayBeReadByItsGroupWhereThatWasSaid() throws Exception {
        write(issued(Algorithm.ecp256));
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("r--r-----"));
        assertRefused("can be used by others (r--r-----)", "SecretReaders.GROUP");

        keyReaders = SecretReaders.GROUP;
        source();
        for (String mode : new String[] {"r--r--r--", "rw-rw----", "rw-r---w-"}) {
            Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(mode));
            assertRefused(key() + " can be used by others (" + mode + "): 'chmod 640 " + key());
        }
    }

    @Test
    void oneThatIsNotValidNowIsSaidToBeSo() throws Exception {
        write(issued(Algorithm.ecp256));
        now = START.plus(Duration.ofDays(91));
        assertRefused(chain() + ": the certificate expired at ", ": renew it");
        now = START.minus(Duration.ofDays(3));
        assertRefused(chain() + ": the certificate is not valid before ", "set the clock");
    }

    @Test
    void aFileHasALargestSize() throws Exception {
        X509Bundle bundle = issued(Algorithm.ecp256);
        write(bundle);
        String text = bundle.getCertificatePathPEM();
        write(chain(), text + "\n".repeat(PemPair.FILE_BYTES_MAX - text.length()));
        source();
        write(chain(), text + "\n".repeat(PemPair.FILE_BYTES_MAX - text.length() + 1));
        assertRefused(chain() + " has more than 1048576 bytes");
    }

    @Test
    void aTornOrSpoiltKeyIsRefusedAndNotShown() throws Exception {
        X509Bundle bundle = issued(Algorithm.ecp256);
        write(bundle);
        String text = bundle.getPrivateKeyPEM().strip();
        String secret = text.lines().skip(1).findFirst().orElseThrow().substring(40, 60);
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 400; i++) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            String spoilt;
            if (i < 200) {
                spoilt = text.substring(0, i % text.length());
            } else {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                spoilt = new String(bytes, StandardCharsets.ISO_8859_1);
            }
            Files.write(key(), spoilt.getBytes(StandardCharsets.ISO_8859_1));
            try {
                source();
            } catch (IOException e) {
                assertThat(e.getMessage()).startsWith(key().toString()).doesNotContain(secret);
            }
        }
    }

    // ---- When they change

    @Test
    void aRenewedPairIsShownAtTheNextLook() throws Exception {
        write(issued(Algorithm.ecp256));
        CertificateFiles source = source();
        ServerCertificate old = source.current();
        X509Bundle renewed = issued(Algorithm.rsa2048);
        write(renewed);
        nowNanos += CertificateFiles.LOOK_NANOS - 1;
        assertThat(source.current()).isSameAs(old);
        nowNanos++;
        ServerCertificate fresh = source.current();
        assertThat(fresh.chain()).containsExactly(renewed.getCertificatePath());
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.current()).isSameAs(fresh);
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("INFO New connections get the certificate in " + chain());
    }

    @Test
    void halfAPairKeepsTheOldOneAndIsSaidOnce() throws Exception {
        write(issued(Algorithm.ecp256));
        CertificateFiles source = source();
        ServerCertificate old = source.current();
        X509Bundle renewed = issued(Algorithm.ecp256);
        write(chain(), renewed.getCertificatePathPEM());
        for (int i = 0; i < 5; i++) {
            nowNanos += CertificateFiles.LOOK_NANOS;
            assertThat(source.current()).isSameAs(old);
        }
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING The certificate stays as it was")
                .contains("is not the key of");
        write(key(), renewed.getPrivateKeyPEM());
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.hashes()).isEmpty();
        assertThat(source.current().chain()).containsExactly(renewed.getCertificatePath());
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void aRenewalBeforeItsTimeIsShownOnceTheClockIsRight() throws Exception {
        write(issued(Algorithm.ecp256));
        CertificateFiles source = source();
        ServerCertificate old = source.current();
        now = START.minus(Duration.ofDays(3));
        X509Bundle renewed = issued(Algorithm.ecp256);
        write(renewed);
        for (int i = 0; i < 2; i++) {
            nowNanos += CertificateFiles.LOOK_NANOS;
            assertThat(source.current()).as("not before its time").isSameAs(old);
        }
        now = START;
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.current().chain()).containsExactly(renewed.getCertificatePath());
    }

    @Test
    void whoReloadsIsToldWhyItFailsAndDoesNotWait() throws Exception {
        write(issued(Algorithm.ecp256));
        CertificateFiles source = source();
        ServerCertificate old = source.current();
        X509Bundle renewed = issued(Algorithm.ecp256);
        write(chain(), renewed.getCertificatePathPEM());
        assertThatThrownBy(source::reload)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the key of");
        assertThat(source.current()).isSameAs(old);
        write(key(), renewed.getPrivateKeyPEM());
        source.reload();
        assertThat(source.current().chain()).containsExactly(renewed.getCertificatePath());
        assertThat(log.lines).singleElement().asString().startsWith("INFO New connections get");
    }

    @Test
    void filesThatVanishKeepTheOldOne() throws Exception {
        write(issued(Algorithm.ecp256));
        CertificateFiles source = source();
        ServerCertificate old = source.current();
        Files.delete(key());
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.current()).isSameAs(old);
        assertThat(log.lines).singleElement().asString().contains(key() + " is not there");
    }

    @Test
    void aLinkThatIsTurnedToOtherFilesIsFollowed() throws Exception {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        X509Bundle first = issued(Algorithm.ecp256);
        X509Bundle second = issued(Algorithm.ecp256);
        for (X509Bundle bundle : new X509Bundle[] {first, second}) {
            String name = bundle == first ? "1" : "2";
            write(folder.resolve("chain" + name), bundle.getCertificatePathPEM());
            write(folder.resolve("key" + name), bundle.getPrivateKeyPEM());
        }
        Files.createSymbolicLink(chain(), folder.resolve("chain1"));
        Files.createSymbolicLink(key(), folder.resolve("key1"));
        CertificateFiles source = source();
        Files.delete(chain());
        Files.delete(key());
        Files.createSymbolicLink(chain(), folder.resolve("chain2"));
        Files.createSymbolicLink(key(), folder.resolve("key2"));
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.current().chain()).containsExactly(second.getCertificatePath());
    }

    /// As the kubelet mounts a Secret: both files are links over one link to a folder, which is
    /// turned to a new folder.
    @Test
    void aMountedSecretIsFollowedWhenItsFolderIsTurned() throws Exception {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        X509Bundle second = issued(Algorithm.ecp256);
        Path before = secretFolder("..1", issued(Algorithm.ecp256));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), before.getFileName());
        Files.createSymbolicLink(chain(), Path.of("..data/chain"));
        Files.createSymbolicLink(key(), Path.of("..data/key"));
        CertificateFiles source = source();
        Path after = secretFolder("..2", second);
        Path turned = Files.createSymbolicLink(folder.resolve("..data_tmp"), after.getFileName());
        Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(before.resolve("chain"));
        Files.delete(before.resolve("key"));
        Files.delete(before);
        nowNanos += CertificateFiles.LOOK_NANOS;
        assertThat(source.current().chain()).containsExactly(second.getCertificatePath());
    }

    private Path secretFolder(String name, X509Bundle bundle) throws Exception {
        Path secret = Files.createDirectory(folder.resolve(name));
        write(secret.resolve("chain"), bundle.getCertificatePathPEM());
        write(secret.resolve("key"), bundle.getPrivateKeyPEM());
        return secret;
    }
}
