package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.http.TestCertificate;
import dev.hawser.online.http.TestService;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.UdpTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A client that fetches its tokens: the service is real, over loopback; time and network of the
/// connection are virtual.
class BackendAuthenticationTest {
    private static final ClientId ID = new ClientId.Netcode(Granted.CLIENT_ID);

    private final World world = new World();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final TestService.Answers grants =
            (_, exchange) -> {
                Granted granted =
                        new Granted(
                                world.privateKey,
                                World.SERVER_ADDRESS,
                                world.wallClock.unixSeconds());
                tokens.add(granted.token());
                granted.send(exchange);
            };
    private final AtomicReference<TestService.Answers> answers = new AtomicReference<>(grants);
    private final TestService service =
            TestService.http((request, exchange) -> answers.get().answer(request, exchange));
    private final TokenClient tokenClient =
            TokenClient.builder()
                    .endpoint(service.endpoint())
                    .credentials(() -> "login")
                    .attemptsMax(1)
                    .wallClock(world.wallClock)
                    .build();

    @AfterEach
    void closeAll() {
        world.clients.forEach(NetClient::close);
        tokenClient.close();
        service.close();
    }

    private NetcodeServer startServer() {
        return world.startServer();
    }

    private NetcodeClient connecting() {
        NetcodeClient client = world.client(tokenClient);
        client.connect();
        return client;
    }

    /// Updates while no virtual time passes: what is waited for happens on other threads.
    private static void updateUntil(NetClient client, BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time, but " + client.state()).isLessThan(endNanos);
            Thread.onSpinWait();
            client.update();
        }
    }

    private static void updateUntilItDials(NetcodeClient client) {
        updateUntil(
                client,
                () -> {
                    assertThat(client.state()).isNotInstanceOf(ConnectionState.Disconnected.class);
                    return client.clientState() == ClientState.SENDING_CONNECTION_REQUEST;
                });
    }

    private static void updateUntilItFails(NetcodeClient client) {
        updateUntil(client, () -> client.state() instanceof ConnectionState.Disconnected);
    }

    private static <T extends TokenFetchFailure> T failure(Class<T> type, NetcodeClient client) {
        updateUntilItFails(client);
        DisconnectReason reason = World.reasonOf(client);
        assertThat(reason).isInstanceOf(DisconnectReason.TokenFetchFailed.class);
        TokenFetchFailure failure = ((DisconnectReason.TokenFetchFailed) reason).failure();
        assertThat(failure).as(reason.explanation()).isInstanceOf(type);
        assertThat(reason.explanation()).isEqualTo(failure.explanation());
        return type.cast(failure);
    }

    // ---- Connecting

    @Test
    void aClientFetchesATokenAndConnectsWithIt() {
        NetcodeServer server = startServer();
        NetcodeClient client = connecting();
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        assertThat(client.id()).isEmpty();
        updateUntilItDials(client);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        world.driveUntil(client::isConnected);
        assertThat(client.id()).contains(ID);
        assertThat(server.client(ID)).isPresent();
        assertThat(service.next().authorization()).contains("Bearer login");
    }

    @Test
    void connectingAgainFetchesAnotherToken() {
        NetcodeServer server = startServer();
        NetcodeClient client = connecting();
        updateUntilItDials(client);
        world.driveUntil(client::isConnected);
        client.disconnect();
        world.driveUntil(() -> server.connectedClients().isEmpty());
        client.connect();
        updateUntilItDials(client);
        world.driveUntil(client::isConnected);
        assertThat(Set.copyOf(tokens).size()).as("different tokens").isEqualTo(2);
        assertThat(service.received()).isEqualTo(2);
        assertThat(client.id()).contains(ID);
    }

    @Test
    void manyClientsShareATokenClient() {
        startServer();
        NetcodeClient one = connecting();
        NetcodeClient other = connecting();
        updateUntilItDials(one);
        updateUntilItDials(other);
        assertThat(Set.copyOf(tokens).size()).as("different tokens").isEqualTo(2);
    }

    @Test
    void itWorksOverRealTlsAndUdp() throws Exception {
        TestCertificate certificate = TestCertificate.selfSigned();
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        try (NetcodeServer server =
                        NetcodeServer.builder()
                                .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                                .protocolId(Granted.PROTOCOL_ID)
                                .privateKey(key)
                                .build();
                TestService secure =
                        TestService.https(
                                certificate,
                                (_, exchange) ->
                                        new Granted(
                                                        key,
                                                        server.localAddress(),
                                                        Instant.now().getEpochSecond())
                                                .send(exchange));
                TokenClient fetcher =
                        TokenClient.builder()
                                .endpoint(secure.endpoint())
                                .credentials(() -> "login")
                                .pinnedCertificates(certificate.sha256())
                                .protocolId(Granted.PROTOCOL_ID)
                                .build();
                NetcodeClient client =
                        NetcodeClient.builder()
                                .authentication(new Authentication.Backend(fetcher))
                                .build()) {
            server.start();
            client.connect();
            updateUntil(
                    client,
                    () -> {
                        server.update();
                        return client.isConnected() && !server.connectedClients().isEmpty();
                    });
            assertThat(server.client(ID)).isPresent();
        }
    }

    // ---- Leaving

    @Test
    void leavingWhileFetchingEndsTheFetch() {
        startServer();
        CountDownLatch isReleased = new CountDownLatch(1);
        answers.set((request, exchange) -> {
            TestService.hold(isReleased);
            grants.answer(request, exchange);
        });
        NetcodeClient client = connecting();
        service.next();
        // The answer is held back, and no update waits for it.
        world.driveSeconds(5);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        client.disconnect();
        assertThat(World.reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        isReleased.countDown();
        world.driveSeconds(5);
        assertThat(World.reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        assertThat(client.clientState()).isEqualTo(ClientState.DISCONNECTED);
    }

    @Test
    void connectingAgainWhileFetchingWaitsForTheSecondFetch() {
        startServer();
        CountDownLatch never = new CountDownLatch(1);
        answers.set((request, exchange) -> {
            if (request.number() == 1) {
                TestService.hold(never);
            } else {
                grants.answer(request, exchange);
            }
        });
        NetcodeClient client = connecting();
        service.next();
        client.connect();
        updateUntilItDials(client);
        world.driveUntil(client::isConnected);
        assertThat(tokens.size()).isEqualTo(1);
        never.countDown();
    }

    @Test
    void closingWhileFetchingEndsTheFetch() {
        CountDownLatch never = new CountDownLatch(1);
        answers.set((_, _) -> TestService.hold(never));
        NetcodeClient client = connecting();
        service.next();
        client.close();
        assertThat(World.reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        never.countDown();
    }

    // ---- Failing

    @Test
    void aRefusalEndsTheConnectWithWordsForThePlayer() {
        answers.set((_, exchange) -> TestService.refuse(exchange, 403, "Banned", "until Friday"));
        NetcodeClient client = connecting();
        failure(TokenFetchFailure.Forbidden.class, client);
        assertThat(World.reasonOf(client).explanation()).contains("Banned: until Friday");
    }

    @Test
    void aTokenClientThatIsClosedMeanwhileEndsTheConnect() {
        CountDownLatch never = new CountDownLatch(1);
        answers.set((_, _) -> TestService.hold(never));
        NetcodeClient client = connecting();
        service.next();
        tokenClient.close();
        failure(TokenFetchFailure.Closed.class, client);
        never.countDown();
    }

    @Test
    void aTokenClientThatIsClosedIsAMistakeThatIsNamed() {
        tokenClient.close();
        NetcodeClient client = world.client(tokenClient);
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("token client is closed");
    }
}
