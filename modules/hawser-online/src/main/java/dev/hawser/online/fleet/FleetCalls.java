package dev.hawser.online.fleet;

import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.Failover;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a server asks its token service about players: one question at a time, to the endpoint that
/// works. Players wait for it, so that it tries again sooner than announcements do.
final class FleetCalls {
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(4);
    private static final long RETRY_AFTER_SECONDS_MAX = 60;

    /// Players wait for a few seconds only: a silent endpoint has to leave time for the next.
    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(2);

    private final AnnouncerSettings settings;
    private final HttpClient http;
    private final Failover failover;
    private final Backoff backoff;
    private final long timeoutNanos;
    private final Runnable whenOver;

    private Failover.Attempts tried;
    private @Nullable ServiceCall call;
    private @Nullable URI told;
    private long callNanos;
    private boolean isLate;
    private int failures;
    private boolean isHeld;
    private long nextNanos;

    /// @param whenOver called by another thread when there is something to poll
    FleetCalls(AnnouncerSettings settings, HttpClient http, Failover failover, Runnable whenOver) {
        this.settings = settings;
        this.http = http;
        this.failover = failover;
        this.whenOver = whenOver;
        backoff = new Backoff(RETRY_NANOS, RETRY_NANOS_MAX, settings.random());
        Duration timeout = settings.requestTimeout();
        timeoutNanos =
                (timeout.compareTo(ANSWER_TIME_MAX) < 0 ? timeout : ANSWER_TIME_MAX).toNanos();
        tried = failover.attempts(Integer.MAX_VALUE);
    }

    /// {@return whether a question may be asked}
    boolean isFree(long nowNanos) {
        return call == null && (!isHeld || nowNanos - nextNanos >= 0);
    }

    /// {@return whether a question is under way, or its answer has not been looked at}
    boolean isCalling() {
        return call != null;
    }

    /// Asks.
    ///
    /// @param resource of the server
    void post(long nowNanos, String resource, String body, CallOutcome.Reading reading) {
        URI endpoint = Objects.requireNonNull(tried.next(nowNanos), "next").endpoint();
        tried.begin(endpoint);
        told = endpoint;
        callNanos = nowNanos;
        isLate = false;
        call = ServiceCall.post(settings, http, endpoint, resource, body, reading, whenOver);
    }

    /// {@return what came of the question; null while it is under way, and where there is none}
    @Nullable CallOutcome poll(long nowNanos) {
        ServiceCall call = this.call;
        if (call == null) {
            return null;
        }
        CallOutcome outcome = call.poll();
        if (outcome == null) {
            if (!isLate && nowNanos - callNanos >= timeoutNanos) {
                isLate = true;
                call.stop();
            }
            return null;
        }
        this.call = null;
        return outcome;
    }

    /// The endpoint did what it is there for.
    void succeed() {
        failures = 0;
        isHeld = false;
        if (told != null) {
            tried.succeed(told);
        }
        tried = failover.attempts(Integer.MAX_VALUE);
    }

    /// It did not; another one is asked at once, if there is one.
    void fail(long nowNanos, CallOutcome.Failed failed) {
        failures++;
        long asked = Math.min(failed.retryAfterSeconds(), RETRY_AFTER_SECONDS_MAX);
        long waitNanos =
                RETRY_NANOS + TimeUnit.SECONDS.toNanos(asked) + backoff.waitNanos(failures);
        if (failed.isOfEndpoint() && told != null) {
            tried.fail(told, nowNanos, waitNanos, failed.detail() + ".");
        } else {
            tried.holdAll(nowNanos, waitNanos);
        }
        isHeld = true;
        nextNanos = nowNanos + Objects.requireNonNull(tried.next(nowNanos), "next").waitNanos();
    }

    /// Ends what is under way.
    void stop() {
        if (call != null) {
            call.stop();
            call = null;
        }
    }
}
