package dev.hawser.online.fleet;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Https;
import dev.hawser.online.http.NoAnswer;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One request to the service, on a virtual thread of its own: the credential, which may block, and
/// the exchange. It always ends in a [CallOutcome].
final class ServiceCall {
    private final AnnouncerSettings settings;
    private final HttpClient http;
    private final URI endpoint;
    private final String method;
    private final String resource;
    private final String body;
    private final CallOutcome.Reading reading;
    private final Runnable whenOver;
    private final CompletableFuture<CallOutcome> outcome = new CompletableFuture<>();
    private final Thread thread;

    private ServiceCall(
            AnnouncerSettings settings,
            HttpClient http,
            URI endpoint,
            String method,
            String resource,
            String body,
            CallOutcome.Reading reading,
            Runnable whenOver) {
        this.settings = settings;
        this.http = http;
        this.endpoint = endpoint;
        this.method = method;
        this.resource = resource;
        this.body = body;
        this.reading = reading;
        this.whenOver = whenOver;
        thread = Thread.ofVirtual().name("hawser-announcer").unstarted(this::run);
    }

    /// {@return the call that announces, which has begun}
    static ServiceCall put(AnnouncerSettings settings, HttpClient http, URI endpoint, String body) {
        return new ServiceCall(
                        settings,
                        http,
                        endpoint,
                        "PUT",
                        "",
                        body,
                        CallOutcome::acknowledged,
                        () -> {})
                .begun();
    }

    /// {@return the call that withdraws, which has begun}
    ///
    /// @param sequence that of announcements goes on
    static ServiceCall delete(
            AnnouncerSettings settings,
            HttpClient http,
            URI endpoint,
            String startId,
            long sequence) {
        String query = "?startId=" + startId + "&sequence=" + sequence;
        return new ServiceCall(
                        settings,
                        http,
                        endpoint,
                        "DELETE",
                        query,
                        "",
                        CallOutcome::acknowledged,
                        () -> {})
                .begun();
    }

    /// {@return a call that asks about players, which has begun}
    ///
    /// @param resource of the server, for example `admissions`
    /// @param whenOver called by another thread when there is an outcome
    static ServiceCall post(
            AnnouncerSettings settings,
            HttpClient http,
            URI endpoint,
            String resource,
            String body,
            CallOutcome.Reading reading,
            Runnable whenOver) {
        return new ServiceCall(
                        settings, http, endpoint, "POST", "/" + resource, body, reading, whenOver)
                .begun();
    }

    private ServiceCall begun() {
        thread.start();
        return this;
    }

    /// {@return what came of it; null while it goes on}
    @Nullable CallOutcome poll() {
        return outcome.getNow(null);
    }

    /// {@return what came of it within a time; null when it goes on}
    @Nullable CallOutcome await(Duration timeout) {
        try {
            return outcome.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }

    /// Ends it soon; it then has failed.
    void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            outcome.complete(call());
        } catch (Throwable e) {
            // Better words that name a mistake in here than an announcer that waits.
            outcome.complete(
                    CallOutcome.Failed.lasting(
                            "handling it failed with " + e.getClass().getName()));
        }
        whenOver.run();
    }

    private CallOutcome call() {
        String credential;
        try {
            credential = settings.credentials().credential();
        } catch (Throwable e) {
            return withoutCredential("its supplier failed with " + e.getClass().getName());
        }
        String problem = Https.problemOf(credential);
        return problem.isEmpty() ? exchange(credential) : withoutCredential(problem);
    }

    private static CallOutcome withoutCredential(String problem) {
        return CallOutcome.Failed.lasting("there is no credential to show: " + problem);
    }

    private CallOutcome exchange(String credential) {
        HttpRequest request =
                Https.request(
                                Endpoints.resource(
                                        endpoint, "servers/" + settings.serverId() + resource),
                                credential)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<Answer> answer = http.send(request, Answer.handler(bytesMax()));
            if (method.equals("DELETE") && answer.statusCode() == 404) {
                // It had forgotten it already.
                return new CallOutcome.Withdrawn();
            }
            if (method.equals("POST") && answer.statusCode() == 404) {
                return new CallOutcome.Absent();
            }
            return CallOutcome.of(
                    answer.body(), reading, credential, SystemClock.WALL_CLOCK.unixSeconds());
        } catch (InterruptedException e) {
            return CallOutcome.Failed.passing(
                    "no complete answer within " + settings.requestTimeout().toMillis() + " ms");
        } catch (IOException | RuntimeException e) {
            NoAnswer noAnswer =
                    NoAnswer.of(
                            e,
                            new NoAnswer.Attempt(
                                    endpoint,
                                    settings.connectTimeout(),
                                    settings.requestTimeout(),
                                    credential));
            return failed(noAnswer);
        }
    }

    private int bytesMax() {
        return method.equals("PUT") ? Answer.COMMANDS_BYTES_MAX : Answer.BYTES_MAX;
    }

    private static CallOutcome failed(NoAnswer noAnswer) {
        return switch (noAnswer.kind()) {
            case UNREACHABLE ->
                    CallOutcome.Failed.passing("it cannot be reached: " + noAnswer.detail());
            case CERTIFICATE ->
                    CallOutcome.Failed.lastingHere(
                            "its certificate is refused, and nothing was sent: "
                                    + noAnswer.detail());
            case NOT_HTTP, MISTAKE ->
                    CallOutcome.Failed.lastingHere(
                            "what answers is not understood: " + noAnswer.detail());
        };
    }
}
