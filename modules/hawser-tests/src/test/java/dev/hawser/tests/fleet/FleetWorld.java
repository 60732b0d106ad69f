package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.Resume;
import dev.hawser.backend.TokenService;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.fleet.ServerAdmissions;
import dev.hawser.online.fleet.ServerAnnouncer;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A real token service over HTTP, game servers that ask it, and players, in one time that passes
/// with each step: but not while a newcomer waits for the service, so that its pace is no matter.
final class FleetWorld implements AutoCloseable {
    static final long PROTOCOL_ID = 77;
    private static final String SERVERS = "a-credential-of-game-servers-of-40-chars";
    private static final String OPERATORS = "a-credential-of-the-operator-of-40-chars";
    private static final long START_UNIX_SECONDS = 1_900_000_000;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG_AGO_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final PrivateKey key = PrivateKey.random(new Random(5)::nextBytes);
    private final MemoryNetwork network = new MemoryNetwork();
    private final List<Game> games = new ArrayList<>();
    private final List<NetcodeClient> clients = new ArrayList<>();
    private final List<Copyist> copyists = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private TokenService service;
    private URI uri;
    InMemoryFleetStore store;
    private long nowNanos;
    private int hosts = 1;
    private boolean isServed;

    FleetWorld() throws IOException {
        serve("127.0.0.1:0");
    }

    private long unixSeconds() {
        return START_UNIX_SECONDS + TimeUnit.NANOSECONDS.toSeconds(nowNanos);
    }

    private long nanos() {
        return nowNanos;
    }

    /// A service whose memory is empty, and in which nobody falls silent.
    private void serve(String bind) throws IOException {
        store =
                InMemoryFleetStore.builder()
                        .registry(
                                InMemoryServerRegistry.builder()
                                        .monotonicClock(() -> 0)
                                        .wallClock(this::unixSeconds)
                                        .build())
                        .monotonicClock(() -> 0)
                        .wallClock(this::unixSeconds)
                        .build();
        service =
                TokenService.builder()
                        .bind(NetAddress.parse(bind))
                        .plainHttp()
                        .authenticator(new DevelopmentAuthenticator())
                        .clientIdSecret(new byte[32])
                        .keyRing(KeyRing.of(key))
                        .protocolIds(PROTOCOL_ID)
                        .store(store)
                        .serverCredentials(SERVERS)
                        .operatorCredentials(OPERATORS)
                        .requestsPerMinute(100_000, 100_000)
                        .build();
        service.start();
        uri = service.uri();
        isServed = true;
    }

    /// The service is gone.
    void killService() {
        service.close();
        isServed = false;
    }

    /// It is back, and knows nothing.
    void restartService() throws IOException {
        serve(uri.getAuthority());
    }

    /// One game server.
    final class Game {
        final NetAddress address;
        final ServerAdmissions admissions;
        final NetcodeServer server;
        final ServerAnnouncer announcer;

        private Game(String name, int number) throws IOException {
            address = NetAddress.ipv4(0x0a000000 + number, 7777);
            admissions = ServerAdmissions.builder().build();
            server =
                    NetcodeServer.builder()
                            .transport(network.bind(address))
                            .protocolId(PROTOCOL_ID)
                            .keyRing(KeyRing.of(key))
                            .maxClients(8)
                            .connectionRequests(admissions)
                            .keepSlotFor(Duration.ofMinutes(5))
                            .monotonicClock(FleetWorld.this::nanos)
                            .wallClock(FleetWorld.this::unixSeconds)
                            .build();
            announcer =
                    ServerAnnouncer.builder()
                            .endpoint(uri)
                            .credentials(() -> SERVERS)
                            .serverId(name)
                            .publicAddress(address)
                            .admissions(admissions)
                            .requestTimeout(Duration.ofMinutes(1))
                            .monotonicClock(FleetWorld.this::nanos)
                            .build();
            server.start();
        }
    }

    /// {@return a game server that the service knows, and that has run long enough for all tokens}
    Game game(String name) throws IOException {
        Game game = new Game(name, games.size() + 1);
        games.add(game);
        nowNanos += LONG_AGO_NANOS;
        driveUntil(game.announcer::isAcknowledged);
        return game;
    }

