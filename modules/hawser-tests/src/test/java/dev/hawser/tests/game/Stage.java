package dev.hawser.tests.game;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.Resume;
import dev.hawser.examples.pipe.PipeClient;
import dev.hawser.examples.pipe.PipeId;
import dev.hawser.examples.pipe.PipeServer;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.steam.SteamServer;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Where a scripted game is played: a server of some kind, and clients that fit it, on a virtual
/// clock.
final class Stage implements AutoCloseable {
    /// Makes the client of a player.
    interface Door {
        NetClient client(long id, UserData userData);
    }

    private static final long PROTOCOL_ID = 77;

    /// Virtual time does not wait for real networks: nobody is to time out because their threads
    /// had no processor for a while.
    private static final int TIMEOUT_SECONDS = 600;

    private static final AtomicInteger STAGES = new AtomicInteger();
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");

    final VirtualClock clock = new VirtualClock();
    final NetServer server;
    // Another one for each stage: a token is used once in a process.
    private final Random random = new Random(STAGES.incrementAndGet());
    private final PrivateKey key = PrivateKey.random(random::nextBytes);
    private final MemoryNetwork network = new MemoryNetwork();
    private final Door[] doors;
    private final Map<NetClient, Transport> transports = new HashMap<>();
    private final WebStage webs = new WebStage();
    private SteamStage steams;
    private int hosts = 1;
    private int opened;

    private Stage(StageKind kind, ConnectionRequestHandler handler) {
        switch (kind) {
            case LOCAL -> {
                LocalServer local = local(handler);
                server = local;
                doors = new Door[] {localDoor(local)};
            }
            case MEMORY -> {
                NetcodeServer memory = memory(handler);
                server = memory;
                doors = new Door[] {memoryDoor(memory)};
            }
            case UDP -> {
                NetcodeServer udp = udp(handler);
                server = udp;
                doors = new Door[] {udpDoor(udp)};
            }
            case MULTI -> {
                NetcodeServer memory = memory(null);
                NetcodeServer udp = udp(null);
                server =
                        MultiServer.builder()
                                .add("memory", memory)
                                .add("udp", udp)
                                .add("local", local(null))
                                .connectionRequests(handler)
                                .build();
                doors = new Door[] {memoryDoor(memory), udpDoor(udp)};
            }
            case WEB_TRANSPORT -> {
                NetcodeServer web = webTransport(handler);
                server = web;
                doors = new Door[] {netcodeDoor(web, () -> webs.webTransportTo(web))};
            }
            case WEB_SOCKET -> {
                NetcodeServer web = webSocket(handler);
                server = web;
                doors = new Door[] {netcodeDoor(web, () -> webs.webSocketTo(web))};
            }
            case MULTI_WITH_WEB -> {
                NetcodeServer udp = udp(null);
                NetcodeServer webTransport = webTransport(null);
                NetcodeServer webSocket = webSocket(null);
                server =
                        MultiServer.builder()
                                .add("udp", udp)
                                .add("WebTransport", webTransport)
                                .add("WebSocket", webSocket)
                                .add("local", local(null))
                                .connectionRequests(handler)
                                .build();
                doors =
                        new Door[] {
                            netcodeDoor(webTransport, () -> webs.webTransportTo(webTransport)),
                            netcodeDoor(webSocket, () -> webs.webSocketTo(webSocket)),
                            udpDoor(udp)
                        };
            }
            case STEAM, GAME_NETWORKING_SOCKETS -> {
                steams =
                        kind == StageKind.STEAM
                                ? SteamStage.onDouble(clock)
                                : SteamStage.onRealLibrary();
                server = steams.server(handler);
                doors = new Door[] {steams::client};
            }
            case MULTI_WITH_STEAM -> {
                NetcodeServer memory = memory(null);
                steams = SteamStage.onDouble(clock);
                SteamServer steam = steams.server(null);
                server =
                        MultiServer.builder()
                                .add("memory", memory)
                                .add("steam", steam)
                                .add("local", local(null))
                                .connectionRequests(handler)
                                .build();
                // Cid comes back the way he came: elsewhere he would be another client.
                Door steamDoor = steams::client;
                Door door = memoryDoor(memory);
                doors = new Door[] {door, steamDoor, door, steamDoor, steamDoor};
            }
            case PIPE -> {
                PipeServer pipes = pipes(handler);
                server = pipes;
                doors = new Door[] {pipeDoor(pipes)};
            }
            case MULTI_WITH_PIPE -> {
                NetcodeServer memory = memory(null);
                PipeServer pipes = pipes(null);
                server =
                        MultiServer.builder()
                                .add("memory", memory)
                                .add("pipes", pipes)
                                .add("local", local(null))
                                .connectionRequests(handler)
                                .build();
                Door pipe = pipeDoor(pipes);
                Door door = memoryDoor(memory);
                doors = new Door[] {door, pipe, door, pipe, pipe};
            }
            default -> throw new AssertionError(kind);
        }
    }

    /// Which kind of server.
    enum StageKind {
        LOCAL,
        MEMORY,
        UDP,
        MULTI,
        WEB_TRANSPORT,
        WEB_SOCKET,
        MULTI_WITH_WEB,
        STEAM,
        MULTI_WITH_STEAM,
        /// A kind that is not the library's own.
        PIPE,
        MULTI_WITH_PIPE,
        /// On the real library, whose file the property `hawser.steam.gns` names; else it is
        /// skipped.
        GAME_NETWORKING_SOCKETS
    }

