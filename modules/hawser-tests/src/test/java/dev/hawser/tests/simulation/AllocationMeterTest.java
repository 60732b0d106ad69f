package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.testkit.AllocationMeter;
import org.junit.jupiter.api.Test;

class AllocationMeterTest {
    private static volatile Object kept = "";
    private static volatile long number = 7;

    @Test
    void countsWhatIsAllocated() {
        double bytes =
                AllocationMeter.bytesPerIteration(20_000, 1_000, () -> kept = new byte[1000]);
        assertThat(bytes).isCloseTo(1016, within(16.0));
        assertThat(kept).isNotNull();
    }

    @Test
    void countsNothingWhereNothingIsAllocated() {
        double bytes =
                AllocationMeter.bytesPerIteration(20_000, 1_000, () -> assertThatNumberIs(7));
        assertThat(bytes).isZero();
    }

    private static void assertThatNumberIs(long expected) {
        if (number != expected) {
            throw new AssertionError(number);
        }
    }
}
