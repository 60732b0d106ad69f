package dev.hawser.online.agones;

import dev.hawser.online.http.Backoff;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// *Shutdown*, said at the end by whoever closes a lifecycle, who waits for it.
final class LastWord {
    private final Sidecar sidecar;
    private final AgonesCounters counters;
    private final Backoff backoff;
    private final long deadlineNanos;

    LastWord(Sidecar sidecar, AgonesCounters counters, Backoff backoff, Duration timeout) {
        this.sidecar = sidecar;
        this.counters = counters;
        this.backoff = backoff;
        deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    /// Says it, again and again until the time is over.
    ///
    /// @param former what is under way, which is waited for: what came after the last word would
    ///   undo it
    /// @param isFormerIt whether that says it already
    /// @return why it could not be said; null when it was
    @Nullable String say(@Nullable SidecarCall former, boolean isFormerIt) {
        if (former != null) {
            SidecarCall.Outcome outcome = former.await(left());
            if (outcome != null && outcome.isDone() && isFormerIt) {
                return null;
            }
        }
        String why = "it did not answer in time";
        for (int attempts = 1; left().isPositive(); attempts++) {
            SidecarCall call = SidecarCall.begin(() -> Wish.SHUTDOWN.grant(sidecar));
            SidecarCall.Outcome outcome = call.await(left());
            if (outcome == null) {
                call.stop();
                break;
            }
            SidecarException failure = outcome.failure();
            if (failure == null) {
                counters.requests.increment();
                return null;
            }
            counters.requestsFailed.increment();
            why = failure.detail();
            long waitNanos = backoff.boundNanos(attempts) / 2;
            LockSupport.parkNanos(Math.min(waitNanos, left().toNanos()));
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        return why;
    }

    private Duration left() {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }
}
