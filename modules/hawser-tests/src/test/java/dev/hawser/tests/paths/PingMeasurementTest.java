package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What pings measure, against a network whose round trip and loss are known: on virtual time, with
/// sixty payloads a second each way, and two sides that look after the network once a tick.
class PingMeasurementTest {
    private static final int TICK_MILLIS = 16;
    private static final int TICKS_PER_SECOND = 60;
    private static final int SECONDS = 60;

    /// A loss is told from 128 packets or more.
    private static final int FIRST_SECONDS = 5;

    private static final double NANOS_PER_MILLI = 1e6;

    /// What one side's meter said, once a second.
    private static final class Readings {
        final List<Double> roundTripMillis = new ArrayList<>();
        final List<Double> outboundLosses = new ArrayList<>();
        final List<Double> inboundLosses = new ArrayList<>();

        void read(ConnectionMeter meter) {
            roundTripMillis.add(meter.roundTripNanos().orElseThrow() / NANOS_PER_MILLI);
            outboundLosses.add(meter.outboundLoss().orElseThrow());
            inboundLosses.add(meter.inboundLoss().orElseThrow());
        }

        static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        /// @param toPeer the share of packets that the network loses on the way out
        /// @param fromPeer on the way in
        void assertNear(int roundTripMillis, double toPeer, double fromPeer) {
            // A packet waits for its reader's next tick, up to one at each end.
            assertThat(this.roundTripMillis)
                    .allSatisfy(millis ->
                            assertThat(millis)
                                    .isBetween(
                                            0.9 * roundTripMillis,
                                            1.1 * roundTripMillis + 2 * TICK_MILLIS));
            assertThat(mean(outboundLosses)).isCloseTo(toPeer, within(tolerance(toPeer)));
            assertThat(mean(inboundLosses)).isCloseTo(fromPeer, within(tolerance(fromPeer)));
        }

        private static double tolerance(double loss) {
            return loss / 4;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "20, 0",
        "20, 0.02",
        "20, 0.1",
        "80, 0",
        "80, 0.02",
        "80, 0.1",
        "200, 0",
        "200, 0.02",
        "200, 0.1"
    })
    void bothSidesMeasureTheRoundTripAndBothLosses(int roundTripMillis, double loss) {
        Pair pair =
                Pair.withSeed(roundTripMillis)
                        .latencyMillis(roundTripMillis / 2)
                        .loss(loss)
                        .tickMillis(TICK_MILLIS);
        Readings server = new Readings();
        Readings client = new Readings();

        play(pair, server, client);

        server.assertNear(roundTripMillis, loss, loss);
        client.assertNear(roundTripMillis, loss, loss);
    }

    @Test
    void lossIsToldForEachWayApart() {
        Pair pair = Pair.withSeed(1).latencyMillis(20).tickMillis(TICK_MILLIS);
        pair.toServer().loss(0.1);
        Readings server = new Readings();
        Readings client = new Readings();

        play(pair, server, client);

        server.assertNear(40, 0, 0.1);
        client.assertNear(40, 0.1, 0);
    }

    private static void play(Pair pair, Readings ofServer, Readings ofClient) {
        SimulatedClient client = pair.newClient();
        client.connect(
                pair.newToken(client.id(), pair.servers(), request -> request.survivesMoves(true)));
        pair.driveUntil(client::isConnected, 10_000);
        for (int tick = 0; tick < SECONDS * TICKS_PER_SECOND; tick++) {
            client.send(100);
            pair.server().send(client, 100);
            pair.step();
            if (tick >= FIRST_SECONDS * TICKS_PER_SECOND && tick % TICKS_PER_SECOND == 0) {
                int slot = pair.server().slotOf(client);
                ofServer.read(pair.server().machine().meter(slot));
                ofClient.read(client.machine().meter());
            }
        }
    }
}