    ConnectToken token(long clientId, Game... games) {
        TokenRequest.Builder request =
                TokenRequest.builder(clientId).timeoutSeconds(5).statesReasons(true);
        for (Game game : games) {
            request.server(game.address);
        }
        return new TokenMint(key, PROTOCOL_ID, new Random(hosts)::nextBytes, this::unixSeconds)
                .mint(request.build());
    }

    /// Somebody who has a copy of a token: a program of its own, since a process connects with each
    /// once.
    final class Copyist {
        private final ClientMachine machine = new ClientMachine();
        private final Transport transport = network.bind(NetAddress.ipv4(0x0a000100 + hosts++, 0));

        private Copyist(ConnectToken token) throws IOException {
            transport.open();
            machine.connect(nowNanos, token, transport::send);
        }

        private void update() {
            transport.receive(
                    (from, datagram) -> machine.handleDatagram(nowNanos, from, datagram), 100);
            machine.handleTimeout(nowNanos, transport::send);
            transport.flush();
        }

        boolean isActive() {
            return machine.state().isActive();
        }

        /// {@return why it was not let in}
        Refusal refusal() {
            return Refusal.of(machine.statedReason()).orElse(null);
        }
    }

    Copyist copy(ConnectToken token) throws IOException {
        Copyist copyist = new Copyist(token);
        copyists.add(copyist);
        return copyist;
    }

    /// {@return a player who has begun to connect}
    NetcodeClient dial(ConnectToken token) {
        return dial(new Authentication.Token(token));
    }

    NetcodeClient dial(long clientId, Game game) {
        return dial(new Authentication.Manual(game.address, clientId, key, PROTOCOL_ID));
    }

    private NetcodeClient dial(Authentication authentication) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(network.bind(NetAddress.ipv4(0x0a000100 + hosts++, 0)))
                        .authentication(authentication)
                        .resume(Resume.within(Duration.ofMinutes(2)))
                        .monotonicClock(this::nanos)
                        .wallClock(this::unixSeconds)
                        .build();
        clients.add(client);
        client.connect();
        return client;
    }

    NetcodeClient connect(long clientId, Game game) {
        NetcodeClient client = dial(clientId, game);
        driveUntil(client::isConnected);
        return client;
    }

    /// The network of a player is gone.
    void freeze(NetcodeClient client) {
        clients.remove(client);
    }

    void thaw(NetcodeClient client) {
        clients.add(client);
    }

    void leave(NetcodeClient client) {
        clients.remove(client);
        client.close();
    }

    static DisconnectReason reasonOf(NetcodeClient client) {
        return client.state() instanceof ConnectionState.Disconnected(DisconnectReason reason)
                ? reason
                : null;
    }

    static Refusal refusalOf(NetcodeClient client) {
        return reasonOf(client) instanceof DisconnectReason.Denied denied
                ? denied.refusal().orElse(null)
                : null;
    }

    /// Steps until something holds, with patience.
    void driveUntil(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(endNanos);
            step();
        }
    }

    private void step() {
        boolean isAsked = games.stream().anyMatch(game -> game.admissions.stats().waiting() > 0);
        if (!isAsked || !isServed) {
            nowNanos += STEP_NANOS;
        }
        clients.forEach(NetcodeClient::update);
        copyists.forEach(Copyist::update);
        for (Game game : games) {
            game.server.update();
            game.server.receive((_, _) -> {});
            game.announcer.update(game.server);
        }
        LockSupport.parkNanos(500_000);
    }

    /// {@return where the service says that a player is; empty for nowhere}
    String where(long clientId) {
        return store.admissions()
                .where(clientId)
                .toCompletableFuture()
                .join()
                .map(presence -> presence.server().serverId())
                .orElse("");
    }

    /// {@return by which connection he is there}
    String presence(long clientId) {
        return store.admissions()
                .where(clientId)
                .toCompletableFuture()
                .join()
                .map(presence -> presence.connectionId().toString())
                .orElse("");
    }

    /// An operator asks for something.
    void operate(String method, String path, String body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri + "/v1/fleet/" + path))
                        .header("Authorization", "Bearer " + OPERATORS)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        games.forEach(game -> game.announcer.close());
        clients.forEach(NetcodeClient::close);
        copyists.forEach(copyist -> copyist.transport.close());
        games.forEach(game -> game.server.close());
        if (isServed) {
            service.close();
        }
        http.close();
    }
}
