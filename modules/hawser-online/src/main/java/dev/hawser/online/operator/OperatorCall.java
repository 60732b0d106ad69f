package dev.hawser.online.operator;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Failover;
import dev.hawser.online.http.Https;
import dev.hawser.online.http.NoAnswer;
import dev.hawser.online.operator.OperatorException.Reason;
import dev.hawser.time.SystemClock;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One question to the service: each endpoint is asked once, until one has decided.
///
/// A change that nobody knows to be made is asked for again at the next endpoint, since with the
/// same words it is made once.
final class OperatorCall {
    private static final Set<String> NOBODY_KNOWS =
            Set.of("unknown-server", "not-present", "not-banned");

    private final OperatorSettings settings;
    private final HttpClient http;
    private final Failover.Attempts tried;
    private final String method;
    private final String path;
    private final String body;
    private final List<String> failures = new ArrayList<>();
    private Reason reason = Reason.UNAVAILABLE;
    private long retryAfterSeconds;
    private boolean isDecided;
    private boolean isDoneUnknown;

    /// @param path behind `/v1/fleet/`
    /// @param body empty for none
    OperatorCall(
            OperatorSettings settings,
            HttpClient http,
            Failover failover,
            String method,
            String path,
            String body) {
        this.settings = settings;
        this.http = http;
        this.method = method;
        this.path = path;
        this.body = body;
        tried = failover.attempts(1);
    }

    /// Asks, and waits for what is decided.
    ///
    /// @return what was read; empty where nobody knows what the path names
    <T> Optional<T> run(OperatorAnswers.Reader<T> reader) throws OperatorException {
        String credential = credential();
        Failover.@Nullable Next next = next();
        while (next != null) {
            URI endpoint = next.endpoint();
            tried.begin(endpoint);
            Answer answer = exchange(endpoint, credential);
            if (answer != null) {
                Optional<T> decided = take(endpoint, credential, answer, reader);
                if (isDecided) {
                    return decided;
                }
            }
            next = next();
        }
        String what =
                failures.size() == 1
                        ? "the token service at " + failures.getFirst()
                        : "no endpoint of the token service did it: " + String.join("; ", failures);
        throw failed(reason, what + doubt());
    }

    /// {@return whether an endpoint that did not say so may have made the change}
    boolean isDoneUnknown() {
        return isDoneUnknown;
    }

    private Failover.@Nullable Next next() {
        return tried.next(System.nanoTime());
    }

    private String credential() throws OperatorException {
        String credential;
        try {
            credential = settings.credentials().credential();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw failed(
                    Reason.CREDENTIAL,
                    "there is no credential to show: its supplier failed with "
                            + e.getClass().getName());
        }
        String problem = Https.problemOf(credential);
        if (!problem.isEmpty()) {
            throw failed(Reason.CREDENTIAL, "there is no credential to show: " + problem);
        }
        return credential;
    }

    // ---- One endpoint

    private @Nullable Answer exchange(URI endpoint, String credential) throws OperatorException {
        HttpRequest request =
                Https.request(Endpoints.resource(endpoint, "fleet/" + path), credential)
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
        CompletableFuture<HttpResponse<Answer>> exchange =
                http.sendAsync(request, Answer.largeHandler());
        try {
            // The JDK's own timeout of a request ends with the headers; this one covers the body.
            return exchange.get(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS).body();
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            isDoneUnknown |= isChange();
            throw failed(Reason.UNAVAILABLE, "waiting for the token service was interrupted");
        } catch (TimeoutException e) {
            exchange.cancel(true);
            noAnswer(endpoint, credential, new HttpTimeoutException("no answer in time"));
        } catch (ExecutionException e) {
            noAnswer(endpoint, credential, e.getCause() == null ? e : e.getCause());
        }
        return null;
    }

    private void noAnswer(URI endpoint, String credential, Throwable thrown) {
        NoAnswer noAnswer =
                NoAnswer.of(
                        thrown,
                        new NoAnswer.Attempt(
                                endpoint,
                                settings.connectTimeout(),
                                settings.requestTimeout(),
                                credential));
        switch (noAnswer.kind()) {
            case UNREACHABLE -> {
                boolean isSent =
                        !(thrown instanceof ConnectException
                                || thrown instanceof HttpConnectTimeoutException);
                isDoneUnknown |= isSent && isChange();
                failHere(
                        endpoint,
                        Reason.UNAVAILABLE,
                        " cannot be reached: " + noAnswer.detail(),
                        "it cannot be reached: " + noAnswer.detail());
            }
            case CERTIFICATE ->
                    failHere(
                            endpoint,
                            Reason.NOT_THE_SERVICE,
                            " shows a certificate that is refused, and nothing was sent: "
                                    + noAnswer.detail(),
                            "its certificate is refused: " + noAnswer.detail());
            case NOT_HTTP, MISTAKE ->
                    failHere(
                            endpoint,
                            Reason.NOT_THE_SERVICE,
                            " is not understood: " + noAnswer.detail(),
                            "it is not understood: " + noAnswer.detail());
        }
    }

