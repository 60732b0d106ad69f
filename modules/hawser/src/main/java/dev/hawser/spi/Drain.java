package dev.hawser.spi;

import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;

/// A server that leaves in order: why, and until when those who are connected may stay.
final class Drain {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    final Refusal.Draining reason;
    private final long sinceNanos;
    private final long deadlineNanos;

    /// @param deadline from `nowNanos` on
    /// @throws IllegalArgumentException when it is negative
    Drain(long nowNanos, Duration deadline, Refusal.Draining reason) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException(
                    "deadline is "
                            + deadline
                            + ", but must not be negative: give zero to send everybody away at"
                            + " once");
        }
        this.reason = reason;
        sinceNanos = nowNanos;
        deadlineNanos = deadline.compareTo(LONGEST) < 0 ? deadline.toNanos() : LONGEST.toNanos();
    }

    /// {@return how long those who are connected may stay, 0 or less when they may not}
    long leftNanos(long nowNanos) {
        return deadlineNanos - (nowNanos - sinceNanos);
    }

    /// {@return what those are told who are left at the deadline}
    StatedReason moved() {
        return new StatedReason(StatedReason.MOVED, reason.retryAfterSeconds(), reason.text());
    }
}
