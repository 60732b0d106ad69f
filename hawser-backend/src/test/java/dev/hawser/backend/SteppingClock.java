package dev.hawser.backend;

import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// The clock of a machine that somebody sets, and what is made of it.
final class SteppingClock {
    private final long startUnixSeconds;
    private volatile long elapsedSeconds;
    private volatile long aheadSeconds;

    final WallClock corrected;

    SteppingClock(long unixSeconds) {
        startUnixSeconds = unixSeconds;
        corrected =
                SystemClock.corrected(
                        () -> Instant.ofEpochSecond(trueSeconds() + aheadSeconds),
                        () -> TimeUnit.SECONDS.toNanos(elapsedSeconds));
    }

    long trueSeconds() {
        return startUnixSeconds + elapsedSeconds;
    }

    void stepBy(long seconds) {
        aheadSeconds += seconds;
    }

    void pass(long seconds) {
        elapsedSeconds += seconds;
    }
}