    /// {@return a stage whose server is not started yet}
    static Stage of(StageKind kind, ConnectionRequestHandler handler) {
        return new Stage(kind, handler);
    }

    /// {@return a client; where there are several ways in, each next one takes the next way}
    NetClient client(long id, String name) {
        return doors[opened++ % doors.length].client(id, UserData.ofText(name));
    }

    /// Takes the network from a client that comes back by itself: it knows at once, and its server
    /// does not.
    void loseNetwork(NetClient client) {
        transports.get(client).close();
    }

    /// {@return who a client is in the script: over Steam a client brings nothing along but its id}
    String name(ClientId id, UserData userData) {
        return id instanceof ClientId.Steam ? steams.name(id) : userData.text();
    }

    /// {@return the number that a client has in the script}
    long number(ClientId id) {
        return id instanceof ClientId.Steam ? SteamStage.number(id) : id.value();
    }

    void passMillis(long millis) {
        clock.advanceMillis(millis);
        if (steams != null) {
            steams.passMillis(millis);
        }
        webs.letPass();
    }

    @Override
    public void close() {
        server.stop();
        if (steams != null) {
            steams.close();
        }
    }

    // ---- Servers

    private static LocalServer local(ConnectionRequestHandler handler) {
        LocalServer.Builder builder = LocalServer.builder().sameClient(SameClient.TAKE_OVER);
        return (handler == null ? builder : builder.connectionRequests(handler)).build();
    }

    private static PipeServer pipes(ConnectionRequestHandler handler) {
        return new PipeServer(8, SameClient.TAKE_OVER, handler);
    }

    private NetcodeServer memory(ConnectionRequestHandler handler) {
        return netcode(network.bind(NetAddress.parse("10.0.0.1:7777")), handler);
    }

    private NetcodeServer udp(ConnectionRequestHandler handler) {
        return netcode(UdpTransport.bind(LOOPBACK), handler);
    }

    private NetcodeServer webTransport(ConnectionRequestHandler handler) {
        return netcode(webs.webTransport(), handler);
    }

    private NetcodeServer webSocket(ConnectionRequestHandler handler) {
        return netcode(webs.webSocket(), handler);
    }

    private NetcodeServer netcode(Transport transport, ConnectionRequestHandler handler) {
        NetcodeServer.Builder builder =
                NetcodeServer.builder()
                        .transport(transport)
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxClients(8)
                        .sameClient(SameClient.TAKE_OVER)
                        .keepSlotFor(Duration.ofMinutes(1))
                        .monotonicClock(clock::nanos)
                        .wallClock(clock)
                        .random(random::nextBytes);
        return (handler == null ? builder : builder.connectionRequests(handler)).build();
    }

    // ---- Clients

    private static Door localDoor(LocalServer server) {
        return (id, userData) -> LocalClient.builder(server).id(id).userData(userData).build();
    }

    private static Door pipeDoor(PipeServer server) {
        return (id, userData) -> new PipeClient(server, new PipeId(id), userData);
    }

    private Door memoryDoor(NetcodeServer server) {
        return netcodeDoor(server, () -> network.bind(NetAddress.ipv4(0x0a000100 + hosts++, 0)));
    }

    private Door udpDoor(NetcodeServer server) {
        return netcodeDoor(server, () -> UdpTransport.bind(LOOPBACK));
    }

    private Door netcodeDoor(NetcodeServer server, Supplier<Transport> transportsOfKind) {
        return (id, userData) -> {
            Transport transport = transportsOfKind.get();
            NetcodeClient client =
                    NetcodeClient.builder()
                            .transport(transport)
                            .resume(Resume.within(Duration.ofHours(1)))
                            .monotonicClock(clock::nanos)
                            .authentication(
                                    new Authentication.Backend(
                                            new Tokens(server.localAddress(), id, userData)))
                            .build();
            transports.put(client, transport);
            return client;
        };
    }

    /// Mints on the spot what a client asks for.
    private final class Tokens implements TokenSource {
        private final NetAddress server;
        private final long id;
        private final UserData userData;

        Tokens(NetAddress server, long id, UserData userData) {
            this.server = server;
            this.id = id;
            this.userData = userData;
        }

        @Override
        public CompletableFuture<FetchedToken> fetch() {
            return mint(request());
        }

        @Override
        public CompletableFuture<FetchedToken> fetch(TokenTag former) {
            return mint(request().resumes(former));
        }

        private TokenRequest.Builder request() {
            return TokenRequest.builder(id)
                    .server(server)
                    .userData(userData)
                    .timeoutSeconds(TIMEOUT_SECONDS)
                    .statesReasons(true)
                    .survivesMoves(true);
        }

        private CompletableFuture<FetchedToken> mint(TokenRequest.Builder request) {
            return CompletableFuture.completedFuture(
                    FetchedToken.of(
                            new TokenMint(key, PROTOCOL_ID, random::nextBytes, clock)
                                    .mint(request.build()),
                            id));
        }
    }
}
