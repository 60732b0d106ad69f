package dev.hawser.protocol.measure;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ArrivalJitterTest {
    private static final long MILLI = 1_000_000;

    private final ArrivalJitter jitter = new ArrivalJitter();
    private long nowNanos = -5 * MILLI;
    private long sequence = 40;

    private void arriveAfterMillis(double millis) {
        nowNanos += (long) (millis * MILLI);
        jitter.arrived(nowNanos, sequence++);
    }

    private long nanos() {
        return jitter.nanos().orElseThrow();
    }

    @Test
    void twoIntervalsMakeTheFirstMeasurement() {
        arriveAfterMillis(20);
        assertThat(jitter.nanos()).isEmpty();
        arriveAfterMillis(20);
        assertThat(jitter.nanos()).isEmpty();

        arriveAfterMillis(36);

        assertThat(nanos()).isEqualTo(MILLI); // 16 ms from the mean, a sixteenth of it
    }

    @Test
    void anEvenSenderShowsNone() {
        for (int i = 0; i < 1000; i++) {
            arriveAfterMillis(100.0 / 6);
        }

        assertThat(nanos()).isZero();
    }

    @Test
    void twoPacketsAnUpdateShowNone() {
        for (int i = 0; i < 1000; i++) {
            arriveAfterMillis(50);
            arriveAfterMillis(0);
        }

        assertThat(nanos()).isZero();
    }

    @Test
    void anExtraPacketInAnUpdateShowsNone() {
        for (int i = 0; i < 1000; i++) {
            arriveAfterMillis(50);
            if (i % 3 == 0) {
                arriveAfterMillis(0);
            }
        }

        assertThat(nanos()).isZero();
    }

    @Test
    void lostPacketsOfAnEvenSenderShowNone() {
        for (int i = 0; i < 1000; i++) {
            if (i % 7 == 0) {
                nowNanos += 2 * 20 * MILLI;
                sequence += 2;
            }
            arriveAfterMillis(20);
        }

        assertThat(nanos()).isLessThan(10);
    }

    @Test
    void anUnevenSenderShowsHowUnevenItIs() {
        for (int i = 0; i < 1000; i++) {
            arriveAfterMillis(i % 2 == 0 ? 10 : 30);
        }

        assertThat(nanos()).isCloseTo(10 * MILLI, Offset.offset(MILLI / 2));
    }

    @Test
    void jitterFadesOnceArrivalsAreEven() {
        for (int i = 0; i < 100; i++) {
            arriveAfterMillis(i % 2 == 0 ? 10 : 30);
        }
        for (int i = 0; i < 300; i++) {
            arriveAfterMillis(20);
        }

        assertThat(nanos()).isLessThan(MILLI / 1000);
    }

    @Test
    void aPacketThatComesLateDoesNotCount() {
        for (int i = 0; i < 10; i++) {
            arriveAfterMillis(20);
        }
        nowNanos += 5 * MILLI;
        jitter.arrived(nowNanos, sequence - 3);
        jitter.arrived(nowNanos, sequence - 1);

        arriveAfterMillis(15);

        assertThat(nanos()).isZero();
    }

    @Test
    void aJumpOverHalfOfAllSequencesIsNoInterval() {
        for (int i = 0; i < 10; i++) {
            arriveAfterMillis(20);
        }
        sequence += Long.MIN_VALUE + 1000;
        arriveAfterMillis(5);
        arriveAfterMillis(20);
        assertThat(nanos()).isZero();

        arriveAfterMillis(36);

        assertThat(nanos()).as("it goes on from there").isEqualTo(MILLI);
    }

    @Test
    void aResetForgetsEverything() {
        arriveAfterMillis(10);
        arriveAfterMillis(30);
        arriveAfterMillis(10);

        jitter.reset();

        assertThat(jitter.nanos()).isEmpty();
        sequence = 0;
        arriveAfterMillis(1000);
        arriveAfterMillis(20);
        arriveAfterMillis(20);
        assertThat(nanos()).isZero();
    }

    /// Neither where the sequence starts nor where the clock does makes a difference.
    @Property
    void onlyDifferencesCount(
            @ForAll @Size(max = 60) int[] raw,
            @ForAll long firstSequence,
            @ForAll long firstNanos,
            @ForAll @IntRange(min = 1, max = 9) int spread) {
        ArrivalJitter plain = new ArrivalJitter();
        ArrivalJitter shifted = new ArrivalJitter();
        long at = 0;
        long number = 0;
        for (int one : raw) {
            at += Math.floorMod(one, 40 * spread) * MILLI / 7;
            number += Math.floorMod(one >> 8, spread) - (one % 11 == 0 ? 3 : -1);
            plain.arrived(at, number);
            shifted.arrived(firstNanos + at, firstSequence + number);
            assertThat(shifted.nanos()).isEqualTo(plain.nanos());
        }
    }
}
