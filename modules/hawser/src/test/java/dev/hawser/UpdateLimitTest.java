package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One update takes what has arrived, up to a limit with a name; what is beyond is counted and
/// said, gets no older, and hides no end.
class UpdateLimitTest {
    private static final int SECOND = 1000;

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();

    private List<String> linesWith(String part) {
        return world.log.lines.stream().filter(line -> line.contains(part)).toList();
    }

    /// Adds the age of each payload.
    private int receiveAges(NetServer server, List<Long> ages) {
        return server.receive((_, payload) -> ages.add(world.nowNanos - payload.getLong(0)));
    }

    private ByteBuffer now() {
        return ByteBuffer.allocate(60).putLong(0, world.nowNanos);
    }

    // ---- A server that ticks slowly

    /// 4,096 packets were what one update took, at four a slot.
    @Test
    void aSlowTickTakesEverythingThatCameSinceTheLastOne() {
        NetcodeServer server = world.start(world.serverBuilder().maxClients(64));
        List<NetcodeClient> clients = new ArrayList<>();
        for (int id = 1; id <= 64; id++) {
            clients.add(world.connect(id));
        }
        server.receive(seen);
        world.servers.clear();
        for (int tick = 0; tick < 3; tick++) {
            for (int frame = 0; frame < 60; frame++) {
                world.nowNanos += 1_000_000_000L / 60;
                for (NetcodeClient client : clients) {
                    assertThat(client.send(now())).isEqualTo(SendResult.SENT);
                    client.flush();
                }
            }
            server.update();
            List<Long> ages = new ArrayList<>();
            assertThat(receiveAges(server, ages)).isEqualTo(64 * 60);
            assertThat(ages).allMatch(age -> age < 1_100_000_000L);
            server.flush();
            clients.forEach(NetcodeClient::update);
        }
        assertThat(server.stats().updatesAtLimit()).isZero();
        assertThat(server.stats().payloadsNotQueued()).isZero();
        assertThat(server.stats().drops()).doesNotContainKey(Drop.OVER_LIMIT);
        assertThat(clients).allMatch(NetClient::isConnected);
    }