    /// {@return what was read; empty where nobody knows what was asked for, and where nothing is
    /// decided, since another endpoint may do better}
    private <T> Optional<T> take(
            URI endpoint, String credential, Answer answer, OperatorAnswers.Reader<T> reader)
            throws OperatorException {
        String at = "the token service at " + endpoint;
        String saying = saying(answer, credential);
        int status = answer.status();
        switch (status) {
            case 200, 204 -> {
                try {
                    if (status == 200) {
                        answer.read(reader);
                    }
                    T value = reader.value();
                    decide(endpoint);
                    return Optional.of(value);
                } catch (BadAnswerException e) {
                    isDoneUnknown |= isChange();
                    notTheService(endpoint, e.detail());
                    return Optional.empty();
                }
            }
            case 401, 403 ->
                    throw failed(
                            Reason.CREDENTIAL,
                            at
                                    + " does not accept the credential "
                                    + saying
                                    + ": show one of those that it has for operators, and no game"
                                    + " server's");
            case 404 -> {
                if (NOBODY_KNOWS.contains(answer.problem())) {
                    decide(endpoint);
                    return Optional.empty();
                }
                // While services are renewed, the others may be newer.
                failHere(
                        endpoint,
                        Reason.NO_OPERATORS,
                        " has nothing for operators "
                                + saying
                                + ": give it a credential for them with operatorCredentials(…), or"
                                + " renew it if it is older than that",
                        "it has nothing for operators.");
                return Optional.empty();
            }
            case 429 -> {
                retryAfterSeconds = retryAfter(answer);
                throw failed(
                        Reason.TOO_MANY_REQUESTS,
                        at + " has too many requests from here " + saying + again());
            }
            default -> {
                if (status >= 500 || status == 408) {
                    retryAfterSeconds = Math.max(retryAfterSeconds, retryAfter(answer));
                    isDoneUnknown |= isChange();
                    failHere(
                            endpoint,
                            Reason.UNAVAILABLE,
                            " is out of order or busy " + saying + again(),
                            "it is out of order or busy.");
                } else if (status >= 400) {
                    throw failed(Reason.REFUSED, at + " refuses this " + saying);
                } else {
                    notTheService(
                            endpoint,
                            "its status is " + status + ", and redirects are not followed");
                }
                return Optional.empty();
            }
        }
    }

    private void decide(URI endpoint) {
        isDecided = true;
        tried.succeed(endpoint);
    }

    private void notTheService(URI endpoint, String problem) {
        String words = " is no token service, or one of another version: " + problem;
        failHere(endpoint, Reason.NOT_THE_SERVICE, words, "what answers" + words);
    }

    private void failHere(URI endpoint, Reason why, String words, String logged) {
        // What may pass says most about a service that has several endpoints.
        reason = failures.isEmpty() || why == Reason.UNAVAILABLE ? why : reason;
        failures.add(endpoint + words);
        tried.giveUp(endpoint, System.nanoTime(), logged);
    }

    private static String saying(Answer answer, String credential) {
        String said = answer.said(credential);
        return "(" + answer.status() + (said.isEmpty() ? "" : ", saying \"" + said + "\"") + ")";
    }

    private static long retryAfter(Answer answer) {
        return answer.retryAfterSeconds(SystemClock.WALL_CLOCK.unixSeconds());
    }

    private String again() {
        return retryAfterSeconds > 0
                ? ": try again in " + retryAfterSeconds + " s"
                : ": try again later";
    }

    private boolean isChange() {
        return !method.equals("GET");
    }

    private String doubt() {
        return isDoneUnknown
                ? "; whether it was done is not known: ask again with the same words, which does it"
                        + " once"
                : "";
    }

    private OperatorException failed(Reason why, String message) {
        return new OperatorException(why, message, retryAfterSeconds, isDoneUnknown);
    }
}
