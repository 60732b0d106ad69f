package dev.hawser.steam;

import java.time.Duration;

/// Whether the other side of a connection is alive, sooner than Steam finds out: that looks every
/// 10 seconds whether a silent peer is there.
///
/// Both sides send an empty message each second, and take a longer silence for the end. A peer that
/// is not Hawser's sends none, shows those that it gets to people, and is left to Steam. So the
/// client begins, with one empty message when the connection is there, which arrives for sure; who
/// has heard one knows whom it speaks to, and goes on. A server says nothing to clients that have
/// said nothing.
final class Liveness {
    /// How often a side that is alive says so.
    static final long KEEP_ALIVE_NANOS = 1_000_000_000;

    /// How often it is looked at.
    static final long LOOK_NANOS = 100_000_000;

    /// What two looks that follow each other count for at most: a side that stood still has not
    /// listened.
    private static final long SILENCE_NANOS_MAX = 1_000_000_000;

    static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(3);
    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    private final long timeoutNanos;
    private final long startNanos;
    private boolean isMutual;
    private long silentSinceNanos;
    private long saidNanos;
    private long lookedAtNanos;
    private long pauseNanos;

    /// @param timeoutNanos 0 turns it off
    Liveness(long timeoutNanos, long nowNanos) {
        this.timeoutNanos = timeoutNanos;
        startNanos = nowNanos;
        silentSinceNanos = nowNanos;
        lookedAtNanos = nowNanos;
        // The other side is to know soon that it was heard.
        saidNanos = nowNanos - KEEP_ALIVE_NANOS;
    }

    /// {@return the timeout in nanoseconds}
    ///
    /// @throws IllegalArgumentException when it is out of range
    static long check(Duration timeout) {
        boolean isOff = timeout.isZero();
        if (!isOff && (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0)) {
            throw new IllegalArgumentException(
                    "livenessTimeout is "
                            + timeout
                            + ", but must be from "
                            + TIMEOUT_MIN.toSeconds()
                            + " seconds, since a side is heard of once a second, to 1 hour, or zero"
                            + " to leave it to Steam");
        }
        return timeout.toNanos();
    }

    boolean isOn() {
        return timeoutNanos > 0;
    }

    /// {@return whether the other side understands empty messages, as far as it has shown}
    boolean isMutual() {
        return timeoutNanos > 0 && isMutual;
    }

    /// {@return whether it is mutual, or the other side has not had the time to show it}
    boolean mayBeMutual(long nowNanos) {
        return timeoutNanos > 0 && (isMutual || nowNanos - startNanos < KEEP_ALIVE_NANOS);
    }

    void heard(long nowNanos, boolean isKeepAlive) {
        silentSinceNanos = nowNanos;
        pauseNanos = 0;
        isMutual |= isKeepAlive;
    }

    /// Takes a silence for over, of a client that counts as just heard.
    void resume(long nowNanos) {
        heard(nowNanos, false);
        lookedAtNanos = nowNanos;
    }

    void said(long nowNanos) {
        saidNanos = nowNanos;
    }

    boolean hasToSay(long nowNanos) {
        return isMutual() && nowNanos - saidNanos >= KEEP_ALIVE_NANOS;
    }

    /// Looks whether the silence has lasted for too long. To be asked after all that came was
    /// heard.
    boolean isDead(long nowNanos) {
        long sinceLookNanos = nowNanos - lookedAtNanos;
        lookedAtNanos = nowNanos;
        if (sinceLookNanos > SILENCE_NANOS_MAX) {
            pauseNanos = sinceLookNanos;
            long laterNanos = silentSinceNanos + sinceLookNanos - SILENCE_NANOS_MAX;
            silentSinceNanos = laterNanos - nowNanos > 0 ? nowNanos : laterNanos;
        }
        return isMutual() && nowNanos - silentSinceNanos > timeoutNanos;
    }

    /// {@return how long this side stood still in the present silence; 0 where it did not}
    long pauseNanos() {
        return pauseNanos;
    }
}
