package dev.hawser.online.token;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Failover;
import dev.hawser.online.http.Https;
import dev.hawser.online.http.JsonText;
import dev.hawser.online.http.NoAnswer;
import dev.hawser.protocol.TokenTag;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One fetch: the credential, then attempts with waits between them, until there is a token or
/// nothing more to hope for.
///
/// It is at one step at a time, and each step is begun by the end of the one before, on whatever
/// thread that is. `stop` ends the present one; whoever completes the result, be it a step, the
/// timeout, the application or the close of the client, ends the fetch.
final class TokenFetch {
    private final TokenClientSettings settings;
    private final HttpClient http;
    private final Failover.Attempts tried;
    private final LongConsumer skewSeconds;
    private final @Nullable TokenTag former;
    private final CompletableFuture<FetchedToken> result = new CompletableFuture<>();
    private final long deadlineNanos;

    /// Null where nothing goes on.
    private @Nullable Runnable stop;

    private boolean isOver;

    private volatile String waitsFor = "the credential";
    private volatile int attempts;

    /// That is asked, or was last.
    private volatile URI endpoint;

    private volatile String credential = "";

    /// @param skewSeconds told how far this machine's clock is ahead
    /// @param former the token of the connection that the new one goes on with; null for none
    TokenFetch(
            TokenClientSettings settings,
            HttpClient http,
            Failover failover,
            LongConsumer skewSeconds,
            @Nullable TokenTag former) {
        this.settings = settings;
        this.http = http;
        tried = failover.attempts(settings.attemptsMax());
        endpoint = settings.endpoints().getFirst();
        this.skewSeconds = skewSeconds;
        this.former = former;
        deadlineNanos = settings.timer().nanos() + settings.overallTimeout().toNanos();
    }

    CompletableFuture<FetchedToken> result() {
        return result;
    }

    /// Begins; returns at once.
    void start() {
        FetchTimer.Scheduled deadline =
                settings.timer().schedule(settings.overallTimeout().toNanos(), this::timeOut);
        var _ =
                result.whenComplete((_, _) -> {
                    deadline.cancel();
                    end();
                });
        FutureTask<Void> asking = new FutureTask<>(this::askForCredential, null);
        stopBy(() -> asking.cancel(true));
        try {
            settings.executor().execute(asking);
        } catch (RejectedExecutionException e) {
            close();
        }
    }

    /// Ends it because its client is closed.
    void close() {
        fail(new TokenFetchFailure.Closed());
    }

    // ---- The credential

    private void askForCredential() {
        String given;
        try {
            given = settings.credentials().credential();
        } catch (Throwable e) {
            stopBy(null);
            fail(
                    new TokenFetchFailure.NoCredential(
                            "its supplier failed with " + e.getClass().getName()));
            return;
        }
        // Nobody may interrupt this thread from here on: others' code may run on it.
        stopBy(null);
        String problem = Https.problemOf(given);
        if (!problem.isEmpty()) {
            fail(new TokenFetchFailure.NoCredential(problem));
            return;
        }
        credential = given;
        Failover.Next first = tried.next(settings.timer().nanos());
        if (first != null) {
            attempt(first.endpoint());
        }
    }

    // ---- The attempts

    private void attempt(URI endpoint) {
        if (isOver()) {
            return;
        }
        this.endpoint = endpoint;
        int attempt = attempts + 1;
        attempts = attempt;
        waitsFor = "the answer to attempt " + attempt;
        try {
            exchange();
        } catch (RuntimeException e) {
            failBecauseOf(e);
        }
    }

    private void exchange() {
        long limitNanos = limitNanos();
        int attemptsHere = tried.begin(endpoint);
        long sentAtSeconds = settings.wallClock().unixSeconds();
        CompletableFuture<HttpResponse<Answer>> exchange =
                http.sendAsync(request(), Answer.handler());
        stopBy(() -> exchange.cancel(true));
        // The JDK's own timeout of a request ends with the headers; this one covers the body too.
        FetchTimer.Scheduled limit =
                settings.timer().schedule(limitNanos, () -> exchange.cancel(true));
        var _ =
                exchange.whenComplete((answer, thrown) -> {
                    limit.cancel();
                    handle(answer, thrown, sentAtSeconds, limitNanos, attemptsHere);
                });
    }

    /// Endpoints that are silent must not use up the time in which the others could answer.
    private long limitNanos() {
        long limitNanos = settings.requestTimeout().toNanos();
        int untried = tried.untried();
        return untried > 1 ? Math.min(limitNanos, leftNanos() / untried) : limitNanos;
    }

    private long leftNanos() {
        return Math.max(0, deadlineNanos - settings.timer().nanos());
    }

    private HttpRequest request() {
        return Https.request(Endpoints.resource(endpoint, "connect-token"), credential)
                .POST(HttpRequest.BodyPublishers.ofString(body(), StandardCharsets.UTF_8))
                .build();
    }

    /// Says that reasons will be read and that the connection is to survive moves, since who
    /// fetches with this connects with [dev.hawser.netcode.NetcodeClient].
    private String body() {
        OptionalLong protocolId = settings.protocolId();
        return JsonText.object(json -> {
            json.writeBooleanField("statesReasons", true);
            json.writeBooleanField("survivesMoves", true);
            if (former != null) {
                json.writeStringField("resumes", former.toString());
            }
            if (!settings.region().isEmpty()) {
                json.writeStringField("region", settings.region());
            }
            if (protocolId.isPresent()) {
                // A string: what reads JSON may keep numbers as doubles.
                json.writeStringField("protocolId", Long.toUnsignedString(protocolId.getAsLong()));
            }
        });
    }

