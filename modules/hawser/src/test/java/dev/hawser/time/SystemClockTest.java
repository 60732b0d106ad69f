package dev.hawser.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.WallClock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemClockTest {
    private long elapsedSeconds;
    private long aheadSeconds = 3600;

    private final WallClock clock =
            SystemClock.corrected(
                    () -> Instant.ofEpochSecond(1_000_000 + elapsedSeconds + aheadSeconds),
                    () -> TimeUnit.SECONDS.toNanos(elapsedSeconds));

    @Test
    void itFollowsWithinSecondsWhenTheSystemsClockIsSetRight() {
        assertThat(clock.unixSeconds()).isEqualTo(1_003_600);
        aheadSeconds = 0;
        elapsedSeconds = 1;
        assertThat(clock.unixSeconds()).isEqualTo(1_003_601);
        assertThat(clock.movedBySeconds()).isZero();

        elapsedSeconds = 4;

        assertThat(clock.unixSeconds()).isEqualTo(1_000_004);
        assertThat(clock.movedBySeconds()).isEqualTo(-3600);
    }
}
