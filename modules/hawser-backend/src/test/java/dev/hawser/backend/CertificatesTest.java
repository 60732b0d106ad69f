package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.backend.http.TlsKeys;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateFiles;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the service shows of itself, and what becomes of files that cannot be used.
class CertificatesTest {
    @TempDir Path folder;

    private Path chain() {
        return folder.resolve("chain.pem");
    }

    private Path key() {
        return folder.resolve("key.pem");
    }

    private ServerCertificate write() throws Exception {
        Files.deleteIfExists(chain());
        Files.deleteIfExists(key());
        ServerCertificate made = ServerCertificate.selfSigned("localhost", "127.0.0.1");
        made.writePem(chain(), key());
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
    void clientsRefuseWhatTheyDoNotTrustAndOtherHostNames() throws Exception {
        try (ServiceRig rig = new ServiceRig()) {
            URI byAddress = rig.service.uri();
            assertThat(get(byAddress, ServiceRig.trusting(rig.certificate))).isEqualTo(200);

            ServerCertificate other = ServerCertificate.selfSigned("127.0.0.1");
            assertThatThrownBy(() -> get(byAddress, ServiceRig.trusting(other)))
                    .isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> get(byAddress, SSLContext.getDefault()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
        ServerCertificate elsewhere = ServerCertificate.selfSigned("play.example.org");
        try (ServiceRig rig =
                new ServiceRig(builder -> builder.certificate(CertificateSource.of(elsewhere)))) {
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
        ServerCertificate first = write();
        try (ServiceRig rig = rigOfFiles()) {
            URI uri = rig.service.uri();
            assertThat(get(uri, ServiceRig.trusting(first))).isEqualTo(200);

            ServerCertificate second = write();
            rig.service.reloadCertificate();

            assertThat(get(uri, ServiceRig.trusting(second))).isEqualTo(200);
            assertThatThrownBy(() -> get(uri, ServiceRig.trusting(first)))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void newConnectionsGetTheCertificateThatTheSourceHasThen() {
        AtomicReference<ServerCertificate> current =
                new AtomicReference<>(ServerCertificate.selfSigned("localhost"));
        TlsKeys keys = new TlsKeys(source(current::get));
        for (int i = 0; i < 3; i++) {
            String alias = keys.chooseServerAlias("EC", null, null);
            assertThat(keys.getCertificateChain(alias))
                    .containsExactly(current.get().chain().getFirst());
            assertThat(keys.getPrivateKey(alias)).isEqualTo(current.get().key());
            current.set(ServerCertificate.selfSigned("localhost"));
        }
    }

    private static CertificateSource source(Supplier<ServerCertificate> current) {
        return new CertificateSource() {
            @Override
            public ServerCertificate current() {
                return current.get();
            }

            @Override
            public List<String> hashes() {
                return List.of();
            }
        };
    }

    @Test
    void whatHoldsTheCertificateIsAskedAlsoWhenNobodyConnects() throws Exception {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        CountDownLatch asked = new CountDownLatch(3);
        CertificateSource source =
                source(() -> {
                    asked.countDown();
                    return certificate;
                });
        try (ServiceRig _ = new ServiceRig(builder -> builder.certificate(source))) {
            assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aBadRenewalIsReportedAndTheGoodCertificateGoesOn() throws Exception {
        ServerCertificate first = write();
        try (ServiceRig rig = rigOfFiles()) {
            Files.delete(chain());
            ServerCertificate.selfSigned("localhost")
                    .writePem(chain(), folder.resolve("another-key.pem"));

            assertThatThrownBy(rig.service::reloadCertificate)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not the key of")
                    .hasMessageContaining("the same order");

            assertThat(get(rig.service.uri(), ServiceRig.trusting(first))).isEqualTo(200);
        }
    }

    /// Word for word as for the certificates of game servers.
    @Test
    void aKeyThatOthersCanUseIsRefusedAtTheStartAndLater() throws Exception {
        ServerCertificate first = write();
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        for (String mode : List.of("rw-rw-rw-", "rw-r-----", "rw----r--", "rw--w----")) {
            assertNoStart(
                    () -> mode(mode),
                    "key.pem can be used by others (" + mode + "): 'chmod 600 " + key());
        }
        mode("r--------");
        try (ServiceRig rig = rigOfFiles()) {
            write();
            mode("rw-rw-rw-");

            assertThatThrownBy(rig.service::reloadCertificate)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can be used by others");

            assertThat(get(rig.service.uri(), ServiceRig.trusting(first))).isEqualTo(200);
        }
    }

    private void assertNoStart(Step before, String message) throws IOException {
        before.run();
        assertThatThrownBy(() -> CertificateFiles.open(chain(), key()))
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
