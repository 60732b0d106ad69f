package dev.hawser.online.fleet;

import dev.hawser.online.http.Failover;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Tells the service that a server leaves, in the time that a close has: one endpoint after the
/// other until one has heard it.
final class Withdrawal {
    private final AnnouncerSettings settings;
    private final HttpClient http;
    private final String startId;
    private long sequence;
    private final Failover.Attempts tried;

    /// @param sequence of what was said before
    Withdrawal(
            AnnouncerSettings settings,
            HttpClient http,
            Failover failover,
            String startId,
            long sequence) {
        this.settings = settings;
        this.http = http;
        this.startId = startId;
        this.sequence = sequence;
        tried = failover.attempts(1);
    }

    /// Blocks until it is told, or there is no hope of it.
    ///
    /// @param deadlineNanos by `System.nanoTime()`
    /// @return why it was not told; empty where it was
    String run(long deadlineNanos) {
        String why = "";
        Failover.@Nullable Next next = next();
        while (next != null && !Thread.currentThread().isInterrupted()) {
            Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
            // A silent one leaves time for the others.
            Duration limit = left.dividedBy(tried.untried());
            URI endpoint = next.endpoint();
            tried.begin(endpoint);
            ServiceCall call = ServiceCall.delete(settings, http, endpoint, startId, ++sequence);
            switch (call.await(limit)) {
                case CallOutcome.Withdrawn _ -> {
                    return "";
                }
                case CallOutcome.Failed failed when !failed.isOfEndpoint() -> {
                    return failed.detail();
                }
                case CallOutcome.Failed failed -> why = failed.detail();
                case CallOutcome.Acknowledged _,
                        CallOutcome.Admissions _,
                        CallOutcome.Presences _,
                        CallOutcome.Absent _ ->
                        why = "it answered something else";
                case null -> {
                    call.stop();
                    why = "no answer within " + settings.closeTimeout().toMillis() + " ms";
                }
            }
            next = next();
        }
        return why;
    }

    private Failover.@Nullable Next next() {
        return tried.next(settings.monotonicClock().getAsLong());
    }
}
