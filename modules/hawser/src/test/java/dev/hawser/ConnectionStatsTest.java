package dev.hawser;

import static dev.hawser.netcode.Fixtures.STEP_NANOS;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.TransportStats;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a game can show of a connection agrees with what the link did to it.
class ConnectionStatsTest {
    private static final long MILLI = 1_000_000;

    /// Loss is told over at least so many packets.
    private static final int LOSS_PACKETS_MIN = 129;

    private static final int LOSS_PACKETS_MAX = 256;

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final NetcodeServer server = world.startServer();
    private final ByteBuffer payload = ByteBuffer.allocate(100);
    private ConditionedTransport link;

    private NetcodeClient connect(LinkConditions outbound, LinkConditions inbound, long seed) {
        NetcodeClient client = client(outbound, inbound, seed);
        client.connect();
        world.driveUntil(client::isConnected);
        server.receive(seen);
        return client;
    }

    private NetcodeClient client(LinkConditions outbound, LinkConditions inbound, long seed) {
        link =
                ConditionedTransport.builder(world.network.bind(NetAddress.parse("10.0.0.2")))
                        .seed(seed)
                        .outbound(outbound)
                        .inbound(inbound)
                        .monotonicClock(() -> world.nowNanos)
                        .build();
        NetcodeClient client =
                world.clientBuilder().transport(link).authentication(world.token(7)).build();
        world.clients.add(client);
        return client;
    }

    private ConnectedClient handle() {
        return seen.connected.getLast();
    }

    /// A payload each way, and a step.
    private void talk(NetcodeClient client) {
        client.send(payload.clear());
        server.send(handle(), payload.clear());
        world.step();
        server.receive((_, _) -> {});
        client.receive(_ -> {});
    }

    // ---- Loss

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aTenthLostOnTheWayIsAboutATenthAtBothEnds(long seed) {
        double loss = 0.1;
        LinkConditions lossy = LinkConditions.NONE.loss(loss);
        NetcodeClient client = connect(lossy, lossy, seed);
        int readings = 20;
        double atClient = 0;
        double atServer = 0;
        for (int i = 0; i < readings; i++) {
            // Far enough from the last for no packet to be in both.
            for (int packet = 0; packet < LOSS_PACKETS_MAX * 5 / 4; packet++) {
                talk(client);
            }
            atClient += client.connectionStats().inboundLoss().orElseThrow() / readings;
            atServer += handle().stats().inboundLoss().orElseThrow() / readings;
        }
        // Four standard deviations of the share of successes among so many tries.
        double tolerance = 4 * Math.sqrt(loss * (1 - loss) / (readings * LOSS_PACKETS_MIN));
        assertThat(atClient).isCloseTo(loss, within(tolerance));
        assertThat(atServer).isCloseTo(loss, within(tolerance));
    }

    @Test
    void lossIsThatOfTheWayInAlone() {
        NetcodeClient client = connect(LinkConditions.NONE.loss(0.3), LinkConditions.NONE, 1);
        for (int i = 0; i < LOSS_PACKETS_MAX; i++) {
            talk(client);
        }
        assertThat(client.connectionStats().inboundLoss()).hasValue(0);
        assertThat(handle().stats().inboundLoss().orElseThrow()).isBetween(0.2, 0.4);
    }

    @Test
    void whereNothingWasMeasuredNothingIsSaid() {
        NetcodeClient client = client(LinkConditions.NONE, LinkConditions.NONE, 1);
        assertThat(client.connectionStats())
                .hasToString(ConnectionStats.builder().build().toString());
        client.connect();
        client.update();
        ConnectionStats early = client.connectionStats();
        assertThat(early.packetsOut()).isEqualTo(1);
        assertThat(early.inboundLoss()).isEmpty();
        assertThat(early.jitterNanos()).isEmpty();
        assertThat(early.roundTripNanos()).isEmpty();
    }

    // ---- Jitter

    /// Two delays that are each drawn evenly from 0 to J differ by J / 3 on average.
    @ParameterizedTest
    @ValueSource(longs = {0, 15, 30, 45})
    void jitterIsAboutWhatTheDelaysDifferBy(long jitterMillis) {
        LinkConditions uneven = LinkConditions.NONE.latencyMillis(20).jitterMillis(jitterMillis);
        NetcodeClient client = connect(uneven, uneven, 7);
        int readings = 60;
        double atClient = 0;
        double atServer = 0;
        for (int i = 0; i < readings; i++) {
            for (int packet = 0; packet < 20; packet++) {
                // Further apart than jitter can move them, on a clock finer than jitter.
                client.send(payload.clear());
                server.send(handle(), payload.clear());
                for (int milli = 0; milli < 50; milli++) {
                    world.nowNanos += MILLI;
                    client.update();
                    server.update();
                }
                server.receive((_, _) -> {});
                client.receive(_ -> {});
            }
            if (i >= readings / 2) {
                double share = 2.0 / readings / MILLI;
                atClient += client.connectionStats().jitterNanos().orElseThrow() * share;
                atServer += handle().stats().jitterNanos().orElseThrow() * share;
            }
        }
        // A millisecond is the grain of this clock, a tenth the smoothing.
        double expected = jitterMillis / 3.0;
        assertThat(atClient).isCloseTo(expected, within(1 + expected / 10));
        assertThat(atServer).isCloseTo(expected, within(1 + expected / 10));
    }

