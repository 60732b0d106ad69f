package dev.hawser.backend;

import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The clock of a machine that somebody sets, and what is made of it.
public final class SteppingClock {
    private final long startUnixSeconds;
    private final AtomicLong elapsedSeconds = new AtomicLong();
    private final AtomicLong aheadSeconds = new AtomicLong();

    public final WallClock corrected;

    /// @param aheadSeconds by how much it is wrong when the process starts
    public SteppingClock(long unixSeconds, long aheadSeconds) {
        startUnixSeconds = unixSeconds;
        this.aheadSeconds.set(aheadSeconds);
        corrected =
                SystemClock.corrected(
                        () -> Instant.ofEpochSecond(trueSeconds() + this.aheadSeconds.get()),
                        () -> TimeUnit.SECONDS.toNanos(elapsedSeconds.get()));
    }

    public long trueSeconds() {
        return startUnixSeconds + elapsedSeconds.get();
    }

    public void stepBy(long seconds) {
        aheadSeconds.addAndGet(seconds);
    }

    public void pass(long seconds) {
        elapsedSeconds.addAndGet(seconds);
    }
}
