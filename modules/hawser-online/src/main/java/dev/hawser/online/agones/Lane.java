package dev.hawser.online.agones;

import dev.hawser.online.http.Backoff;
import org.jspecify.annotations.Nullable;

/// Calls of one kind, one at a time: when the next may begin, and what came of the last. For one
/// thread, which never waits.
final class Lane {
    private final long timeoutNanos;
    private final Backoff backoff;

    private @Nullable SidecarCall call;
    private long callNanos;
    private boolean isLate;

    private boolean hasBegun;
    private long nextNanos;
    private int failures;

    Lane(long timeoutNanos, Backoff backoff) {
        this.timeoutNanos = timeoutNanos;
        this.backoff = backoff;
    }

    /// {@return whether a call may begin}
    boolean isFree(long nowNanos) {
        return call == null && (!hasBegun || nowNanos - nextNanos >= 0);
    }

    boolean isCalling() {
        return call != null;
    }

    @Nullable SidecarCall call() {
        return call;
    }

    void begin(long nowNanos, SidecarCall.Work work) {
        hasBegun = true;
        isLate = false;
        callNanos = nowNanos;
        nextNanos = nowNanos;
        call = SidecarCall.begin(work);
    }

    /// {@return what came of the call, once; null while there is nothing to say}
    ///
    /// A call that takes longer than it may is ended, and has failed.
    SidecarCall.@Nullable Outcome poll(long nowNanos) {
        if (call == null) {
            return null;
        }
        SidecarCall.Outcome outcome = call.poll();
        if (outcome == null) {
            if (!isLate && nowNanos - callNanos >= timeoutNanos) {
                isLate = true;
                call.stop();
            }
            return null;
        }
        call = null;
        failures = outcome.isDone() ? 0 : failures + 1;
        if (failures > 0) {
            // At least the half: the sidecar is near, and what it is told is small.
            nextNanos =
                    nowNanos + backoff.boundNanos(failures) / 2 + backoff.waitNanos(failures) / 2;
        }
        return outcome;
    }

    /// Lets the next call begin no earlier than so long after the last one began; one that has
    /// failed is tried again before that.
    void pace(long intervalNanos) {
        if (failures == 0) {
            nextNanos = callNanos + intervalNanos;
        }
    }

    void stop() {
        if (call != null) {
            call.stop();
        }
    }
}
