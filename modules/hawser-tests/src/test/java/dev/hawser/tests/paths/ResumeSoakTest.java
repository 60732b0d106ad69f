package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sixty-four clients of two servers in one, over five minutes of virtual time: they come, are
/// lost, come back from elsewhere and at the other server, leave and are sent away. Every
/// suspension ends once, every payload is of somebody who is there, and in the end nothing is left.
class ResumeSoakTest {
    private static final long PROTOCOL_ID = 7;
    private static final int CLIENTS = 64;
    private static final long STEP_NANOS = 50_000_000;
    private static final int STEPS = 6_000;
    private static final long START_UNIX_SECONDS = 1_800_000_000;
    private static final List<NetAddress> DOORS =
            List.of(NetAddress.parse("10.0.0.1:7777"), NetAddress.parse("10.0.0.2:7777"));

    private final MemoryNetwork network = new MemoryNetwork();
    private long nowNanos;
    private int places;

    /// A network that swallows everything while it is cut.
    private static final class Cuttable extends ForwardingTransport {
        boolean isCut;

        Cuttable(Transport wrapped) {
            super(wrapped);
        }

        @Override
        public void send(PeerAddress to, ByteBuffer packet) {
            if (!isCut) {
                super.send(to, packet);
            }
        }

        @Override
        public int receive(DatagramHandler handler, int packetsMax) {
            return super.receive(isCut ? (_, _) -> {} : handler, packetsMax);
        }
    }

    /// What the game believes of its players.
    private final class Game implements ServerHandler {
        final Map<ConnectedClient, String> stateOf = new HashMap<>();
        int suspends;
        int resumes;
        int endsOfSuspended;
        int payloads;

        private void become(ConnectedClient client, String state, String... from) {
            String before = stateOf.getOrDefault(client, "unknown");
            assertThat(before).as("%s becomes %s", client, state).isIn((Object[]) from);
            stateOf.put(client, state);
        }

        @Override
        public void onConnect(ConnectedClient client) {
            become(client, "here", "unknown");
            client.attach(client.id());
        }

        @Override
        public void onSuspend(ConnectedClient client) {
            become(client, "away", "here");
            suspends++;
        }

        @Override
        public void onResume(ConnectedClient client) {
            become(client, "here", "away");
            assertThat(client.attachment()).isEqualTo(client.id());
            resumes++;
        }

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            assertThat(stateOf.get(client)).isEqualTo("here");
            payloads++;
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            if ("away".equals(stateOf.get(client))) {
                endsOfSuspended++;
            }
            become(client, "gone", "here", "away");
        }
    }

    private NetcodeServer door(NetAddress address, PrivateKey key, Random random) {
        return NetcodeServer.builder()
                .transport(network.bind(address))
                .protocolId(PROTOCOL_ID)
                .privateKey(key)
                .maxClients(CLIENTS)
                .keepSlotFor(Duration.ofSeconds(10))
                .monotonicClock(() -> nowNanos)
                .wallClock(() -> START_UNIX_SECONDS + nowNanos / 1_000_000_000)
                .random(random::nextBytes)
                .build();
    }

    private Cuttable place() {
        return new Cuttable(network.bind(NetAddress.ipv4(0x0a010000 + ++places, 1000)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everySuspensionEndsOnceAndNothingIsLeft(long seed) throws IOException {
        Random random = new Random(seed);
        PrivateKey key = PrivateKey.random(random::nextBytes);
        NetcodeServer one = door(DOORS.getFirst(), key, random);
        NetcodeServer other = door(DOORS.getLast(), key, random);
        MultiServer server = MultiServer.builder().add("one", one).add("other", other).build();
        server.start();
        Game game = new Game();
        List<Cuttable> networks = new ArrayList<>();
        List<NetcodeClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Cuttable transport = place();
            networks.add(transport);
            clients.add(
                    NetcodeClient.builder()
                            .transport(transport)
                            .resume(Resume.within(Duration.ofSeconds(8)))
                            .monotonicClock(() -> nowNanos)
                            .wallClock(() -> START_UNIX_SECONDS + nowNanos / 1_000_000_000)
                            .random(random::nextBytes)
                            .build());
        }
        for (int step = 0; step < STEPS; step++) {
            nowNanos += STEP_NANOS;
            for (int i = 0; i < CLIENTS; i++) {
                live(random, i, clients.get(i), networks.get(i), key);
                clients.get(i).update();
            }
            server.update();
            if (random.nextInt(500) == 0 && !server.connectedClients().isEmpty()) {
                server.disconnect(
                        server.connectedClients().iterator().next(), StatedReason.of(1000, "go"));
            }
            server.receive(game);
        }
        assertThat(game.resumes).isGreaterThan(50);
        assertThat(game.endsOfSuspended).isGreaterThan(50);
        assertThat(game.payloads).isGreaterThan(1000);

        clients.forEach(NetcodeClient::close);
        for (int i = 0; i < 20 / 0.05; i++) {
            nowNanos += STEP_NANOS;
            server.update();
            server.receive(game);
        }
        assertThat(game.stateOf.values()).containsOnly("gone");
        assertThat(game.suspends).isEqualTo(game.resumes + game.endsOfSuspended);
        assertThat(server.connectedClients()).isEmpty();
        for (NetcodeServer member : List.of(one, other)) {
            assertThat(member.stats().suspendedClients()).isZero();
            assertThat(member.stats().connectedClients()).isZero();
        }
        server.close();
    }

    private void live(
            Random random, int index, NetcodeClient client, Cuttable transport, PrivateKey key) {
        int chance = random.nextInt(1000);
        switch (client.state()) {
            case ConnectionState.Disconnected _ when chance < 20 -> {
                transport.isCut = false;
                client.authentication(manual(random, index, key));
                client.connect();
            }
            case ConnectionState.Connected _ when chance < 300 ->
                    client.send(ByteBuffer.wrap(new byte[] {1}));
            case ConnectionState.Connected _ when chance < 305 -> transport.isCut = true;
            case ConnectionState.Connected _ when chance < 307 -> client.disconnect();
            // Somebody pulls the plug: the client knows at once, the server does not.
            case ConnectionState.Connected _ when chance < 309 -> transport.close();
            case ConnectionState.Resuming _ when chance < 15 -> {
                transport.isCut = false;
                client.authentication(manual(random, index, key));
            }
            case ConnectionState.Resuming _ when chance < 16 -> client.disconnect();
            default -> {}
        }
    }

    private static Authentication manual(Random random, int index, PrivateKey key) {
        return new Authentication.Manual(
                DOORS.get(random.nextInt(DOORS.size())), index, key, PROTOCOL_ID);
    }
}
