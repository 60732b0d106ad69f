package dev.hawser.steam;

import java.time.Duration;

/// Whether the other side of a connection is alive, sooner than Steam finds out: that looks every
/// 10 seconds whether a silent peer is there.
///
/// Both sides send an empty message when they have sent nothing for a second. Who has once heard
/// one knows that the other side does so, and takes a longer silence for its end. A peer that is
/// not Hawser's sends none, and is left to Steam.
final class Liveness {
    /// How long a side that is alive sends nothing at most.
    static final long KEEP_ALIVE_NANOS = 1_000_000_000;

    /// How often it is looked at.
    static final long LOOK_NANOS = 100_000_000;

    static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(3);
    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    private final long timeoutNanos;
    private boolean isExpected;
    private long heardNanos;
    private long saidNanos;

    /// @param timeoutNanos 0 turns it off
    Liveness(long timeoutNanos, long nowNanos) {
        this.timeoutNanos = timeoutNanos;
        heardNanos = nowNanos;
        // The other side is to know soon that it will be heard of.
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

    void heard(long nowNanos, boolean isKeepAlive) {
        heardNanos = nowNanos;
        isExpected |= isKeepAlive;
    }

    void said(long nowNanos) {
        saidNanos = nowNanos;
    }

    boolean hasToSay(long nowNanos) {
        return timeoutNanos > 0 && nowNanos - saidNanos >= KEEP_ALIVE_NANOS;
    }

    boolean isDead(long nowNanos) {
        return timeoutNanos > 0 && isExpected && nowNanos - heardNanos > timeoutNanos;
    }
}
