package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// Timestamps are unsigned.
class UnixTimeTest {
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    @Test
    void neverIsAfterEverything() {
        assertThat(UnixTime.isAfter(UnixTime.NEVER, Long.MAX_VALUE)).isTrue();
        assertThat(UnixTime.isAfter(UnixTime.NEVER, 0)).isTrue();
        assertThat(UnixTime.isAfter(0, UnixTime.NEVER)).isFalse();
        assertThat(UnixTime.isAfter(UnixTime.NEVER, UnixTime.NEVER)).isFalse();
    }

    @Property
    void timesCompareAsUnsignedNumbers(@ForAll long time, @ForAll long other) {
        assertThat(UnixTime.isAfter(time, other))
                .isEqualTo(unsigned(time).compareTo(unsigned(other)) > 0);
    }

    @Property
    void additionStopsAtNever(@ForAll long time, @ForAll @LongRange(min = 0) long seconds) {
        BigInteger sum = unsigned(time).add(BigInteger.valueOf(seconds));
        assertThat(unsigned(UnixTime.plusClamped(time, seconds)))
                .isEqualTo(sum.min(LIMIT.subtract(BigInteger.ONE)));
    }

    @Property
    void differencesStopAtZeroAndAtTheLargestLong(@ForAll long start, @ForAll long end) {
        BigInteger difference = unsigned(end).subtract(unsigned(start)).max(BigInteger.ZERO);
        assertThat(UnixTime.secondsBetween(start, end))
                .isEqualTo(difference.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
    }

    @Test
    void aNegativeNumberOfSecondsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UnixTime.plusClamped(10, -1))
                .withMessageContaining("-1");
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
