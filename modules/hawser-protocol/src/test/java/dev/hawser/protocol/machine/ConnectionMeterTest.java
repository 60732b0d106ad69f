package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionMeterTest {
    private final ConnectionMeter meter = new ConnectionMeter();

    @Test
    void nothingIsMeasuredAtFirst() {
        assertThat(meter.packetsIn()).isZero();
        assertThat(meter.bytesIn()).isZero();
        assertThat(meter.packetsOut()).isZero();
        assertThat(meter.bytesOut()).isZero();
        assertThat(meter.packetsOverLimit()).isZero();
        assertThat(meter.inboundLoss()).isEmpty();
        assertThat(meter.jitterNanos()).isEmpty();
        assertThat(meter.roundTripNanos()).isEmpty();
    }

    @Test
    void theFirstRoundTripIsTakenAsItIs() {
        meter.reportRoundTrip(0);
        assertThat(meter.roundTripNanos()).hasValue(0);
    }

    @Test
    void aFurtherRoundTripJoinsWithAnEighth() {
        meter.reportRoundTrip(80_000);
        meter.reportRoundTrip(160_000);
        assertThat(meter.roundTripNanos()).hasValue(90_000);
        meter.reportRoundTrip(10_000);
        assertThat(meter.roundTripNanos()).hasValue(80_000);
    }

    @Test
    void theLargestRoundTripsDoNotOverflow() {
        meter.reportRoundTrip(Long.MAX_VALUE);
        meter.reportRoundTrip(Long.MAX_VALUE);
        assertThat(meter.roundTripNanos()).hasValue(Long.MAX_VALUE);
        for (int i = 0; i < 500; i++) {
            meter.reportRoundTrip(0);
        }
        assertThat(meter.roundTripNanos().orElseThrow()).isBetween(0L, 8L);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void aNegativeRoundTripIsAMistake(long nanos) {
        assertThatThrownBy(() -> meter.reportRoundTrip(nanos))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a round trip of "
                                + nanos
                                + " ns, but it must be 0 or more: take both times from one clock"
                                + " that never goes back");
        assertThat(meter.roundTripNanos()).isEmpty();
    }

    @Test
    void aNewPathKeepsTheCountsAndForgetsTheRest() {
        for (int i = 0; i < 64; i++) {
            meter.received(i * 1_000_000L, i, 25);
        }
        meter.sent(40);
        meter.reportRoundTrip(5);
        assertThat(meter.inboundLoss()).hasValue(0);
        assertThat(meter.jitterNanos()).hasValue(0);

        meter.startPath();

        assertThat(meter.inboundLoss()).isEmpty();
        assertThat(meter.jitterNanos()).isEmpty();
        assertThat(meter.roundTripNanos()).isEmpty();
        assertThat(meter.packetsIn()).isEqualTo(64);
        assertThat(meter.bytesIn()).isEqualTo(64 * 25);
        assertThat(meter.packetsOut()).isEqualTo(1);
        assertThat(meter.bytesOut()).isEqualTo(40);
    }
}
