package dev.hawser.protocol;

/// Unix time that neither believes a clock that is wrong for a moment nor stays with one that was
/// wrong: it follows the wall clock of the machine as long as that goes at the pace of the
/// monotonic clock, goes on by the monotonic clock alone where the two part, and moves to the wall
/// clock once that has held its new time for three seconds, forwards or backwards.
///
/// ```java
/// var clock = new CorrectedClock(System.nanoTime(), wallSeconds());
/// …
/// clock.update(System.nanoTime(), wallSeconds());   // once a tick: both clocks
/// long now = clock.unixSeconds();
/// ```
///
/// It asks no clock, and knows what it is told. After ten seconds in which nobody told it anything
/// the wall clock is believed at once: it had time enough to hold. Not for several threads.
public final class CorrectedClock implements WallClock {
    /// By how much the wall clock may step and is followed at once, in seconds: leap seconds, and
    /// what time services correct as they go. Above that it is a jump.
    public static final long STEP_SECONDS_MAX = 2;

    /// How long the wall clock has to hold a time that it jumped to, in nanoseconds.
    public static final long HELD_NANOS_MIN = 3_000_000_000L;

    /// After how long without a look the wall clock needs to hold no longer, in nanoseconds.
    public static final long UNWATCHED_NANOS = 10_000_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private long lookedNanos;

    /// When the wall clock agreed last, and what it said.
    private long agreedNanos;

    private long agreedUnixSeconds;

    /// How far the wall clock is ahead, and since when; while it has parted only.
    private boolean hasParted;

    private long aheadSeconds;
    private long partedNanos;

    private long unixSeconds;
    private long movedBySeconds;

    /// Creates a clock that begins with what the wall clock says.
    ///
    /// @param nowNanos the monotonic time
    /// @param wallSeconds what the wall clock says at the same moment, in Unix seconds
    public CorrectedClock(long nowNanos, long wallSeconds) {
        lookedNanos = nowNanos;
        agree(nowNanos, wallSeconds);
    }

    /// Takes what both clocks say at one moment.
    ///
    /// @param nowNanos the monotonic time, which never decreases from call to call
    /// @param wallSeconds what the wall clock says, in Unix seconds
    /// @return by how many seconds this clock has moved, as [#movedBySeconds] counts it: 0 but for
    ///   the moment in which it gives in
    public long update(long nowNanos, long wallSeconds) {
        long expected = agreedUnixSeconds + (nowNanos - agreedNanos) / NANOS_PER_SECOND;
        long ahead = wallSeconds - expected;
        boolean wasWatched = nowNanos - lookedNanos < UNWATCHED_NANOS;
        lookedNanos = nowNanos;
        if (isStep(ahead)) {
            agree(nowNanos, wallSeconds);
            return 0;
        }
        if (!hasParted || !isStep(ahead - aheadSeconds)) {
            hasParted = true;
            aheadSeconds = ahead;
            partedNanos = nowNanos;
        }
        if (wasWatched && nowNanos - partedNanos < HELD_NANOS_MIN) {
            unixSeconds = expected;
            return 0;
        }
        movedBySeconds += ahead;
        agree(nowNanos, wallSeconds);
        return ahead;
    }

    private static boolean isStep(long seconds) {
        return seconds >= -STEP_SECONDS_MAX && seconds <= STEP_SECONDS_MAX;
    }

    private void agree(long nowNanos, long wallSeconds) {
        agreedNanos = nowNanos;
        agreedUnixSeconds = wallSeconds;
        unixSeconds = wallSeconds;
        hasParted = false;
    }

    /// {@return Unix time at the latest [#update]}
    @Override
    public long unixSeconds() {
        return unixSeconds;
    }

    @Override
    public long movedBySeconds() {
        return movedBySeconds;
    }
}
