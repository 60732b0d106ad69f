package dev.hawser.spi;

import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A server that leaves in order: why, until when those who are connected may stay, and how many of
/// them.
///
/// They do not go all at once, since they would all come to the next server at once. And whoever is
/// sent away with the advice to wait is without a server meanwhile. So the server spreads them
/// itself, each of whom then need not wait: the last part of the time, as long as their advice, but
/// half of it at most, is when one after the other has to go.
final class Drain {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    final Refusal.Draining reason;
    private final long sinceNanos;
    private final long deadlineNanos;
    private final long spreadNanos;

    /// How many were there when the first one had to go; 0 until then.
    private int crowd;

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
        spreadNanos =
                Math.min(TimeUnit.SECONDS.toNanos(reason.retryAfterSeconds()), deadlineNanos / 2);
    }

    private long leftNanos(long nowNanos) {
        return deadlineNanos - (nowNanos - sinceNanos);
    }

    /// {@return how many may stay}
    ///
    /// @param connected how many there are
    int mayStay(long nowNanos, int connected) {
        long leftNanos = leftNanos(nowNanos);
        if (leftNanos <= 0) {
            return 0;
        }
        if (leftNanos >= spreadNanos) {
            return connected;
        }
        if (crowd == 0) {
            crowd = connected;
        }
        return (int) Math.ceil(leftNanos / (double) spreadNanos * crowd);
    }

    /// {@return how long it takes until somebody has to go, 0 or less when that has come}
    ///
    /// @param connected how many there are, at least one
    long untilNextNanos(long nowNanos, int connected) {
        double share = (connected - 1) / (double) (crowd == 0 ? connected : crowd);
        return leftNanos(nowNanos) - (long) (spreadNanos * share);
    }

    /// {@return what those are told who have to go in their turn}
    StatedReason moved() {
        if (crowd == 0) {
            return movedAtOnce();
        }
        long waitNanos = TimeUnit.SECONDS.toNanos(reason.retryAfterSeconds()) - spreadNanos;
        return moved((int) Math.ceilDiv(waitNanos, TimeUnit.SECONDS.toNanos(1)));
    }

    /// {@return what those are told who all have to go at the same moment}
    StatedReason movedAtOnce() {
        return moved(reason.retryAfterSeconds());
    }

    private StatedReason moved(int retryAfterSeconds) {
        return new StatedReason(StatedReason.MOVED, retryAfterSeconds, reason.text());
    }
}
