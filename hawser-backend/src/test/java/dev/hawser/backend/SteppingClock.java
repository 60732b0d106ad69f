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

    /// @param aheadSeconds by how much it is wrong when the process starts
    SteppingClock(long unixSeconds, long aheadSeconds) {
        startUnixSeconds = unixSeconds;
        this.aheadSeconds = aheadSeconds;
        corrected =
                SystemClock.corrected(
                        () -> Instant.ofEpochSecond(trueSeconds() + this.aheadSeconds),
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
