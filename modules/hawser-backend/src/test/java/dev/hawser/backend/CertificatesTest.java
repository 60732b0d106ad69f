package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the service shows of itself, and what becomes of files that cannot be used.
class CertificatesTest {
    @TempDir Path folder;
    private long renewals;

    private Path chain() {
        return folder.resolve("chain.pem");
    }

    private Path key() {
        return folder.resolve("key.pem");
    }

    private static String pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }

    private static String pem(SelfSignedCertificate certificate) throws Exception {
        return pem("CERTIFICATE", certificate.certificate().getEncoded());
    }

    private static String keyPem(SelfSignedCertificate certificate) throws IOException {
        return pem("PRIVATE KEY", certificate.serverCertificate().key().getEncoded());
    }

    private SelfSignedCertificate write(Instant madeAt) throws Exception {
        SelfSignedCertificate made =
                SelfSignedCertificate.forHosts(madeAt, List.of("localhost", "127.0.0.1"));
        Files.writeString(chain(), pem(made));
        Files.writeString(key(), keyPem(made));
        mode("rw-------");
        return made;
    }

    private void mode(String mode) throws IOException {
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(mode));
        }
    }

    private ServiceRig rigOfFiles() {
        return new ServiceRig(builder -> builder.certificate(chain(), key()));
    }

    private static int get(URI uri, SSLContext trust) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
            return client.send(
                            HttpRequest.newBuilder(uri.resolve("/health/live"))
                                    .timeout(Duration.ofMinutes(2))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void aSelfSignedCertificateIsForItsHostsAndADevelopersTime() throws Exception {
        SelfSignedCertificate made = SelfSignedCertificate.forHosts("localhost", "::1", "10.0.0.7");
        X509Certificate certificate = made.certificate();

        certificate.verify(certificate.getPublicKey());
        assertThat(
                        Duration.between(
                                certificate.getNotBefore().toInstant(),
                                certificate.getNotAfter().toInstant()))
                .isLessThanOrEqualTo(Duration.ofDays(14));
        assertThat(made.sha256()).matches("[0-9a-f]{64}");
        assertThat(certificate.getSubjectAlternativeNames())
                .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("localhost"))
                .anySatisfy(name -> assertThat(name.get(1)).isEqualTo("10.0.0.7"))
                .hasSize(3);
        assertThatThrownBy(SelfSignedCertificate::forHosts)
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void clientsRefuseWhatTheyDoNotTrustAndOtherHostNames() throws Exception {
        try (ServiceRig rig = new ServiceRig()) {
            URI byAddress = rig.service.uri();
            assertThat(get(byAddress, ServiceRig.trusting(rig.certificate))).isEqualTo(200);

            SelfSignedCertificate other = SelfSignedCertificate.forHosts("127.0.0.1");
            assertThatThrownBy(() -> get(byAddress, ServiceRig.trusting(other)))
                    .isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> get(byAddress, SSLContext.getDefault()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
        SelfSignedCertificate elsewhere = SelfSignedCertificate.forHosts("play.example.org");
        try (ServiceRig rig = new ServiceRig(builder -> builder.certificate(elsewhere))) {
            assertThatThrownBy(() -> get(rig.service.uri(), ServiceRig.trusting(elsewhere)))
                    .hasStackTraceContaining("No subject alternative");
        }
    }

    @Test
    void nothingOlderThanTls13IsSpoken() throws Exception {
        try (ServiceRig rig = new ServiceRig();
                SSLSocket socket =
                        (SSLSocket)
                                ServiceRig.trusting(rig.certificate)
                                        .getSocketFactory()
                                        .createSocket("127.0.0.1", rig.service.uri().getPort())) {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            socket.setSSLParameters(parameters);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        SelfSignedCertificate first = write(Instant.now());
        try (ServiceRig rig = rigOfFiles()) {
            URI uri = rig.service.uri();
            assertThat(get(uri, ServiceRig.trusting(first))).isEqualTo(200);

            SelfSignedCertificate second = write(Instant.now());
            rig.service.reloadCertificate();

            assertThat(get(uri, ServiceRig.trusting(second))).isEqualTo(200);
            assertThatThrownBy(() -> get(uri, ServiceRig.trusting(first)))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void aChangeOfTheFilesIsNoticedAndATornOneLeavesThingsAsTheyWere() throws Exception {
        SelfSignedCertificate first = write(Instant.now());
        CertificateFiles files = new CertificateFiles(chain(), key(), Instant::now);
        TlsKeys keys = new TlsKeys(files.load());
        files.serve(keys, System.getLogger("test"));
        String alias = keys.chooseServerAlias("EC", null, null);
        assertThat(keys.getCertificateChain(alias)).containsExactly(first.certificate());

        Files.writeString(chain(), Files.readString(chain()).substring(0, 100));
        files.look();
        assertThat(keys.getCertificateChain(keys.chooseServerAlias("EC", null, null)))
                .containsExactly(first.certificate());

        Files.delete(chain());
        files.look();
        SelfSignedCertificate second = write(Instant.now());
        files.look();
        assertThat(keys.getCertificateChain(keys.chooseServerAlias("EC", null, null)))
                .containsExactly(second.certificate());
    }

    @Test
    void aRenewalWhileTheClockIsWrongIsServedOnceItIsRight() throws Exception {
        SteppingClock machine = new SteppingClock(1_900_000_000, 0);
        SelfSignedCertificate first = renewed(machine);
        CertificateFiles files =
                new CertificateFiles(
                        chain(),
                        key(),
                        () -> Instant.ofEpochSecond(machine.corrected.unixSeconds()));
        TlsKeys keys = new TlsKeys(files.load());
        files.serve(keys, System.getLogger("test"));
        // For a moment it changes nothing.
        machine.stepBy(-200_000);
        SelfSignedCertificate second = renewed(machine);
        files.look();
        assertThat(keys.getCertificateChain(keys.chooseServerAlias("EC", null, null)))
                .containsExactly(second.certificate());

        machine.pass(4);
        SelfSignedCertificate third = renewed(machine);
        files.look();
        files.look();
        assertThat(keys.getCertificateChain(keys.chooseServerAlias("EC", null, null)))
                .as("not before its time")
                .containsExactly(second.certificate());

        machine.stepBy(200_000);
        files.look();
        machine.pass(4);
        files.look();

        assertThat(keys.getCertificateChain(keys.chooseServerAlias("EC", null, null)))
                .containsExactly(third.certificate());
        assertThat(first).isNotEqualTo(second);
    }

    /// Written by somebody whose clock is right, and later than what was there.
    private SelfSignedCertificate renewed(SteppingClock machine) throws Exception {
        SelfSignedCertificate made = write(Instant.ofEpochSecond(machine.trueSeconds()));
        renewals++;
        Files.setLastModifiedTime(chain(), FileTime.fromMillis(1_000 * renewals));
        return made;
    }

    @Test
    void aBadRenewalIsReportedAndTheGoodCertificateGoesOn() throws Exception {
        SelfSignedCertificate first = write(Instant.now());
        try (ServiceRig rig = rigOfFiles()) {
            write(Instant.now().minus(Duration.ofDays(30)));

            assertThatThrownBy(rig.service::reloadCertificate)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expired")
                    .hasMessageContaining("renew it");

            assertThat(get(rig.service.uri(), ServiceRig.trusting(first))).isEqualTo(200);
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedAtTheStart() throws Exception {
        SelfSignedCertificate good = write(Instant.now());
        String chainText = Files.readString(chain());
        String keyText = Files.readString(key());

        assertNoStart(() -> Files.delete(chain()), "chain.pem is not there");
        Files.writeString(chain(), "");
        assertNoStart(() -> {}, "chain.pem holds no certificate");
        Files.writeString(chain(), chainText.substring(0, chainText.length() / 2));
        assertNoStart(() -> {}, "chain.pem");
        Files.writeString(chain(), keyText);
        assertNoStart(() -> {}, "chain.pem holds no certificate");
        Files.writeString(chain(), chainText);
        Files.writeString(key(), chainText);
        assertNoStart(() -> {}, "key.pem holds no private key");
        Files.writeString(key(), keyPem(SelfSignedCertificate.forHosts("a")));
        assertNoStart(() -> {}, "is not the key of");
        write(Instant.now().plus(Duration.ofDays(2)));
        assertNoStart(() -> {}, "not valid before");
        write(Instant.now().minus(Duration.ofDays(20)));
        assertNoStart(() -> {}, "expired");
        assertThat(good).isNotNull();
    }

    /// Word for word as for the certificates of game servers.
    @Test
    void aKeyThatOthersCanUseIsRefusedAtTheStartAndLater() throws Exception {
        SelfSignedCertificate first = write(Instant.now());
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        for (String mode : List.of("rw-rw-rw-", "rw-r-----", "rw----r--", "rw--w----")) {
            assertNoStart(
                    () -> mode(mode),
                    "key.pem can be used by others (" + mode + "): 'chmod 600 " + key());
        }
        mode("r--------");
        try (ServiceRig rig = rigOfFiles()) {
            write(Instant.now());
            mode("rw-rw-rw-");

            assertThatThrownBy(rig.service::reloadCertificate)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can be used by others");

            assertThat(get(rig.service.uri(), ServiceRig.trusting(first))).isEqualTo(200);
        }
    }

    private void assertNoStart(Step before, String message) throws IOException {
        before.run();
        assertThatThrownBy(() -> ServerCertificate.load(chain(), key(), Instant.now()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(folder.toString());
    }

    private interface Step {
        void run() throws IOException;
    }

    @Test
    void aServiceThatWouldNotBeSafeIsNotBuilt() throws Exception {
        NetAddress open = NetAddress.parse("0.0.0.0:0");
        assertNotBuilt(builder -> builder.plainHttp().bind(open), "plain HTTP");
        assertNotBuilt(
                builder -> builder.authenticator(new DevelopmentAuthenticator()).bind(open),
                "authenticator for development");
    }

    private static void assertNotBuilt(
            java.util.function.UnaryOperator<TokenService.Builder> settings, String message) {
        assertThatThrownBy(() -> new ServiceRig(settings))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> TokenService.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("certificate(");
        assertThatThrownBy(() ->
                        TokenService.builder()
                                .plainHttp()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("protocolIds(");
    }
}
