package dev.hawser;

import static dev.hawser.Fixtures.STEP_NANOS;
import static dev.hawser.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.LinkStats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a game can show of a connection is what the link between its ends has done.
class ConnectionStatsTest {
    private static final long MILLI = 1_000_000;

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final NetcodeServer server = world.startServer();
    private final ConditionedTransport link =
            ConditionedTransport.builder(world.network.bind(NetAddress.parse("10.0.0.2")))
                    .seed(11)
                    .monotonicClock(() -> world.nowNanos)
                    .build();
    private final NetcodeClient client =
            world.clientBuilder().transport(link).authentication(world.token(7)).build();

    ConnectionStatsTest() {
        world.clients.add(client);
    }

    private ConnectedClient connect() {
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveUntil(() -> server.receive(seen) > 0 || !seen.connected.isEmpty());
        return seen.connected.getFirst();
    }

    /// Both send once a step.
    private void talk(ConnectedClient handle, int steps) {
        for (int i = 0; i < steps; i++) {
            client.send(bytes("to the server " + i));
            server.send(handle, bytes("to the client " + i));
            world.step();
            server.receive(seen);
            client.receive(_ -> {});
        }
    }

    @Test
    void aLinkThatLosesATenthShowsAsALossOfATenthAtTheSideItLosesFor() {
        ConnectedClient handle = connect();
        link.outbound(LinkConditions.NONE.loss(0.1));

        // The figure is of the last one or two hundred packets: many of these make a mean that is
        // within a hundredth of the truth (standard deviation 0.0025 at least).
        double sum = 0;
        int figures = 100;
        for (int i = 0; i < figures; i++) {
            talk(handle, 200);
            double loss = handle.stats().inboundLoss().orElseThrow();
            assertThat(loss).isBetween(0.0, 0.3);
            sum += loss;
        }

        assertThat(sum / figures).isCloseTo(0.1, within(0.01));
        LinkStats lost = link.outboundStats();
        assertThat((double) lost.lost() / lost.packets()).isCloseTo(0.1, within(0.01));
        assertThat(client.connectionStats().inboundLoss()).hasValue(0);
    }

    @Test
    void lossIsForgottenOnceTheLinkIsGoodAgain() {
        ConnectedClient handle = connect();
        link.outbound(LinkConditions.NONE.loss(0.5));
        talk(handle, 300);
        assertThat(handle.stats().inboundLoss().orElseThrow()).isGreaterThan(0.3);

        link.outbound(LinkConditions.NONE);
        talk(handle, 300);

        assertThat(handle.stats().inboundLoss()).hasValue(0);
    }

    @Test
    void packetsThatComeInPerfectStepHaveNoJitterAndOthersHaveThatOfTheLink() {
        ConnectedClient handle = connect();
        talk(handle, 500);
        assertThat(handle.stats().jitterNanos().orElseThrow()).isLessThan(MILLI);

        link.outbound(LinkConditions.NONE.latencyMillis(50).jitterMillis(40));
        talk(handle, 500);

        // Evenly from 0 to 40 ms late: two delays differ by 13 ms on average, less where the later
        // packet overtakes, and the server looks every 10 ms.
        assertThat(handle.stats().jitterNanos().orElseThrow()).isBetween(5 * MILLI, 20 * MILLI);
        assertThat(client.connectionStats().jitterNanos().orElseThrow()).isLessThan(MILLI);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 75, 150, 300})
    void theHandshakeTellsTheClientTheLatencyOfBothWaysAndTheTicksBetween(int latencyMillis) {
        link.conditions(LinkConditions.NONE.latencyMillis(latencyMillis));

        ConnectedClient handle = connect();

        long there = latencyMillis * MILLI;
        // Each end looks once a step, and the order in which they look is fixed.
        assertThat(client.connectionStats().roundTripNanos().orElseThrow())
                .isBetween(2 * there, 2 * there + 3 * STEP_NANOS);
        assertThat(handle.stats().roundTripNanos()).isEmpty();
    }

    @Test
    void whatTheGameReportsIsTheRoundTripAtTheSideThatReportsIt() {
        ConnectedClient handle = connect();
        assertThat(handle.stats().roundTripNanos()).isEmpty();

        handle.reportRoundTrip(80 * MILLI);

        assertThat(handle.stats().roundTripNanos()).hasValue(80 * MILLI);
        for (int i = 0; i < 100; i++) {
            client.reportRoundTrip(60 * MILLI);
        }
        assertThat(client.connectionStats().roundTripNanos().orElseThrow())
                .isCloseTo(60 * MILLI, within(MILLI));
        assertThatThrownBy(() -> handle.reportRoundTrip(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theServerCountsWhatTheClientSendsFromTheSeatOn() {
        ConnectedClient handle = connect();
        long before = server.stats().transport().packetsIn();
        long bytesBefore = server.stats().transport().bytesIn();
        ConnectionStats first = handle.stats();

        talk(handle, 250);

        ConnectionStats then = handle.stats();
        assertThat(then.packetsIn() - first.packetsIn())
                .isEqualTo(server.stats().transport().packetsIn() - before)
                .isGreaterThanOrEqualTo(250);
        assertThat(then.bytesIn() - first.bytesIn())
                .isEqualTo(server.stats().transport().bytesIn() - bytesBefore);
        assertThat(then.payloadsIn()).isEqualTo(250);
        assertThat(then.payloadsOut()).isEqualTo(250);
        assertThat(client.connectionStats().payloadsOut()).isEqualTo(250);
        assertThat(client.connectionStats().payloadsIn()).isEqualTo(250);
    }

    @Test
    void theClientCountsEveryPacketThatItsTransportMovesOnceConnected() {
        ConnectedClient handle = connect();
        world.driveSeconds(1);
        ConnectionStats first = client.connectionStats();
        ClientStats firstMoved = client.stats();

        talk(handle, 250);

        ConnectionStats then = client.connectionStats();
        ClientStats moved = client.stats();
        assertThat(then.packetsOut() - first.packetsOut())
                .isEqualTo(moved.transport().packetsOut() - firstMoved.transport().packetsOut());
        assertThat(then.bytesOut() - first.bytesOut())
                .isEqualTo(moved.transport().bytesOut() - firstMoved.transport().bytesOut());
        assertThat(then.packetsIn() - first.packetsIn())
                .isEqualTo(moved.transport().packetsIn() - firstMoved.transport().packetsIn());
        assertThat(then.bytesIn() - first.bytesIn())
                .isEqualTo(moved.transport().bytesIn() - firstMoved.transport().bytesIn());
    }

    @Test
    void theFiguresOfAConnectionOutliveItAndTheNextOneHasItsOwn() {
        ConnectedClient handle = connect();
        talk(handle, 120);
        long in = handle.stats().payloadsIn();
        client.disconnect(StatedReason.NONE);
        world.driveSeconds(0.1);
        server.receive(seen);

        assertThat(handle.isConnected()).isFalse();
        assertThat(handle.stats().payloadsIn()).isEqualTo(in).isPositive();
        assertThat(client.connectionStats().payloadsOut()).isEqualTo(120);

        client.authentication(world.token(7));
        client.connect();
        world.driveUntil(client::isConnected);
        server.receive(seen);
        assertThat(client.connectionStats().payloadsOut()).isZero();
        assertThat(seen.connected.getLast().stats().payloadsIn()).isZero();
        assertThat(handle.stats().payloadsIn()).isEqualTo(in);
    }

    @Test
    void nothingIsMeasuredBeforeAnythingHappened() {
        assertThat(client.connectionStats()).isEqualTo(ConnectionStats.NONE);
    }
}
