package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.PayloadHandler;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamDouble;
import dev.hawser.steam.SteamServer;
import dev.hawser.testkit.AllocationMeter;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.tests.rig.OpenCiphers;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Who is connected and talks costs no memory: a tick with payloads both ways allocates nothing.
///
/// The JDK's cipher allocates for each packet, so netcode runs with one that does not: the rest of
/// the way is the same.
@Isolated("Its ciphers, which encrypt nothing, are those of the whole process for a moment.")
class SteadyStateAllocationTest {
    private static final int WARM_UP_TICKS = 8_000;
    private static final int TICKS = 5_000;
    private static final int TICK_MILLIS = 7;
    private static final long PROTOCOL_ID = 9;
    private static final long ACCOUNT = 0x0110_0001_0000_0001L;
    private static final NetAddress SERVER = NetAddress.parse("10.0.0.1:7777");
    private static final int PATH_ANSWER = 8;
    private static final int PING = 10;
    private static final NetAddress OTHER_SERVER = NetAddress.parse("10.0.0.2:7777");

    /// Each has tokens of its own: a process connects with one once.
    private static final AtomicLong TESTS = new AtomicLong();

    private final VirtualClock clock = new VirtualClock();
    private final MemoryNetwork network = new MemoryNetwork();
    private final SeededRandom random = new SeededRandom(TESTS.incrementAndGet());
    private final PrivateKey key = PrivateKey.random(random);
    private final List<NetClient> clients = new ArrayList<>();
    private final ByteBuffer payload = ByteBuffer.allocate(600);
    private final Ears ears = new Ears();
    private final PayloadHandler clientEars = _ -> this.heardByClients++;
    private long heardByClients;

    private static final class Ears implements ServerHandler {
        private final List<ConnectedClient> connected = new ArrayList<>();
        private long payloads;