    @Test
    void whatIsBeyondTheLimitIsDroppedCountedAndSaid() {
        NetcodeServer server =
                world.start(
                        world.serverBuilder()
                                .packetsPerUpdateMax(100)
                                .receiveLimitPerClient(10_000, 1 << 20));
        NetcodeClient client = world.connect(1);
        server.receive(seen);
        for (int tick = 0; tick < 3; tick++) {
            List<Long> ages = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                client.send(now());
            }
            world.step();
            assertThat(receiveAges(server, ages)).isBetween(98, 100);
            assertThat(ages)
                    .as("none is from an earlier tick")
                    .allMatch(age -> age <= Fixtures.STEP_NANOS);
        }
        ServerStats stats = server.stats();
        assertThat(stats.updatesAtLimit()).isEqualTo(3);
        assertThat(stats.drops().get(Drop.OVER_LIMIT)).isBetween(450L, 460L);
        ConnectionStats connection = seen.connected.getFirst().stats();
        assertThat(connection.payloadsNotQueued()).isBetween(450L, 460L);
        assertThat(connection.inboundLoss().orElse(0)).as("the network lost nothing").isZero();
        assertThat(linesWith("packetsPerUpdateMax"))
                .singleElement()
                .asString()
                .contains("packetsPerUpdateMax is 100", "a server", "Update more often");
        for (int tick = 0; tick < 61; tick++) {
            world.driveSeconds(1);
            for (int i = 0; i < 250; i++) {
                client.send(now());
            }
            world.step();
            server.receive(seen);
        }
        assertThat(linesWith("packetsPerUpdateMax")).as("once a minute").hasSize(2);
    }

    @Test
    void exactlyTheLimitIsNotBeyondIt() {
        NetcodeServer server = world.start(world.serverBuilder().packetsPerUpdateMax(10));
        NetcodeClient client = world.connect(1);
        server.receive(seen);
        world.servers.clear();
        server.update();
        for (int i = 0; i < 10; i++) {
            client.send(bytes("x"));
        }
        server.update();
        assertThat(server.receive((_, _) -> {})).isEqualTo(10);
        assertThat(server.stats().updatesAtLimit()).isZero();
        for (int i = 0; i < 11; i++) {
            client.send(bytes("x"));
        }
        server.update();
        assertThat(server.receive((_, _) -> {})).isEqualTo(10);
        assertThat(server.stats().updatesAtLimit()).isEqualTo(1);
    }

    @Test
    void theEndOfAConnectionIsNotStuckBehindPayloads() {
        NetcodeServer server = world.start(world.serverBuilder().packetsPerUpdateMax(10));
        NetcodeClient talker = world.connect(1);
        NetcodeClient leaver = world.connect(2);
        server.receive(seen);
        for (int i = 0; i < 70; i++) {
            talker.send(bytes("talk"));
        }
        leaver.disconnect(StatedReason.of(1000, "bye"));
        talker.disconnect();
        server.update();
        server.receive(seen);
        assertThat(seen.events)
                .endsWith("disconnect netcode:2 ClientLeft", "disconnect netcode:1 ClientLeft");
    }

    /// What is cheap does not count for the limit, and is not endless either.
    @Test
    void norBehindTheFloodOfAClientThatIsOverItsOwnLimit() {
        NetcodeServer server =
                world.start(
                        world.serverBuilder()
                                .packetsPerUpdateMax(10)
                                .receiveLimitPerClient(1, 1 << 20));
        NetcodeClient flooder = world.connect(1);
        NetcodeClient leaver = world.connect(2);
        server.receive(seen);
        for (int i = 0; i < 500; i++) {
            flooder.send(bytes("much"));
        }
        leaver.disconnect();
        server.update();
        server.receive(seen);
        assertThat(seen.events).endsWith("disconnect netcode:2 ClientLeft");
        assertThat(server.stats().updatesAtLimit()).isOne();
    }

    @Test
    void whatFindsNoRoomBetweenUpdateAndReceiveIsSaid() {
        NetcodeServer server = world.start(world.serverBuilder().receiveQueueBytes(3600));
        NetcodeClient client = world.connect(1);
        for (int i = 0; i < 5; i++) {
            client.send(ByteBuffer.allocate(1200));
        }
        world.step();
        assertThat(server.receive((_, _) -> {})).isEqualTo(3);
        assertThat(server.stats().payloadsNotQueued()).isEqualTo(2);
        assertThat(linesWith("receiveQueueBytes"))
                .singleElement()
                .asString()
                .contains("2 payloads", "3600 bytes of receiveQueueBytes", "NetServer.receive");
    }

    // ---- A client that updates once a second

    private NetcodeClient slowClient(NetcodeClient.Builder builder) {
        NetcodeClient client = builder.authentication(world.manual(1)).build();
        world.clients.add(client);
        client.connect();
        world.driveUntil(client::isConnected);
        // Until the server knows it too: before, each payload comes with a keep-alive.
        world.driveSeconds(0.5);
        world.clients.clear();
        return client;
    }

    private void sendForASecond(NetcodeServer server, int perSecond) {
        for (int i = 0; i < perSecond; i++) {
            world.nowNanos += 1_000_000_000L / perSecond;
            server.update();
            server.broadcast(now());
        }
        server.flush();
    }

    private List<Long> ages(NetClient client) {
        List<Long> ages = new ArrayList<>();
        client.receive(payload -> ages.add(world.nowNanos - payload.getLong(0)));
        return ages;
    }

    @Test
    void aClientThatUpdatesOnceASecondGetsAllOfSixHundredPacketsAndItsKick() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = slowClient(world.clientBuilder());
        for (int second = 0; second < 5; second++) {
            sendForASecond(server, 600);
            client.update();
            assertThat(ages(client)).hasSize(600).allMatch(age -> age <= 1_000_000_000L);
        }
        sendForASecond(server, 600);
        server.disconnect(
                server.connectedClients().iterator().next(), StatedReason.of(1001, "out"));
        client.update();
        assertThat(reasonOf(client).explanation()).contains("out");
        assertThat(ages(client)).as("what came before the end is heard").hasSize(600);
        assertThat(client.stats().payloadsNotQueued()).isZero();
        assertThat(client.stats().updatesAtLimit()).isZero();
    }

    @Test
    void payloadsOfTheLargestSizeFitToo() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = slowClient(world.clientBuilder());
        for (int i = 0; i < 600; i++) {
            server.broadcast(ByteBuffer.allocate(1200));
        }
        client.update();
        assertThat(client.receive(_ -> {})).isEqualTo(600);
    }

    @Test
    void beyondTheLimitOfAClientNothingGetsOlderAndItsEndIsNoticed() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = slowClient(world.clientBuilder().packetsPerUpdateMax(200));
        for (int second = 0; second < 4; second++) {
            sendForASecond(server, 600);
            client.update();
            assertThat(ages(client))
                    .hasSizeBetween(180, 200)
                    .allMatch(age -> age <= 1_000_000_000L);
        }
        ClientStats stats = client.stats();
        assertThat(stats.updatesAtLimit()).isEqualTo(4);
        assertThat(stats.drops().get(Drop.OVER_LIMIT)).isBetween(1600L, 1680L);
        assertThat(client.connectionStats().payloadsNotQueued())
                .isEqualTo(stats.drops().get(Drop.OVER_LIMIT));
        assertThat(linesWith("packetsPerUpdateMax"))
                .singleElement()
                .asString()
                .contains("packetsPerUpdateMax is 200", "a client");
        sendForASecond(server, 600);
        server.disconnect(server.connectedClients().iterator().next(), StatedReason.NONE);
        client.update();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerEnded.class);
    }

    @Test
    void aClientsQueueIsASettingAndSaysWhenItIsFull() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = slowClient(world.clientBuilder().receiveQueueBytes(2400));
        for (int i = 0; i < 5; i++) {
            server.broadcast(ByteBuffer.allocate(1200).putInt(0, i));
        }
        client.update();
        List<Integer> numbers = new ArrayList<>();
        client.receive(payload -> numbers.add(payload.getInt()));
        assertThat(numbers).as("those that waited stay").containsExactly(0, 1);
        assertThat(client.stats().payloadsNotQueued()).isEqualTo(3);
        client.update();
        assertThat(linesWith("receiveQueueBytes"))
                .singleElement()
                .asString()
                .contains("3 payloads", "2400 bytes", "NetClient.receive");
    }

    @Test
    void limitsOutsideTheirRangeAreNamed() {
        for (int packets : new int[] {0, -1, (1 << 24) + 1}) {
            assertThatThrownBy(() -> world.serverBuilder().packetsPerUpdateMax(packets))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("packetsPerUpdateMax is " + packets)
                    .hasMessageContaining("1 to 16777216");
            assertThatThrownBy(() -> world.clientBuilder().packetsPerUpdateMax(packets))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("packetsPerUpdateMax is " + packets);
        }
        assertThatThrownBy(() -> world.clientBuilder().receiveQueueBytes(1199))
                .hasMessageContaining("1199");
        assertThat(world.serverBuilder().packetsPerUpdateMax(1 << 24).build()).isNotNull();
    }

    // ---- A local client

    @Test
    void aLocalClientsEndIsNotStuckBehindItsPayloads() {
        LocalServer server = LocalServer.builder().receiveLimitPerClient(10, 1 << 20).build();
        startUnchecked(server);
        LocalClient client = LocalClient.builder(server).id(1).build();
        client.connect();
        server.update();
        client.update();
        server.receive(seen);
        for (int i = 0; i < SECOND; i++) {
            client.send(bytes("" + i));
        }
        client.disconnect();
        server.update();
        assertThat(server.connectedClients()).isEmpty();
        server.receive(seen);
        assertThat(seen.events)
                .as("all that it said, and then its end")
                .hasSize(1 + SECOND + 1)
                .endsWith("local:1: 999", "disconnect local:1 ClientLeft");
        // Who comes back at once is not kept waiting either.
        client.connect();
        server.update();
        client.update();
        assertThat(client.isConnected()).isTrue();
    }
}