    /// Of answer and exception one is null, as `CompletableFuture` has it.
    private void handle(
            HttpResponse<Answer> answer,
            Throwable thrown,
            long sentAtSeconds,
            long limitNanos,
            int attemptsHere) {
        try {
            if (!isOver()) {
                act(
                        thrown == null ? judge(answer, sentAtSeconds) : judge(thrown, limitNanos),
                        attemptsHere);
            }
        } catch (RuntimeException e) {
            failBecauseOf(e);
        } finally {
            if (answer != null) {
                answer.body().erase();
            }
        }
    }

    /// Better a failure that names a mistake in here, or in a seam, than a client that waits.
    private void failBecauseOf(RuntimeException e) {
        fail(
                new TokenFetchFailure.UnexpectedAnswer(
                        "handling it failed with " + e.getClass().getName()));
    }

    private FetchOutcome judge(HttpResponse<Answer> answer, long sentAtSeconds) {
        var times =
                new FetchedTokenReader.Exchange(sentAtSeconds, settings.wallClock().unixSeconds());
        return FetchOutcome.of(answer.body(), settings.protocolId(), credential, attempts, times);
    }

    private FetchOutcome judge(Throwable thrown, long limitNanos) {
        var attempt =
                new NoAnswer.Attempt(
                        endpoint,
                        settings.connectTimeout(),
                        Duration.ofNanos(limitNanos),
                        credential);
        return FetchOutcome.of(NoAnswer.of(thrown, attempt), endpoint, attempts);
    }

    private void act(FetchOutcome outcome, int attemptsHere) {
        switch (outcome) {
            case FetchOutcome.Fetched(FetchedToken token) -> {
                tried.succeed(endpoint);
                succeed(token);
            }
            case FetchOutcome.Lasting(TokenFetchFailure failure) -> fail(failure);
            case FetchOutcome.LastingHere(TokenFetchFailure failure) -> {
                tried.giveUp(endpoint, settings.timer().nanos(), explanation(failure));
                goOnOrFail(failure);
            }
            case FetchOutcome.Passing(TokenFetchFailure failure, long retryAfterSeconds) -> {
                long nowNanos = settings.timer().nanos();
                if (isTooLong(retryAfterSeconds)) {
                    tried.giveUp(endpoint, nowNanos, explanation(failure));
                } else {
                    tried.fail(
                            endpoint,
                            nowNanos,
                            waitNanos(retryAfterSeconds, attemptsHere),
                            explanation(failure));
                }
                goOnOrFail(failure);
            }
            case FetchOutcome.PassingEverywhere(
                            TokenFetchFailure failure,
                            long retryAfterSeconds) -> {
                if (isTooLong(retryAfterSeconds)) {
                    fail(failure);
                } else {
                    tried.holdAll(
                            settings.timer().nanos(), waitNanos(retryAfterSeconds, attemptsHere));
                    goOnOrFail(failure);
                }
            }
        }
    }

    /// {@return what the log needs to know; nothing of a service that works, and has no server to
    /// offer}
    private static String explanation(TokenFetchFailure failure) {
        return failure instanceof TokenFetchFailure.NoServer ? "" : failure.explanation();
    }

    private boolean isTooLong(long retryAfterSeconds) {
        return TimeUnit.SECONDS.toNanos(retryAfterSeconds) > settings.retryAfterMax().toNanos();
    }

    /// Jitter on top of what the service asks for, since it asks everybody for the same.
    private long waitNanos(long retryAfterSeconds, int attemptsHere) {
        return TimeUnit.SECONDS.toNanos(retryAfterSeconds)
                + settings.backoff().waitNanos(attemptsHere);
    }

    private void goOnOrFail(TokenFetchFailure failure) {
        Failover.Next next = tried.next(settings.timer().nanos());
        if (next == null || next.waitNanos() >= leftNanos()) {
            fail(failure);
            return;
        }
        if (next.waitNanos() == 0 && !next.endpoint().equals(endpoint)) {
            attempt(next.endpoint());
            return;
        }
        waitsFor = "attempt " + (attempts + 1);
        stopBy(settings.timer().schedule(next.waitNanos(), () -> attempt(next.endpoint()))::cancel);
    }

    // ---- The end

    private void succeed(FetchedToken token) {
        skewSeconds.accept(token.clockSkewSeconds());
        if (!result.complete(token)) {
            // Cancelled meanwhile: nobody is there to use it.
            token.token().erase();
        }
    }

    private void timeOut() {
        fail(
                new TokenFetchFailure.TimedOut(
                        endpoint, settings.overallTimeout().toMillis(), attempts, waitsFor));
    }

    private void fail(TokenFetchFailure failure) {
        result.completeExceptionally(new TokenFetchException(failure));
    }

    private synchronized boolean isOver() {
        return isOver;
    }

    /// Says how to stop the step that has begun, or stops it when the fetch has ended meanwhile.
    private void stopBy(@Nullable Runnable stop) {
        synchronized (this) {
            if (!isOver) {
                this.stop = stop;
                return;
            }
        }
        if (stop != null) {
            stop.run();
        }
    }

    private void end() {
        Runnable last;
        synchronized (this) {
            isOver = true;
            last = stop;
            stop = null;
        }
        if (last != null) {
            last.run();
        }
        credential = "";
    }
}