        @Override
        public void onConnect(ConnectedClient client) {
            connected.add(client);
        }

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            payloads++;
        }
    }

    // ---- A tick of a game

    private void tick(NetServer server) {
        clock.advanceMillis(TICK_MILLIS);
        tickWithoutTime(server);
    }

    private void tickWithoutTime(NetServer server) {
        for (int i = 0; i < clients.size(); i++) {
            NetClient client = clients.get(i);
            client.update();
            client.receive(clientEars);
        }
        server.update();
        server.receive(ears);
    }

    private void talk(NetServer server) {
        clock.advanceMillis(TICK_MILLIS);
        talkWithoutTime(server);
    }

    private void talkWithoutTime(NetServer server) {
        for (int i = 0; i < clients.size(); i++) {
            NetClient client = clients.get(i);
            checkSent(client.send(payload));
            client.flush();
        }
        for (int i = 0; i < ears.connected.size(); i++) {
            checkSent(server.send(ears.connected.get(i), payload));
        }
        server.flush();
        tickWithoutTime(server);
    }

    private static void checkSent(SendResult result) {
        if (result != SendResult.SENT) {
            throw new AssertionError(result);
        }
    }

    /// Connects the clients, and lets a tick run until it is as it always will be.
    private double bytesPerTick(NetServer server, Runnable tick) {
        connect(server);
        return AllocationMeter.bytesPerIteration(WARM_UP_TICKS, TICKS, tick);
    }

    private void connect(NetServer server) {
        for (NetClient client : clients) {
            client.connect();
        }
        for (int i = 0; ears.connected.size() < clients.size(); i++) {
            assertThat(i).as("ticks to connect").isLessThan(1_000);
            tick(server);
        }
        while (!clients.stream().allMatch(NetClient::isConnected)) {
            tick(server);
        }
    }

    private static <T extends NetServer> T started(T server) {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server;
    }

    /// And two clients, each with a Steam of its own.
    private SteamServer steamServer(SteamDouble steams) {
        for (long id = ACCOUNT; id < ACCOUNT + 2; id++) {
            clients.add(
                    SteamClient.builder(steams.steam(id))
                            .peer(ACCOUNT + 2, 0)
                            .monotonicClock(clock::nanos)
                            .build());
        }
        return SteamServer.builder(steams.steam(ACCOUNT + 2))
                .virtualPort(0)
                .monotonicClock(clock::nanos)
                .build();
    }

    private NetcodeServer netcodeServer(NetAddress address) {
        return netcodeServer(network.bind(address));
    }

    private NetcodeServer netcodeServer(Transport transport) {
        return NetcodeServer.builder()
                .transport(transport)
                .protocolId(PROTOCOL_ID)
                .privateKey(key)
                .maxClients(8)
                .monotonicClock(clock::nanos)
                .wallClock(clock)
                .random(random)
                .build();
    }

    private NetcodeClient netcodeClient(long id, NetAddress server) {
        return netcodeClient(id, token(id, server, false));
    }

    private NetcodeClient netcodeClient(long id, ConnectToken token) {
        NetAddress address = NetAddress.ipv4(0x0a000100 + (int) id, 0);
        return OpenCiphers.with(() ->
                NetcodeClient.builder()
                        .transport(network.bind(address))
                        .authentication(new Authentication.Token(token))
                        .monotonicClock(clock::nanos)
                        .wallClock(clock)
                        .random(random)
                        .build());
    }

    private ConnectToken token(long id, NetAddress server, boolean survivesMoves) {
        return new TokenMint(key, PROTOCOL_ID, random, clock)
                .mint(TokenRequest.builder(id).server(server).survivesMoves(survivesMoves).build());
    }

    /// A network in memory whose peers may move all the same.
    private static final class Site extends ForwardingTransport {
        private final int[] sentOfType = new int[16];
        private final DatagramHandler deaf = (_, _) -> this.unheard++;
        private boolean isDeaf;
        private int unheard;

        Site(Transport wrapped) {
            super(wrapped);
        }

        @Override
        public boolean peersMayMove() {
            return true;
        }

        @Override
        public int receive(DatagramHandler handler, int packetsMax) {
            return super.receive(isDeaf ? deaf : handler, packetsMax);
        }

        @Override
        public void send(PeerAddress to, ByteBuffer packet) {
            sentOfType[packet.get(packet.position()) & 0xf]++;
            super.send(to, packet);
        }
    }

    // ---- The kinds of servers

    @Test
    void aLocalConnectionThatTalksAllocatesNothing() {
        LocalServer server = started(LocalServer.builder().build());
        clients.add(LocalClient.builder(server).id(1).build());
        clients.add(LocalClient.builder(server).id(2).build());
        assertThat(bytesPerTick(server, () -> talk(server))).isZero();
        checkEverythingWasHeard(1);
    }

    @Test
    void aNetcodeConnectionThatTalksAllocatesNothingButWhatTheCipherDoes() {
        NetcodeServer server = OpenCiphers.with(() -> started(netcodeServer(SERVER)));
        clients.add(netcodeClient(1, SERVER));
        clients.add(netcodeClient(2, SERVER));
        assertThat(bytesPerTick(server, () -> talk(server))).isZero();
        checkEverythingWasHeard(1);
    }

    /// Its pings come by themselves, and it asks for its path again and again, as one does whose
    /// network keeps changing.
    @Test
    void aConnectionThatSurvivesMovesAllocatesNothingForPingsAndPaths() {
        Site site = new Site(network.bind(SERVER));
        NetcodeServer server = OpenCiphers.with(() -> started(netcodeServer(site)));
        clients.add(netcodeClient(1, token(1, SERVER, true)));
        clients.add(netcodeClient(2, token(2, SERVER, true)));
        double bytes =
                bytesPerTick(
                        server,
                        () -> {
                            clients.getFirst().networkChanged();
                            talk(server);
                        });
        assertThat(bytes).isZero();
        checkEverythingWasHeard(1);
        int ticks = WARM_UP_TICKS + 5 * TICKS;
        assertThat(site.sentOfType[PATH_ANSWER]).isGreaterThanOrEqualTo(ticks - 1);
        assertThat(site.sentOfType[PING]).isGreaterThan(2 * ticks * TICK_MILLIS / 600);
        assertThat(clients)
                .allSatisfy(client ->
                        assertThat(client.connectionStats().roundTripNanos()).isPresent());
    }

    /// A server that hears nothing of a client says so, and the client asks in vain.
    @Test
    void aServerThatHearsNothingAllocatesNothing() {
        Site site = new Site(network.bind(SERVER));
        NetcodeServer server = OpenCiphers.with(() -> started(netcodeServer(site)));
        clients.add(netcodeClient(1, token(1, SERVER, true)));
        connect(server);
        server.suspendTimeouts();
        for (int i = 0; i < 100; i++) {
            tick(server);
        }
        site.isDeaf = true;
        assertThat(AllocationMeter.bytesPerIteration(WARM_UP_TICKS, TICKS, () -> tick(server)))
                .isZero();
        assertThat(site.sentOfType[PATH_ANSWER]).isGreaterThan(1000);
        assertThat(site.unheard).isGreaterThan(1000);
    }

    @Test
    void aServerMadeOfSeveralAllocatesNothingForTalkAndBroadcasts() {
        LocalServer local = LocalServer.builder().build();
        MultiServer server =
                OpenCiphers.with(() ->
                        started(
                                MultiServer.builder()
                                        .add("east", netcodeServer(SERVER))
                                        .add("west", netcodeServer(OTHER_SERVER))
                                        .add("local", local)
                                        .build()));
        clients.add(netcodeClient(1, SERVER));
        clients.add(netcodeClient(2, OTHER_SERVER));
        clients.add(LocalClient.builder(local).id(3).build());
        double bytes =
                bytesPerTick(
                        server,
                        () -> {
                            server.broadcast(null, payload);
                            server.broadcast(ears.connected.getFirst(), payload);
                            talk(server);
                        });
        assertThat(bytes).isZero();
        // To each of three for itself, to three, and to all but one.
        checkEverythingWasHeard((3 + 3 + 2) / 3.0);
    }

    /// Through Valve's library, and a double of what is behind it that allocates nothing itself.
    /// Time stands still: what Steam is asked once a second is in the next test.
    @Test
    void aSteamConnectionThatTalksAllocatesNothing() {
        try (SteamDouble steams = new SteamDouble(clock::nanos);
                SteamServer server = started(steamServer(steams))) {
            connect(server);
            steams.allocateNothing();
            assertThat(
                            AllocationMeter.bytesPerIteration(
                                    WARM_UP_TICKS, TICKS, () -> talkWithoutTime(server)))
                    .isZero();
            checkEverythingWasHeard(1);
            clients.forEach(NetClient::close);
        }
    }

    @Test
    void aSteamConnectionAllocatesOnceASecondForItsFigures() {
        try (SteamDouble steams = new SteamDouble(clock::nanos);
                SteamServer server = started(steamServer(steams))) {
            connect(server);
            steams.allocateNothing();
            double bytes =
                    AllocationMeter.bytesPerIteration(WARM_UP_TICKS, TICKS, () -> talk(server));
            // Two connections, and each has two ends.
            double bytesPerSecond = bytes * 1000 / TICK_MILLIS / 4;
            assertThat(bytesPerSecond).isPositive().isLessThan(200);
            clients.forEach(NetClient::close);
        }
    }

    @Test
    void whoIsConnectedAndSilentAllocatesNothing() {
        LocalServer local = LocalServer.builder().build();
        MultiServer server =
                OpenCiphers.with(() ->
                        started(
                                MultiServer.builder()
                                        .add("netcode", netcodeServer(SERVER))
                                        .add("local", local)
                                        .build()));
        clients.add(netcodeClient(1, SERVER));
        clients.add(LocalClient.builder(local).id(2).build());
        assertThat(bytesPerTick(server, () -> tick(server))).isZero();
        assertThat(clients).allMatch(NetClient::isConnected);
    }

    /// @param perClient how many payloads go to each client in a tick
    private void checkEverythingWasHeard(double perClient) {
        long ticks = WARM_UP_TICKS + 5L * TICKS;
        long said = ticks * clients.size();
        assertThat(ears.payloads).isBetween(said - clients.size(), said);
        assertThat((double) heardByClients)
                .isBetween(perClient * (said - clients.size()), perClient * said);
    }
}
