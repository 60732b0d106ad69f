package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorrectedClockTest {
    private static final long START = 1_800_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    // So that the monotonic time runs over the end of the long.
    private long nanos = Long.MAX_VALUE - NANOS_PER_SECOND;
    private long elapsedMillis;
    private long aheadSeconds;
    private CorrectedClock clock = new CorrectedClock(nanos, START);

    private long trueSeconds() {
        return START + elapsedMillis / 1000;
    }

    private void pass(long millis) {
        nanos += millis * NANOS_PER_MILLI;
        elapsedMillis += millis;
    }

    private long look() {
        return clock.update(nanos, trueSeconds() + aheadSeconds);
    }

    /// Looks every 100 ms.
    private void run(long millis) {
        for (long left = millis; left > 0; left -= 100) {
            pass(100);
            look();
        }
    }

    @Test
    void itGoesOnWithTime() {
        for (int i = 0; i < 1000; i++) {
            pass(333);
            assertThat(look()).isZero();
            assertThat(clock.unixSeconds()).isEqualTo(trueSeconds());
        }
        assertThat(clock.movedBySeconds()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1_800_000_000, -3600, -3, 3, 3600, 1_800_000_000})
    void aTimeThatIsWrongForAMomentChangesNothing(long wrongBySeconds) {
        run(10_000);
        aheadSeconds = wrongBySeconds;
        pass(100);
        look();
        assertThat(clock.unixSeconds()).isBetween(trueSeconds() - 1, trueSeconds());
        run(2_800);
        assertThat(clock.unixSeconds()).isBetween(trueSeconds() - 1, trueSeconds());

        aheadSeconds = 0;
        run(10_000);

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds());
        assertThat(clock.movedBySeconds()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, -3, 3, 3600})
    void aTimeThatHoldsForThreeSecondsIsTheTime(long aheadBySeconds) {
        run(10_000);
        aheadSeconds = aheadBySeconds;
        run(3_000);
        assertThat(clock.unixSeconds()).isBetween(trueSeconds() - 1, trueSeconds());

        pass(100);
        long moved = look();

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds() + aheadBySeconds);
        // Both clocks count whole seconds.
        assertThat(moved).isBetween(aheadBySeconds, aheadBySeconds + 1);
        assertThat(clock.movedBySeconds()).isEqualTo(moved);
        run(10_000);
        assertThat(clock.movedBySeconds()).isEqualTo(moved);
    }

    @ParameterizedTest
    @ValueSource(longs = {-2, -1, 1, 2})
    void aSmallStepIsFollowedAtOnce(long seconds) {
        run(10_000);
        aheadSeconds = seconds;

        assertThat(look()).isZero();

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds() + seconds);
        assertThat(clock.movedBySeconds()).isZero();
    }

    @Test
    void aClockThatDriftsIsFollowedWithoutAMove() {
        for (int i = 0; i < 100; i++) {
            aheadSeconds++;
            run(1_000);
        }
        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds() + 100);
        assertThat(clock.movedBySeconds()).isZero();
    }

    @Test
    void whatJumpsOnAndOnHasNotHeld() {
        for (int i = 0; i < 100; i++) {
            aheadSeconds = (i % 2 == 0 ? 1 : -1) * 3600L * (i + 1);
            run(1_000);
            assertThat(clock.unixSeconds()).isBetween(trueSeconds() - 1, trueSeconds());
        }
        assertThat(clock.movedBySeconds()).isZero();
    }

    @Test
    void whatIsSeenOnceLongAgoHasHeldSinceThen() {
        aheadSeconds = 3600;
        look();
        pass(60_000);

        look();

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds() + 3600);
    }

    @Test
    void afterTenSecondsInWhichNobodyLookedTheWallClockIsBelieved() {
        aheadSeconds = 3600;
        pass(9_999);
        look();
        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds());
        aheadSeconds = 0;
        look();
        aheadSeconds = 3600;
        pass(10_000);

        look();

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds() + 3600);
        assertThat(clock.movedBySeconds()).isBetween(3600L, 3601L);
    }

    @Test
    void movesThereAndBackAddUp() {
        aheadSeconds = 3600;
        run(4_000);
        assertThat(clock.movedBySeconds()).isBetween(3600L, 3601L);
        aheadSeconds = 0;
        run(4_000);

        assertThat(clock.unixSeconds()).isEqualTo(trueSeconds());
        assertThat(clock.movedBySeconds()).isBetween(0L, 1L);
    }
}
