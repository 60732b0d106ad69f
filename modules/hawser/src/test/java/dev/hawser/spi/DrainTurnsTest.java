package dev.hawser.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// When a server that drains wakes up, to send the next one away.
class DrainTurnsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Drain.Leaving drain =
            new Drain.Leaving(new Refusal.Draining("an update", 4), 7, 20 * SECOND);

    private static long after(double seconds) {
        return 7 + (long) (seconds * SECOND);
    }

    @Test
    void itIsAwaitedUntilTheTurnOfTheFirst() {
        // The second of two goes at the deadline, the first half of four seconds before.
        assertThat(drain.untilNextNanos(after(0), 2)).isEqualTo(18 * SECOND);
        assertThat(drain.untilNextNanos(after(17), 2)).isEqualTo(SECOND);
        assertThat(drain.untilNextNanos(after(0), 1)).isEqualTo(20 * SECOND);
    }

    @Test
    void turnsAreThoseOfTheCrowdThatThereWas() {
        assertThat(drain.mayStay(after(16.1), 4)).isEqualTo(4);
        assertThat(drain.untilNextNanos(after(16.1), 4)).isEqualTo(SECOND * 9 / 10);
        assertThat(drain.mayStay(after(17), 4)).isEqualTo(3);
        assertThat(drain.untilNextNanos(after(17), 3)).isEqualTo(SECOND);
        // One has gone by itself: the next turn is as if it had been sent.
        assertThat(drain.untilNextNanos(after(17), 2)).isEqualTo(2 * SECOND);
        assertThat(drain.mayStay(after(20), 2)).isZero();
        assertThat(drain.untilNextNanos(after(20), 1)).isZero();
    }

    @Test
    void aCrowdOfAnySizeCanBeCounted() {
        var longest =
                new Drain.Leaving(
                        new Refusal.Draining("", 65_535),
                        0,
                        Drain.checkedNanos(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThat(longest.mayStay(Long.MAX_VALUE - 65_535 * SECOND / 2, Integer.MAX_VALUE))
                .isBetween(Integer.MAX_VALUE / 2 - 1, Integer.MAX_VALUE / 2 + 2);
    }
}
