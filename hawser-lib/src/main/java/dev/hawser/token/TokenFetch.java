package dev.hawser.token;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/// One fetch: the credential, then attempts with waits between them, until there is a token or
/// nothing more to hope for.
///
/// It is at one step at a time, and each step is begun by the end of the one before, on whatever
/// thread that is. `stop` ends the present one; whoever completes the result, be it a step, the
/// timeout, the application or the close of the client, ends the fetch.
final class TokenFetch {
    private static final Runnable NOTHING = () -> {};
    private static final int CREDENTIAL_CHARACTERS_MAX = 8192;

    private final TokenClientSettings settings;
    private final HttpClient http;
    private final LongConsumer skewSeconds;
    private final CompletableFuture<FetchedToken> result = new CompletableFuture<>();
    private final long deadlineNanos;

    private Runnable stop = NOTHING;
    private boolean isOver;

    private volatile String waitsFor = "the credential";
    private volatile int attempts;
    private volatile String credential = "";

    /// @param skewSeconds told how far this machine's clock is ahead
    TokenFetch(TokenClientSettings settings, HttpClient http, LongConsumer skewSeconds) {
        this.settings = settings;
        this.http = http;
        this.skewSeconds = skewSeconds;
        deadlineNanos = settings.timer().nanos() + settings.overallTimeoutNanos();
    }

    CompletableFuture<FetchedToken> result() {
        return result;
    }

    /// Begins; returns at once.
    void start() {
        FetchTimer.Scheduled deadline =
                settings.timer().schedule(settings.overallTimeoutNanos(), this::timeOut);
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
            stopBy(NOTHING);
            fail(
                    new TokenFetchFailure.NoCredential(
                            "its supplier failed with " + e.getClass().getName()));
            return;
        }
        // Nobody may interrupt this thread from here on: others' code may run on it.
        stopBy(NOTHING);
        String problem = problemOf(given);
        if (!problem.isEmpty()) {
            fail(new TokenFetchFailure.NoCredential(problem));
            return;
        }
        credential = given;
        attempt();
    }

    @SuppressWarnings("ConstantValue") // the supplier is the application's, and may return null
    private static String problemOf(String credential) {
        if (credential == null || credential.isEmpty()) {
            return "its supplier returned none";
        }
        if (credential.length() > CREDENTIAL_CHARACTERS_MAX) {
            return "it has "
                    + credential.length()
                    + " characters, and servers take headers of "
                    + CREDENTIAL_CHARACTERS_MAX
                    + " at most";
        }
        for (int i = 0; i < credential.length(); i++) {
            char character = credential.charAt(i);
            if (character <= ' ' || character > '~') {
                return "its character "
                        + (i + 1)
                        + " is not a visible ASCII character; a line end at the end of a file is"
                        + " not part of it";
            }
        }
        return "";
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
        CompletableFuture<HttpResponse<AnswerBody.Bytes>> exchange =
                http.sendAsync(request(), _ -> new AnswerBody());
        stopBy(() -> exchange.cancel(true));
        // The JDK's own timeout of a request ends with the headers; this one covers the body too.
        FetchTimer.Scheduled limit =
                settings.timer()
                        .schedule(settings.requestTimeoutNanos(), () -> exchange.cancel(true));
        exchange.whenComplete((answer, thrown) -> {
            limit.cancel();
            handle(answer, thrown, sentAtSeconds);
        });
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(settings.resource())
                .header("Authorization", "Bearer " + credential)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, application/problem+json")
                .header("User-Agent", "hawser")
                .POST(HttpRequest.BodyPublishers.ofString(body(), StandardCharsets.UTF_8))
                .build();
    }

    /// Nothing in it needs escaping: a region is checked when the client is built.
    private String body() {
        StringBuilder json = new StringBuilder("{");
        if (!settings.region().isEmpty()) {
            json.append("\"region\":\"").append(settings.region()).append('"');
        }
        settings.protocolId()
                .ifPresent(id -> {
                    json.append(json.length() > 1 ? "," : "").append("\"protocolId\":\"");
                    json.append(Long.toUnsignedString(id)).append('"');
                });
        return json.append('}').toString();
    }

    /// Of answer and trouble one is null, as `CompletableFuture` has it.
    private void handle(
            HttpResponse<AnswerBody.Bytes> answer, Throwable thrown, long sentAtSeconds) {
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

    private Verdict judge(HttpResponse<AnswerBody.Bytes> answer, long sentAtSeconds) {
        var times = new TokenAnswer.Exchange(sentAtSeconds, settings.wallClock().unixSeconds());
        return new AnswerJudge(settings.protocolId(), credential, attempts, times).judge(answer);
    }

    private Verdict judge(Throwable thrown) {
        return new TroubleJudge(
                        settings.endpoint(),
                        attempts,
                        TimeUnit.NANOSECONDS.toMillis(settings.connectTimeoutNanos()),
                        TimeUnit.NANOSECONDS.toMillis(settings.requestTimeoutNanos()),
                        credential)
                .judge(thrown);
    }

    private void act(Verdict verdict) {
        switch (verdict) {
            case Verdict.Fetched(FetchedToken token) -> succeed(token);
            case Verdict.Final(TokenFetchFailure failure) -> fail(failure);
            case Verdict.Again(TokenFetchFailure failure, long retryAfterSeconds) ->
                    retryOrFail(failure, retryAfterSeconds);
        }
    }

    private void retryOrFail(TokenFetchFailure failure, long retryAfterSeconds) {
        long askedNanos = TimeUnit.SECONDS.toNanos(retryAfterSeconds);
        // Jitter on top of what the service asks for, since it asks everybody for the same.
        long waitNanos = askedNanos + settings.backoff().waitNanos(attempts);
        long leftNanos = deadlineNanos - settings.timer().nanos();
        if (attempts >= settings.attemptsMax()
                || askedNanos > settings.retryAfterMaxNanos()
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
                        Duration.ofNanos(settings.overallTimeoutNanos()).toMillis(),
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
    private void stopBy(Runnable stop) {
        synchronized (this) {
            if (!isOver) {
                this.stop = stop;
                return;
            }
        }
        stop.run();
    }

    private void end() {
        Runnable last;
        synchronized (this) {
            isOver = true;
            last = stop;
            stop = NOTHING;
        }
        last.run();
        credential = "";
    }
}
