package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.testkit.pair.Direction;
import dev.hawser.testkit.pair.Invariant;
import dev.hawser.testkit.pair.InvariantViolation;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.transport.LinkConditions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The simulation itself: that it does what it says, and the same again under the same seed.
class PairTest {
    @Test
    void aClientConnectsTalksAndLeaves() {
        Pair pair = Pair.withSeed(1).latencyMillis(40);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 100);
        assertThat(client.send(100)).isTrue();
        assertThat(pair.server().send(client, 1200)).isTrue();
        pair.driveFor(100);
        assertThat(pair.server().payloadsReceived()).isEqualTo(1);
        assertThat(client.receive()).hasSize(1200);
        client.disconnect();
        pair.driveFor(100);
        assertThat(pair.server().events())
                .extracting(Object::getClass)
                .isEqualTo(List.of(ServerEvent.Connected.class, ServerEvent.Disconnected.class));
        pair.checkNothingLeft();
    }

    @Test
    void lossIsSurvivedAndOneSeedGivesOneRun() {
        assertThat(run(7)).isEqualTo(run(7)).isNotEqualTo(run(8));
    }

    private static List<String> run(long seed) {
        Pair pair =
                Pair.withSeed(seed)
                        .loss(0.3)
                        .duplication(0.2)
                        .reordering(0.2)
                        .latencyMillis(80)
                        .jitterMillis(50);
        List<String> packets = new ArrayList<>();
        pair.tap(packet -> packets.add(pair.clock().nanos() + " " + packet));
        List<SimulatedClient> clients = List.of(pair.newClient(), pair.newClient());
        clients.forEach(SimulatedClient::connect);
        pair.driveUntil(() -> clients.stream().allMatch(SimulatedClient::isConnected), 2_000);
        for (int i = 0; i < 20; i++) {
            clients.forEach(client -> client.send(200));
            clients.forEach(client -> pair.server().send(client, 200));
            pair.driveFor(50);
        }
        assertThat(pair.server().payloadsReceived()).isGreaterThan(5);
        return packets;
    }

    @Test
    void lossesMayComeInBursts() {
        Pair pair = Pair.withSeed(9).burstLoss(0.1, 0.3, 1).latencyMillis(20);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 2_000);
        for (int i = 0; i < 200; i++) {
            client.send(100);
            pair.driveFor(10);
        }
        // A quarter of the packets meet a burst.
        assertThat(pair.server().payloadsReceived()).isBetween(120L, 180L);
        assertThat(pair.toServer().conditions())
                .isEqualTo(LinkConditions.NONE.burstLoss(0.1, 0.3, 1).latencyMillis(20));
    }

    @Test
    void timeMayRunOverTheEndOfTheLong() {
        Pair pair =
                Pair.withSeed(3)
                        .clock(new VirtualClock(Long.MAX_VALUE - 1_000_000_000, 1_000))
                        .latencyMillis(10);
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveFor(4_000);
        assertThat(client.isConnected()).isTrue();
        assertThat(pair.clock().nanos()).isNegative();
        client.crash();
        pair.driveFor(6_000);
        pair.checkNothingLeft();
    }

    @Test
    void ticksServersBehindNatAndDirectBuffersWorkToo() {
        Pair pair =
                Pair.withSeed(4)
                        .servers(2)
                        .behindNat(true)
                        .directBuffers(true)
                        .tickMillis(16)
                        .latencyMillis(30);
        pair.server(0).crash();
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 1_000);
        assertThat(client.server()).isSameAs(pair.server(1));
        pair.server(1).disconnect(client, StatedReason.NONE);
        pair.driveFor(200);
        assertThat(client.state()).isEqualTo(ClientState.DISCONNECTED);
        pair.checkNothingLeft();
    }

    @Test
    void aDeniedClientLeavesNoKeys() {
        Pair pair = Pair.withSeed(6).maxClients(1);
        SimulatedClient first = pair.newClient();
        first.connect();
        pair.driveUntil(first::isConnected, 100);
        SimulatedClient second = pair.newClient();
        second.connect();
        pair.driveFor(1_000);
        assertThat(second.state()).isEqualTo(ClientState.CONNECTION_DENIED);
        first.disconnect();
        pair.driveFor(1_000);
        pair.checkNothingLeft();
    }

    @Test
    void aNatMayForgetAClientAtOnceOrLater() {
        Pair pair = Pair.withSeed(10);
        SimulatedClient client = connected(pair);
        NetAddress first = client.address();
        client.rebind(1_000);
        NetAddress second = client.address();
        assertThat(second).isEqualTo(first.withPort(second.port())).isNotEqualTo(first);
        pair.server().send(client, 50);
        pair.driveFor(0);
        assertThat(client.payloadsReceived()).as("through the old port").isEqualTo(1);
        pair.driveFor(1_000);
        pair.server().send(client, 50);
        pair.driveFor(0);
        assertThat(client.payloadsReceived()).as("once that is forgotten").isEqualTo(1);
        client.moveTo(first);
        pair.server().send(client, 50);
        pair.driveFor(0);
        assertThat(client.payloadsReceived()).as("back at the old port").isEqualTo(2);
        client.rebind();
        pair.server().send(client, 50);
        pair.driveFor(0);
        assertThat(client.payloadsReceived()).as("forgotten at once").isEqualTo(2);
    }

    @Test
    void anAddressThatSomebodyHasLeftMayBeTaken() {
        Pair pair = Pair.withSeed(11);
        SimulatedClient client = connected(pair);
        NetAddress first = client.address();
        client.moveTo(pair.newIpv6Address(), 1_000);
        SimulatedClient other = pair.newClient(99, first);
        pair.server().send(client, 50);
        pair.driveFor(1_000);
        assertThat(client.payloadsReceived()).isZero();
        assertThat(other.machine().drops().total()).as("what came to it instead").isPositive();
        assertThat(pair.clients()).containsExactly(client, other);
    }

    @Test
    void oneWayMayBeCutAlone() {
        Pair pair = Pair.withSeed(12);
        SimulatedClient client = connected(pair);
        SimulatedClient other = connected(pair);
        client.cut(Direction.TO_SERVER, true);
        client.send(50);
        other.send(50);
        pair.server().send(client, 50);
        pair.driveFor(0);
        assertThat(pair.server().payloadsReceived()).isEqualTo(1);
        assertThat(client.payloadsReceived()).isEqualTo(1);
        client.cut(Direction.TO_SERVER, false);
        pair.cut(Direction.TO_CLIENT, true);
        client.send(50);
        pair.server().send(client, 50);
        pair.server().send(other, 50);
        pair.driveFor(0);
        assertThat(pair.server().payloadsReceived()).isEqualTo(2);
        assertThat(client.payloadsReceived()).isEqualTo(1);
        assertThat(other.payloadsReceived()).isZero();
    }

    @Test
    void somebodyOnThePathMayHoldPacketsBack() {
        Pair pair = Pair.withSeed(13);
        SimulatedClient client = connected(pair);
        List<SimulatedPacket> held = new ArrayList<>();
        pair.intercept(packet -> packet.from().equals(client.address()) && held.add(packet));
        client.send(50);
        pair.driveFor(50);
        assertThat(pair.server().payloadsReceived()).isZero();
        pair.deliver(held.getFirst());
        assertThat(pair.server().payloadsReceived()).isEqualTo(1);
    }

    private static SimulatedClient connected(Pair pair) {
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 100);
        return client;
    }

    @Test
    void aViolationSaysWhichSeedAndCommandShowIt() {
        Pair pair = Pair.withSeed(5).replayCommand("./check -Dhawser.seed=5");
        SimulatedClient client = pair.newClient();
        client.connect();
        pair.driveUntil(client::isConnected, 100);
        List<SimulatedPacket> sent = new ArrayList<>();
        pair.tap(sent::add);
        client.send(100);
        // A stranger's packet that is none: the invariants must notice that it is heeded.
        NetAddress from = client.address();
        NetAddress to = pair.server().address();
        SimulatedPacket forged = SimulatedPacket.ofStranger(from, to, sent.getFirst().bytes());
        assertThatThrownBy(() -> pair.deliver(forged))
                .isInstanceOfSatisfying(
                        InvariantViolation.class,
                        violation ->
                                assertThat(violation.invariant())
                                        .isEqualTo(Invariant.NO_STATE_FOR_STRANGERS))
                .hasMessageContaining("seed 5")
                .hasMessageContaining("./check -Dhawser.seed=5");
    }
}
