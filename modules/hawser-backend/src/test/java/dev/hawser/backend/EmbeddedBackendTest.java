package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.Resume;
import dev.hawser.ServerHandler;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.WebUrls;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Log in over HTTPS, get a token, play over UDP: all in one process, with everything real.
class EmbeddedBackendTest {
    private static final long PROTOCOL_ID = 7;

    private final PrivateKey oldKey = PrivateKey.random(new SecureRandom()::nextBytes);
    private final PrivateKey newKey = PrivateKey.random(new SecureRandom()::nextBytes);
    private final ServerCertificate certificate =
            ServerCertificate.selfSigned("localhost", "127.0.0.1");
    private final List<String> events = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<NetcodeClient> clients = new ArrayList<>();
    private final ServerHandler handler =
            new ServerHandler() {
                @Override
                public void onPayload(ConnectedClient client, ByteBuffer payload) {}

                @Override
                public void onConnect(ConnectedClient client) {
                    events.add("connect " + client.userData().text());
                }

                @Override
                public void onSuspend(ConnectedClient client) {
                    events.add("suspend " + client.userData().text());
                }

                @Override
                public void onResume(ConnectedClient client) {
                    events.add("resume " + client.userData().text());
                }

                @Override
                public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                    events.add("disconnect " + client.userData().text());
                }
            };

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private EmbeddedBackend.Builder builder(UnaryOperator<NetcodeServer.Builder> settings) {
        return EmbeddedBackend.builder()
                .server(
                        settings.apply(
                                NetcodeServer.builder()
                                        .transport(
                                                UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                                        .maxClients(2)))
                .service(
                        TokenService.builder()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .requestsPerMinute(100_000, 100_000)
                                .certificate(CertificateSource.of(certificate))
                                .authenticator(new DevelopmentAuthenticator()))
                .keyRing(KeyRing.of(oldKey))
                .protocolId(PROTOCOL_ID);
    }

    private EmbeddedBackend start() throws IOException {
        return started(builder(server -> server));
    }

    private EmbeddedBackend started(EmbeddedBackend.Builder builder) throws IOException {
        EmbeddedBackend backend = builder.build();
        opened.add(backend.server());
        opened.add(backend);
        backend.server().start();
        backend.start();
        backend.server().update();
        backend.update();
        return backend;
    }

    private TokenClient tokens(EmbeddedBackend backend, String name) {
        TokenClient tokens =
                TokenClient.builder()
                        .endpoint(backend.service().uri())
                        .credentials(() -> name)
                        .pinnedCertificates(certificate.sha256())
                        .attemptsMax(1)
                        .build();
        opened.add(tokens);
        return tokens;
    }

    private NetcodeClient client(EmbeddedBackend backend, String name) {
        return client(backend, name, UdpTransport.anyPort());
    }

    private NetcodeClient client(EmbeddedBackend backend, String name, Transport transport) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transport)
                        .authentication(new Authentication.Backend(tokens(backend, name)))
                        .resume(Resume.within(Duration.ofMinutes(20)))
                        .build();
        opened.add(client);
        clients.add(client);
        client.connect();
        return client;
    }

    private void driveUntil(EmbeddedBackend backend, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time, after %s", events).isLessThan(deadlineNanos);
            backend.server().update();
            backend.update();
            backend.server().receive(handler);
            clients.forEach(NetcodeClient::update);
            backend.server().await(1_000_000);
        }
    }

    @Test
    void aPlayerLogsInOverHttpsAndPlaysOverUdp() throws IOException {
        EmbeddedBackend backend = start();
        NetcodeClient ada = client(backend, "ada");

        driveUntil(backend, () -> ada.isConnected() && !events.isEmpty());

        assertThat(events).containsExactly("connect ada");
        ClientId id = ada.id().orElseThrow();
        ada.disconnect(StatedReason.NONE);
        driveUntil(backend, () -> events.size() == 2);
        ada.connect();
        driveUntil(backend, () -> ada.isConnected() && events.size() == 3);
        assertThat(ada.id()).contains(id);
        assertThat(events).containsExactly("connect ada", "disconnect ada", "connect ada");
    }

    @Test
    void whoseGameVanishedGetsHisOwnSlotBackAtAFullServer() throws IOException {
        EmbeddedBackend backend =
                started(builder(server -> server.maxClients(1).sameClient(SameClient.TAKE_OVER)));
        NetcodeClient ada = client(backend, "ada");
        driveUntil(backend, () -> ada.isConnected() && !events.isEmpty());
        // No goodbye, and within the same second.
        clients.clear();

        NetcodeClient again = client(backend, "ada");
        driveUntil(backend, () -> again.isConnected() && events.size() == 3);

        assertThat(events).containsExactly("connect ada", "disconnect ada", "connect ada");
    }

    @Test
    void whoLosesTheConnectionGoesOnWithItAtAFullServer() throws IOException {
        EmbeddedBackend backend =
                started(
                        builder(server ->
                                server.maxClients(1).keepSlotFor(Duration.ofMinutes(20))));
        Transport transport = UdpTransport.anyPort();
        NetcodeClient ada = client(backend, "ada", transport);
        driveUntil(backend, () -> ada.isConnected() && !events.isEmpty());
        ConnectedClient handle = backend.server().connectedClients().iterator().next();
        NetcodeClient eve = client(backend, "eve");
        driveUntil(backend, () -> eve.state() instanceof ConnectionState.Disconnected);

        transport.close();
        driveUntil(backend, () -> ada.state() instanceof ConnectionState.Resuming);
        driveUntil(backend, () -> ada.isConnected() && events.contains("resume ada"));

        assertThat(events).containsExactly("connect ada", "suspend ada", "resume ada");
        assertThat(backend.server().connectedClients()).containsExactly(handle);
        assertThat(backend.service().stats().tokensResuming()).isPositive();
    }

    @Test
    void everyThreadMayTakeOverOrEndWhatADeadOneOwned() throws Exception {
        EmbeddedBackend backend = start();
        backend.server().handOver();
        NetcodeClient ada = client(backend, "ada");
        ada.handOver();
        Thread owner =
                Thread.ofPlatform()
                        .name("late owner")
                        .start(() ->
                                driveUntil(backend, () -> ada.isConnected() && !events.isEmpty()));
        owner.join();
        assertThat(events).containsExactly("connect ada");
        assertThatThrownBy(backend::update)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'late owner', which has ended");

        backend.server().handOver();
        ada.handOver();
        NetcodeClient bob = client(backend, "bob");
        driveUntil(backend, bob::isConnected);
        backend.server().handOver();
        ada.handOver();
        bob.handOver();
        Thread next =
                Thread.ofPlatform()
                        .start(() -> {
                            backend.server().update();
                            backend.update();
                        });
        next.join();
        backend.close();
        backend.server().stop();
        backend.update();
        assertThat(backend.server().isRunning()).isFalse();
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (ada.isConnected() || bob.isConnected()) {
            assertThat(System.nanoTime()).as("the players are told").isLessThan(deadlineNanos);
            ada.update();
            bob.update();
            Thread.onSpinWait();
        }
        assertThat(ada.state()).asString().contains("ServerStopped");
    }

    @Test
    void whenAllSlotsAreTakenOrPromisedTheNextIsToldToComeBack() throws IOException {
        EmbeddedBackend backend = start();
        NetcodeClient ada = client(backend, "ada");
        NetcodeClient bob = client(backend, "bob");
        driveUntil(backend, () -> ada.isConnected() && bob.isConnected());

        NetcodeClient eve = client(backend, "eve");
        driveUntil(backend, () -> eve.state() instanceof ConnectionState.Disconnected);

        assertThat(eve.state()).asString().contains("TokenFetchFailed");
        ada.disconnect(StatedReason.NONE);
        driveUntil(backend, () -> events.contains("disconnect ada"));
        eve.connect();
        driveUntil(backend, eve::isConnected);
    }

    @Test
    void aServerThatDrainsGetsNobodySentToItAndKeepsWhoIsThere() throws IOException {
        EmbeddedBackend backend = start();
        NetcodeClient ada = client(backend, "ada");
        driveUntil(backend, ada::isConnected);
        backend.server().drain(Duration.ofDays(1), new Refusal.Draining("", 0));
        backend.update();

        NetcodeClient bob = client(backend, "bob");
        driveUntil(backend, () -> bob.state() instanceof ConnectionState.Disconnected);

        assertThat(bob.state()).asString().contains("TokenFetchFailed").contains("NoServer");
        assertThat(ada.isConnected()).isTrue();
    }

    @Test
    void rotatingTheKeysRefusesNobody() throws IOException {
        EmbeddedBackend backend = start();
        NetcodeClient ada = client(backend, "ada");
        driveUntil(backend, ada::isConnected);

        KeyRing both = KeyRing.of(List.of(newKey, oldKey));
        backend.keyRing(both);
        NetcodeClient bob = client(backend, "bob");
        driveUntil(backend, bob::isConnected);
        bob.disconnect(StatedReason.NONE);
        driveUntil(backend, () -> events.contains("disconnect bob"));
        backend.keyRing(KeyRing.of(newKey));
        bob.connect();
        driveUntil(backend, bob::isConnected);

        assertThat(ada.isConnected()).isTrue();
    }

    @Test
    void aTokenSaysWhereBrowsersReachTheServerAndWithWhichCertificates() throws Exception {
        List<String> hashes = new ArrayList<>(List.of("ab".repeat(32)));
        EmbeddedBackend backend =
                started(
                        builder(server -> server)
                                .webTransport(URI.create("https://127.0.0.1:7778/hawser"))
                                .webSocket(URI.create("ws://127.0.0.1:7778/hawser"))
                                .webTransportCertificateHashes(() -> List.copyOf(hashes)));
        WebUrls urls = WebUrls.parse("https://127.0.0.1:7778/hawser", "ws://127.0.0.1:7778/hawser");

        TokenClient tokens = tokens(backend, "ada");

        FetchedToken before = tokens.fetch().get(120, TimeUnit.SECONDS);
        assertThat(before.webOf(before.servers().getFirst())).isEqualTo(urls);
        assertThat(before.webTransportCertificateHashes()).containsExactly("ab".repeat(32));

        // The next certificate is announced: players are told of it within about a second.
        hashes.add("cd".repeat(32));
        driveUntil(
                backend,
                () ->
                        tokens.fetch()
                                .join()
                                .webTransportCertificateHashes()
                                .equals(List.of("ab".repeat(32), "cd".repeat(32))));
    }

    @Test
    void lifetimesThatDoNotFitAreFoundWhenItIsBuilt() {
        assertThatThrownBy(() ->
                        builder(server -> server.maxConnectTokenLifetime(Duration.ofSeconds(20)))
                                .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("30 s")
                .hasMessageContaining("20 s")
                .hasMessageContaining("maxConnectTokenLifetime");
    }

    @Test
    void anAddressThatNobodyCanDialIsRefusedWhereItIsSet() {
        for (String text : new String[] {"0.0.0.0:40000", "203.0.113.5:0"}) {
            assertThatThrownBy(
                            () -> EmbeddedBackend.builder().publicAddress(NetAddress.parse(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("publicAddress is ");
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> EmbeddedBackend.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("keyRing");
    }

    /// Both servers would have the one transport.
    @Test
    void ofOneServerOneBackendIsBuilt() throws IOException {
        EmbeddedBackend.Builder builder = builder(server -> server);
        started(builder);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("built of this server(…) already")
                .hasMessageContaining("another server(…)");
        builder.server(
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0"))));
        started(builder);
    }

    @Test
    void aRegionIsCheckedWhereItIsSet() {
        assertThatThrownBy(() -> EmbeddedBackend.builder().region("x".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region has 65");
    }
}
