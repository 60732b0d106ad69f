package dev.hawser.testkit.pair;

import dev.hawser.testkit.VirtualClock;

/// What a server should take for Unix time, whatever happens to the clock of its machine: how far
/// it is ahead of the time that has passed, as long as nothing else has held for three seconds, or
/// nobody has looked for ten.
final class ClockModel {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long HELD_NANOS = 3 * NANOS_PER_SECOND;
    private static final long UNWATCHED_NANOS = 10 * NANOS_PER_SECOND;

    /// Steps up to this are followed at once.
    private static final long STEP_SECONDS = 2;

    private final VirtualClock clock;

    /// How far Unix time is ahead of the time that has passed: believed, and as the machine had it
    /// when that was looked at last.
    private long believedSeconds;

    private long candidateSeconds;
    private long candidateSinceNanos;
    private long lookedNanos;
    private boolean hasParted;
    private boolean hasEverParted;

    ClockModel(VirtualClock clock, long wallSeconds) {
        this.clock = clock;
        believedSeconds = wallSeconds - elapsedSeconds();
        lookedNanos = clock.elapsedNanos();
    }

    void look(long wallSeconds) {
        long ahead = wallSeconds - elapsedSeconds();
        long nowNanos = clock.elapsedNanos();
        boolean wasWatched = nowNanos - lookedNanos < UNWATCHED_NANOS;
        lookedNanos = nowNanos;
        if (Math.abs(ahead - believedSeconds) <= STEP_SECONDS) {
            believedSeconds = ahead;
            hasParted = false;
            return;
        }
        hasEverParted = true;
        if (!wasWatched) {
            believedSeconds = ahead;
            hasParted = false;
        } else if (!hasParted || Math.abs(ahead - candidateSeconds) > STEP_SECONDS) {
            hasParted = true;
            candidateSeconds = ahead;
            candidateSinceNanos = nowNanos;
        } else if (nowNanos - candidateSinceNanos >= HELD_NANOS) {
            believedSeconds = ahead;
            hasParted = false;
        }
    }

    /// {@return what Unix time should be, or should have been, when so much time had passed}
    long unixSeconds(long elapsedSeconds) {
        return elapsedSeconds + believedSeconds;
    }

    /// {@return how many seconds a server may be behind that: clocks count whole ones}
    long slack() {
        return hasEverParted ? 1 : 0;
    }

    /// {@return how much time has passed}
    long elapsedSeconds() {
        return clock.elapsedNanos() / NANOS_PER_SECOND;
    }
}