    // ---- Round trip

    @ParameterizedTest
    @ValueSource(longs = {0, 10, 40, 80, 200})
    void theHandshakeTakesBothLatenciesAndTheTicksOfBothSides(long latencyMillis) {
        LinkConditions far = LinkConditions.NONE.latencyMillis(latencyMillis);
        NetcodeClient client = connect(far, far, 1);
        world.driveSeconds(1);
        assertThat(client.connectionStats().roundTripNanos().orElseThrow())
                .isBetween(2 * latencyMillis * MILLI, 2 * latencyMillis * MILLI + 2 * STEP_NANOS);
    }

    @Test
    void aHandshakeWithAnAnswerMissingMeasuresNoRoundTrip() {
        NetcodeClient client = client(LinkConditions.NONE, LinkConditions.NONE.cut(true), 1);
        client.connect();
        world.driveSeconds(0.05);
        assertThat(link.inboundStats().cut()).isEqualTo(1);
        link.inbound(LinkConditions.NONE);
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        assertThat(client.connectionStats().roundTripNanos()).isEmpty();
        client.reportRoundTrip(30 * MILLI);
        assertThat(client.connectionStats().roundTripNanos()).hasValue(30 * MILLI);
    }

    @Test
    void aServerKnowsNoRoundTripUntilTheGameReportsOne() {
        LinkConditions far = LinkConditions.NONE.latencyMillis(40);
        NetcodeClient client = connect(far, far, 1);
        for (int i = 0; i < 200; i++) {
            talk(client);
        }
        assertThat(handle().stats().inboundLoss()).isPresent();
        assertThat(handle().stats().roundTripNanos()).isEmpty();
        handle().reportRoundTrip(80 * MILLI);
        assertThat(handle().stats().roundTripNanos()).hasValue(80 * MILLI);
        handle().reportRoundTrip(160 * MILLI);
        assertThat(handle().stats().roundTripNanos()).hasValue(90 * MILLI);
    }

    // ---- Packets and bytes

    private record Moved(long packetsIn, long bytesIn, long packetsOut, long bytesOut) {
        static Moved by(TransportStats transport) {
            return new Moved(
                    transport.packetsIn(),
                    transport.bytesIn(),
                    transport.packetsOut(),
                    transport.bytesOut());
        }

        static Moved by(ConnectionStats connection) {
            return new Moved(
                    connection.packetsIn(),
                    connection.bytesIn(),
                    connection.packetsOut(),
                    connection.bytesOut());
        }

        Moved plus(Moved other) {
            return new Moved(
                    packetsIn + other.packetsIn,
                    bytesIn + other.bytesIn,
                    packetsOut + other.packetsOut,
                    bytesOut + other.bytesOut);
        }

        Moved minus(Moved other) {
            return new Moved(
                    packetsIn - other.packetsIn,
                    bytesIn - other.bytesIn,
                    packetsOut - other.packetsOut,
                    bytesOut - other.bytesOut);
        }
    }

    @Test
    void aClientCountsAllThatItSentFromTheFirstRequestToTheGoodbye() {
        LinkConditions far = LinkConditions.NONE.latencyMillis(60);
        NetcodeClient client = connect(far, far, 1);
        for (int i = 0; i < 300; i++) {
            talk(client);
        }
        world.driveSeconds(1);
        client.disconnect();
        world.driveSeconds(1);
        ConnectionStats stats = client.connectionStats();
        // What came in after the goodbye belongs to nobody, so only the way out adds up.
        assertThat(stats.packetsOut()).isEqualTo(client.stats().transport().packetsOut());
        assertThat(stats.bytesOut()).isEqualTo(client.stats().transport().bytesOut());
        assertThat(stats.payloadsOut()).isEqualTo(300);
    }

    @Test
    void whileTheyAreConnectedBothSidesCountWhatTheirTransportsMove() {
        NetcodeClient client = connect(LinkConditions.NONE, LinkConditions.NONE, 1);
        NetcodeClient other = world.connect(8);
        server.receive(seen);
        world.driveSeconds(0.5);
        assertThat(Moved.by(client.connectionStats()))
                .isEqualTo(Moved.by(client.stats().transport()));
        Supplier<Moved> connections =
                () ->
                        seen.connected.stream()
                                .map(handle -> Moved.by(handle.stats()))
                                .reduce(Moved::plus)
                                .orElseThrow();
        Moved connectionsBefore = connections.get();
        Moved transportBefore = Moved.by(server.stats().transport());
        for (int i = 0; i < 300; i++) {
            other.send(bytes("short"));
            talk(client);
        }
        world.driveSeconds(1);
        Moved moved = connections.get().minus(connectionsBefore);
        assertThat(moved).isEqualTo(Moved.by(server.stats().transport()).minus(transportBefore));
        assertThat(moved.packetsIn()).isGreaterThan(600);
        assertThat(Moved.by(client.connectionStats()))
                .isEqualTo(Moved.by(client.stats().transport()));
    }

