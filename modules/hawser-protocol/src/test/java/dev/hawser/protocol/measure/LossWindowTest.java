package dev.hawser.protocol.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossWindowTest {
    private final LossWindow loss = new LossWindow();

    private void arrive(long from, long to) {
        for (long sequence = from; sequence < to; sequence++) {
            loss.arrived(sequence);
        }
    }

    private double share() {
        return loss.share().orElseThrow();
    }

    @Test
    void nothingIsSaidBefore32PacketsWereExpected() {
        arrive(0, 31);
        assertThat(loss.share()).isEmpty();

        loss.arrived(31);

        assertThat(loss.share()).hasValue(0);
    }

    @Test
    void missingPacketsCountAmongThoseThatWereExpected() {
        arrive(0, 10);
        loss.arrived(31);

        assertThat(share()).isEqualTo(21.0 / 32);
    }

    @Test
    void whatCameBeforeTheFirstPacketWasNotExpected() {
        arrive(1_000_000, 1_000_064);

        assertThat(share()).isZero();
        loss.arrived(999_999);
        assertThat(share()).isZero();
    }

    @Test
    void aPacketThatComesLateWasNotLost() {
        arrive(0, 50);
        arrive(51, 100);
        assertThat(share()).isEqualTo(1.0 / 100);

        loss.arrived(50);

        assertThat(share()).isZero();
    }

    @Test
    void aPacketMayComeLateIntoTheHalfBefore() {
        arrive(0, 127);
        arrive(128, 200);
        assertThat(share()).isEqualTo(1.0 / 200);

        loss.arrived(127);

        assertThat(share()).isZero();
    }

    @Test
    void aPacketOfAForgottenHalfIsNotCounted() {
        arrive(0, 100);
        arrive(101, 257);
        assertThat(share()).as("0 to 127 are forgotten").isZero();

        loss.arrived(100);

        assertThat(share()).isZero();
    }

    @Test
    void lossIsForgottenAfterTwoHalves() {
        arrive(0, 10);
        arrive(100, 128);
        arrive(128, 256);
        assertThat(share()).isEqualTo(90.0 / 256);

        loss.arrived(256);

        assertThat(share()).isZero();
    }

    @Test
    void aGapOfOneHalfLeavesTheHalfBefore() {
        arrive(0, 128);
        loss.arrived(255);

        assertThat(share()).isEqualTo(127.0 / 256);
    }

    @Test
    void aGapOfTwoHalvesLeavesNothing() {
        arrive(0, 128);
        loss.arrived(256);

        assertThat(share()).isEqualTo(128.0 / 129);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 40, 1L << 57, (1L << 62) + 77, Long.MAX_VALUE - 127})
    void aVeryLargeGapIsAGap(long gap) {
        arrive(0, 128);
        loss.arrived(127 + gap);

        assertThat(share()).isGreaterThan(0.4).isLessThan(1);
    }

    @Test
    void aJumpOverHalfOfAllSequencesBeginsAnew() {
        arrive(0, 100);
        arrive(Long.MIN_VALUE + 500, Long.MIN_VALUE + 531);
        assertThat(share()).as("what was measured before").isZero();

        loss.arrived(Long.MIN_VALUE + 531);
        loss.arrived(Long.MIN_VALUE + 563);

        assertThat(share()).isEqualTo(31.0 / 64);
    }

    @Test
    void afterAPauseCountingBeginsAnewAndTheLastValueStays() {
        arrive(0, 264);
        loss.arrived(265);
        double before = share();
        loss.pause();
        loss.arrived(1_000);
        loss.arrived(2_000);
        loss.resume();
        assertThat(share()).isEqualTo(before);

        arrive(3_000, 3_031);
        assertThat(share()).isEqualTo(before);
        loss.arrived(3_031);

        assertThat(share()).isZero();
    }

    @Test
    void aResetForgetsWhatWasMeasured() {
        arrive(0, 64);

        loss.reset();

        assertThat(loss.share()).isEmpty();
        arrive(7, 38);
        assertThat(loss.share()).isEmpty();
        loss.arrived(38);
        assertThat(loss.share()).hasValue(0);
    }

    // ---- Against a model that keeps every packet

    /// One packet after the newest, or one that comes late.
    private record Step(long skipped, int late) {}

    @Property(tries = 2000)
    void itAgreesWithACountOfEveryPacket(
            @ForAll("steps") List<Step> steps, @ForAll("starts") long start) {
        LossWindow window = new LossWindow();
        // Places, counted from the first packet: no wrap-around here.
        Set<Long> arrived = new HashSet<>(Set.of(0L));
        window.arrived(start);
        long newest = 0;
        OptionalDouble expected = OptionalDouble.empty();
        List<Long> order = new ArrayList<>();
        for (Step step : steps) {
            long place = newest + 1 + step.skipped();
            if (step.late() > 0) {
                place = newest - step.late();
                // The replay window lets pass neither what it knows nor what is too old.
                if (place < -20 || !arrived.add(place)) {
                    continue;
                }
            } else {
                arrived.add(place);
                newest = place;
            }
            order.add(place);
            window.arrived(start + place);
            expected = modelled(arrived, newest, expected);
            assertThat(window.share()).as("after %s", order).isEqualTo(expected);
        }
    }

    private static OptionalDouble modelled(Set<Long> arrived, long newest, OptionalDouble last) {
        long from = Math.max(0, newest / LossWindow.HALF * LossWindow.HALF - LossWindow.HALF);
        long expected = newest - from + 1;
        if (expected < LossWindow.EXPECTED_MIN) {
            return last;
        }
        long present = arrived.stream().filter(place -> place >= from).count();
        return OptionalDouble.of((expected - present) / (double) expected);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> skipped =
                Arbitraries.frequencyOf(
                        Tuple.of(60, Arbitraries.just(0L)),
                        Tuple.of(10, Arbitraries.longs().between(1, 5)),
                        Tuple.of(3, Arbitraries.longs().between(60, 300)),
                        Tuple.of(1, Arbitraries.longs().between(1, 1L << 40)));
        Arbitrary<Integer> late =
                Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.just(0)),
                        Tuple.of(2, Arbitraries.integers().between(1, 255)));
        return Combinators.combine(skipped, late).as(Step::new).list().ofMaxSize(400);
    }

    /// Where servers start, where a `long` turns negative, where all sequences end.
    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.oneOf(
                Arbitraries.of(0L, 1L, 127L, 128L),
                Arbitraries.longs().between(1, 31).map(index -> index << 57),
                Arbitraries.longs().between(0, 700).map(below -> Long.MIN_VALUE - below),
                Arbitraries.longs().between(0, 700).map(below -> -below),
                Arbitraries.longs());
    }
}
