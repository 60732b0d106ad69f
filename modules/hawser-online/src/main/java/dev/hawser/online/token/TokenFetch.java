package dev.hawser.online.token;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.Https;
import dev.hawser.online.http.JsonText;
import dev.hawser.online.http.NoAnswer;
import dev.hawser.protocol.TokenTag;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
    private final LongConsumer skewSeconds;
    private final @Nullable TokenTag former;
    private final CompletableFuture<FetchedToken> result = new CompletableFuture<>();
    private final long deadlineNanos;

    /// Null where nothing goes on.
    private @Nullable Runnable stop;

    private boolean isOver;

    private volatile String waitsFor = "the credential";
    private volatile int attempts;
    private volatile String credential = "";

    /// @param skewSeconds told how far this machine's clock is ahead
    /// @param former the token of the connection that the new one goes on with; null for none
    TokenFetch(
            TokenClientSettings settings,
            HttpClient http,
            LongConsumer skewSeconds,
            @Nullable TokenTag former) {
        this.settings = settings;
        this.http = http;
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
        attempt();
    }

    // ---- The attempts

    private void attempt() {
        if (isOver()) {
            return;
        }
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
        long sentAtSeconds = settings.wallClock().unixSeconds();
        CompletableFuture<HttpResponse<Answer>> exchange =
                http.sendAsync(request(), Answer.handler());
        stopBy(() -> exchange.cancel(true));
        // The JDK's own timeout of a request ends with the headers; this one covers the body too.
        FetchTimer.Scheduled limit =
                settings.timer()
                        .schedule(settings.requestTimeout().toNanos(), () -> exchange.cancel(true));
        var _ =
                exchange.whenComplete((answer, thrown) -> {
                    limit.cancel();
                    handle(answer, thrown, sentAtSeconds);
                });
    }

    private HttpRequest request() {
        return Https.request(settings.resource(), credential)
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
    private void handle(HttpResponse<Answer> answer, Throwable thrown, long sentAtSeconds) {
        try {
            if (!isOver()) {
                act(thrown == null ? judge(answer, sentAtSeconds) : judge(thrown));
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

    private FetchOutcome judge(Throwable thrown) {
        var attempt =
                new NoAnswer.Attempt(
                        settings.endpoint(),
                        settings.connectTimeout(),
                        settings.requestTimeout(),
                        credential);
        return FetchOutcome.of(NoAnswer.of(thrown, attempt), settings.endpoint(), attempts);
    }

    private void act(FetchOutcome outcome) {
        switch (outcome) {
            case FetchOutcome.Fetched(FetchedToken token) -> succeed(token);
            case FetchOutcome.Lasting(TokenFetchFailure failure) -> fail(failure);
            case FetchOutcome.Passing(TokenFetchFailure failure, long retryAfterSeconds) ->
                    retryOrFail(failure, retryAfterSeconds);
        }
    }

    private void retryOrFail(TokenFetchFailure failure, long retryAfterSeconds) {
        long askedNanos = TimeUnit.SECONDS.toNanos(retryAfterSeconds);
        // Jitter on top of what the service asks for, since it asks everybody for the same.
        long waitNanos = askedNanos + settings.backoff().waitNanos(attempts);
        long leftNanos = deadlineNanos - settings.timer().nanos();
        if (attempts >= settings.attemptsMax()
                || askedNanos > settings.retryAfterMax().toNanos()
                || waitNanos >= leftNanos) {
            fail(failure);
            return;
        }
        waitsFor = "attempt " + (attempts + 1);
        stopBy(settings.timer().schedule(waitNanos, this::attempt)::cancel);
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
                        settings.endpoint(),
                        settings.overallTimeout().toMillis(),
                        attempts,
                        waitsFor));
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
