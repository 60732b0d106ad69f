package dev.hawser.testkit;

import dev.hawser.protocol.WallClock;

/// Time that stands still until it is told to go on: monotonic nanoseconds and Unix seconds that
/// advance together.
///
/// The machines never read a clock of their own, so a minute of theirs passes in the time that its
/// packets take to compute.
public final class VirtualClock implements WallClock {
    /// Where Unix time begins unless said otherwise.
    public static final long UNIX_SECONDS_DEFAULT = 1_750_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private long startUnixSeconds;
    private long nanos;
    private long elapsedNanos;

    /// Creates a clock at 0 nanoseconds and [#UNIX_SECONDS_DEFAULT].
    public VirtualClock() {
        this(0, UNIX_SECONDS_DEFAULT);
    }

    /// Creates a clock.
    ///
    /// @param nanos where the monotonic time begins: anywhere, as with `System.nanoTime()`; it may
    ///   run over the end of the `long`
    /// @param unixSeconds where Unix time begins, at the first nanosecond of a second
    public VirtualClock(long nanos, long unixSeconds) {
        this.nanos = nanos;
        startUnixSeconds = unixSeconds;
    }

    /// {@return the monotonic time}
    public long nanos() {
        return nanos;
    }

    @Override
    public long unixSeconds() {
        return startUnixSeconds + elapsedNanos / NANOS_PER_SECOND;
    }

    /// {@return how long this clock has run}
    public long elapsedNanos() {
        return elapsedNanos;
    }

    /// {@return how long this clock has run}
    public long elapsedMillis() {
        return elapsedNanos / NANOS_PER_MILLI;
    }

    /// Lets time pass.
    ///
    /// @param nanos not negative
    public void advanceNanos(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("time does not run backwards: " + nanos + " ns");
        }
        this.nanos += nanos;
        elapsedNanos += nanos;
    }

    /// Lets time pass.
    ///
    /// @param millis not negative
    public void advanceMillis(long millis) {
        advanceNanos(millis * NANOS_PER_MILLI);
    }

    /// Lets time pass.
    ///
    /// @param seconds not negative
    public void advanceSeconds(long seconds) {
        advanceNanos(seconds * NANOS_PER_SECOND);
    }

    /// Puts Unix time forward or back, as somebody who sets the clock of a machine does; monotonic
    /// time goes on.
    public void setUnixSecondsBy(long seconds) {
        startUnixSeconds += seconds;
    }

    @Override
    public String toString() {
        return "VirtualClock[" + elapsedMillis() + " ms]";
    }
}