    @Test
    void duplicatesDoNotCountForTheConnection() {
        LinkConditions doubling = LinkConditions.NONE.duplication(1);
        NetcodeClient client = connect(doubling, LinkConditions.NONE, 1);
        world.driveSeconds(0.5);
        Moved before = Moved.by(handle().stats());
        Moved transportBefore = Moved.by(server.stats().transport());
        for (int i = 0; i < 100; i++) {
            talk(client);
        }
        Moved moved = Moved.by(handle().stats()).minus(before);
        Moved transport = Moved.by(server.stats().transport()).minus(transportBefore);
        assertThat(transport.packetsIn()).isEqualTo(2 * moved.packetsIn());
        assertThat(transport.bytesIn()).isEqualTo(2 * moved.bytesIn());
        assertThat(handle().stats().inboundLoss()).hasValue(0);
    }

    // ---- After the end

    @Test
    void figuresAreKeptWhenTheConnectionHasEnded() {
        NetcodeClient client = connect(LinkConditions.NONE, LinkConditions.NONE, 1);
        for (int i = 0; i < 100; i++) {
            talk(client);
        }
        ConnectedClient first = handle();
        first.reportRoundTrip(20 * MILLI);
        ConnectionStats atClient = client.connectionStats();
        ConnectionStats atServer = first.stats();
        assertThat(atServer.payloadsIn()).isEqualTo(100);
        assertThat(atServer.roundTripNanos()).isPresent();
        assertThat(atClient.inboundLoss()).isPresent();
        server.disconnect(first, StatedReason.of(1001, "late"));
        world.driveSeconds(1);
        server.receive(seen);
        // The goodbyes are the last that was sent and received.
        ConnectionStats afterAtServer = first.stats();
        assertThat(afterAtServer.packetsOut()).isEqualTo(atServer.packetsOut() + 10);
        assertThat(afterAtServer.payloadsIn()).isEqualTo(100);
        assertThat(afterAtServer.roundTripNanos()).isEqualTo(atServer.roundTripNanos());
        assertThat(afterAtServer.inboundLoss()).isEqualTo(atServer.inboundLoss());
        ConnectionStats afterAtClient = client.connectionStats();
        assertThat(afterAtClient.payloadsIn()).isEqualTo(100);
        assertThat(afterAtClient.packetsOut()).isEqualTo(atClient.packetsOut());
        assertThat(afterAtClient.roundTripNanos()).isEqualTo(atClient.roundTripNanos());

        // Somebody else has the slot, and the client another connection: each has figures anew.
        client.authentication(world.token(9));
        client.connect();
        world.driveUntil(client::isConnected);
        server.receive(seen);
        assertThat(handle()).isNotSameAs(first);
        assertThat(handle().clientIndex()).isEqualTo(first.clientIndex());
        assertThat(handle().stats().payloadsIn()).isZero();
        assertThat(handle().stats().roundTripNanos()).isEmpty();
        assertThat(client.connectionStats().payloadsIn()).isZero();
        assertThat(client.connectionStats().packetsOut()).isLessThan(10);
        assertThat(first.stats()).hasToString(afterAtServer.toString());
    }

    @Test
    void figuresAreKeptWhenTheConnectionHasTimedOut() {
        NetcodeClient client = connect(LinkConditions.NONE, LinkConditions.NONE, 1);
        for (int i = 0; i < 100; i++) {
            talk(client);
        }
        link.conditions(LinkConditions.NONE.cut(true));
        long received = client.connectionStats().packetsIn();
        world.driveSeconds(6);
        server.receive(seen);
        assertThat(client.isConnected()).isFalse();
        assertThat(handle().isConnected()).isFalse();
        ConnectionStats atServer = handle().stats();
        assertThat(client.connectionStats().packetsIn()).isEqualTo(received);
        assertThat(atServer.payloadsIn()).isEqualTo(100);
        world.driveSeconds(2);
        assertThat(handle().stats()).hasToString(atServer.toString());
    }

    @Test
    void figuresOfALocalConnectionAreKeptToo() {
        LocalServer local = LocalServer.builder().build();
        startUnchecked(local);
        LocalClient client = LocalClient.builder(local).build();
        client.connect();
        local.update();
        client.update();
        client.send(bytes("four"));
        client.reportRoundTrip(5);
        client.disconnect();
        local.update();
        local.receive(seen);
        assertThat(handle().isConnected()).isFalse();
        assertThat(handle().stats().bytesIn()).isEqualTo(4);
        assertThat(client.connectionStats().payloadsOut()).isEqualTo(1);
        assertThat(client.connectionStats().roundTripNanos()).hasValue(5);
        client.connect();
        assertThat(client.connectionStats().payloadsOut()).isZero();
        assertThat(client.connectionStats().roundTripNanos()).isEmpty();
    }
}
