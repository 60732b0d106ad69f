package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void knowsNothingWhenEmpty() {
        LatencyHistogram histogram = new LatencyHistogram();

        assertThat(histogram.isEmpty()).isTrue();
        assertThat(histogram.percentileNanos(0.5)).isZero();
    }

    @Test
    void percentilesAreAtMostThreePercentTooLarge() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++) {
            histogram.add(i * 1_000L);
        }

        assertThat(histogram.percentileNanos(0.5)).isBetween(500_000L, 516_000L);
        assertThat(histogram.percentileNanos(0.99)).isBetween(990_000L, 1_021_000L);
        assertThat(histogram.percentileNanos(0)).isBetween(1_000L, 1_032L);
        assertThat(histogram.percentileNanos(1)).isBetween(1_000_000L, 1_032_000L);
    }

    @Property
    void aSingleDurationIsToldToOneInThirtyTwo(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(nanos);

        assertThat(histogram.percentileNanos(1)).isBetween(nanos, nanos + nanos / 32);
    }

    @Test
    void takesWhatAnotherCounted() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        one.add(10);
        other.add(20);
        other.add(30);
        one.add(other);

        assertThat(one.percentileNanos(0.5)).isEqualTo(20);
        assertThat(one.percentileNanos(1)).isEqualTo(30);
    }

    @Test
    void theExtremesHaveAPlace() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(-5);
        histogram.add(Long.MAX_VALUE);

        assertThat(histogram.percentileNanos(0.5)).isZero();
        assertThat(histogram.percentileNanos(1)).isEqualTo(Long.MAX_VALUE);
    }
}
