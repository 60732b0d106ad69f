package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.online.http.LargestWaits;
import dev.hawser.online.http.TestService;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Timeouts, and waits between attempts, in a time that passes when the test says so.
class TokenRetriesTest extends TokenClientFixture {
    private static final long MILLIS = 1_000_000;
    private static final long SECONDS = 1_000 * MILLIS;

    private final ManualTimer timer = new ManualTimer();

    /// {@return the fetch, and its overall limit has been scheduled}
    private CompletableFuture<FetchedToken> start(TokenClient.Builder builder) {
        CompletableFuture<FetchedToken> fetch =
                open(builder.timer(timer).random(new LargestWaits()).build()).fetch();
        assertThat(timer.next().delayNanos()).isEqualTo(30 * SECONDS);
        return fetch;
    }

    /// Of the time that an attempt may take.
    private ManualTimer.Task limit() {
        ManualTimer.Task limit = timer.next();
        assertThat(limit.delayNanos()).isEqualTo(10 * SECONDS);
        return limit;
    }

    private static TestService.Answers busy(String... headers) {
        return (_, exchange) -> TestService.refuse(exchange, 503, "Full", "come back", headers);
    }

    // ---- Attempts

    @Test
    void whatMayPassIsTriedAgainAfterWaitsThatGrow() {
        TestService service = service(busy());
        CompletableFuture<FetchedToken> fetch = start(builder(service).attemptsMax(7));
        List<Long> waitsMillis = new ArrayList<>();
        for (int attempt = 1; attempt < 7; attempt++) {
            limit();
            ManualTimer.Task wait = timer.next();
            waitsMillis.add(wait.delayNanos() / MILLIS);
            assertThat(service.received()).isEqualTo(attempt);
            timer.run(wait);
        }
        limit();
        assertThat(waitsMillis).containsExactly(250L, 500L, 1000L, 2000L, 4000L, 5000L);
        var failure = failure(TokenFetchFailure.NoServer.class, fetch);
        assertThat(failure.said()).isEqualTo("Full: come back");
        assertThat(failure.retryAfterSeconds()).isZero();
        assertThat(service.received()).isEqualTo(7);
    }

    @Test
    void theWaitsAreRandom() {
        TestService service = service(busy());
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ManualTimer own = new ManualTimer();
            var _ = open(builder(service).timer(own).build()).fetch();
            own.next();
            own.next();
            waits.add(own.next().delayNanos());
        }
        assertThat(waits).allMatch(wait -> wait >= 0 && wait <= 250 * MILLIS);
        assertThat(waits.stream().distinct().count()).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void aFetchSucceedsWhenTheTroubleHasPassed(int status) {
        AtomicInteger asked = new AtomicInteger();
        TestService service =
                service((_, exchange) -> {
                    if (asked.incrementAndGet() == 1) {
                        TestService.refuse(exchange, status, "Not yet", "soon");
                    } else {
                        new Granted().send(exchange);
                    }
                });
        CompletableFuture<FetchedToken> fetch = start(builder(service));
        limit();
        timer.run(timer.next());
        assertThat(await(fetch).clientId()).isEqualTo(Granted.CLIENT_ID);
        assertThat(service.received()).isEqualTo(2);
    }

    @Test
    void retriesShareTheCredential() {
        AtomicInteger asked = new AtomicInteger();
        TestService service = service(busy());
        CompletableFuture<FetchedToken> fetch =
                start(
                        builder(service)
                                .attemptsMax(2)
                                .credentials(() -> "login-" + asked.incrementAndGet()));
        limit();
        timer.run(timer.next());
        failure(TokenFetchFailure.NoServer.class, fetch);
        assertThat(service.next().authorization()).contains("Bearer login-1");
        assertThat(service.next().authorization()).contains("Bearer login-1");
    }

    @Test
    void oneAttemptIsWithoutRetries() {
        TestService service = service(busy());
        failure(TokenFetchFailure.NoServer.class, start(builder(service).attemptsMax(1)));
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void aServiceThatIsNotThereIsTriedAgainAndThenSaidToBeUnreachable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            port = socket.getLocalPort();
        }
        CompletableFuture<FetchedToken> fetch =
                start(builder(URI.create("http://localhost:" + port)).attemptsMax(2));
        limit();
        timer.run(timer.next());
        var failure = failure(TokenFetchFailure.Unreachable.class, fetch);
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.explanation()).contains("2 attempts").contains("nothing listens there");
    }

    // ---- Retry-After

    @Test
    void theServiceSaysHowLongToWaitAtLeast() {
        TestService service = service(busy("Retry-After", "7"));
        var _ = start(builder(service));
        limit();
        // And the random part on top: everybody has been told the same.
        assertThat(timer.next().delayNanos()).isEqualTo(7 * SECONDS + 250 * MILLIS);
    }

    @Test
    void aDateIsAWaitTooWhateverTheClockHereSays() {
        DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
        String inSixSeconds = format.format(Instant.now().plusSeconds(6).atOffset(ZoneOffset.UTC));
        TestService service = service(busy("Retry-After", inSixSeconds));
        var _ = start(builder(service).wallClock(() -> 1_000_000));
        limit();
        assertThat(timer.next().delayNanos())
                .isBetween(SECONDS + 250 * MILLIS, 6 * SECONDS + 250 * MILLIS);
    }

    @Test
    void aWaitBeyondTheLimitEndsTheFetchAndIsTold() {
        TestService service =
                service((_, exchange) ->
                        TestService.refuse(
                                exchange, 429, "Too often", "slow down", "Retry-After", "11"));
        CompletableFuture<FetchedToken> fetch = start(builder(service));
        limit();
        var failure = failure(TokenFetchFailure.TooManyRequests.class, fetch);
        assertThat(failure.retryAfterSeconds()).isEqualTo(11);
        assertThat(failure.explanation()).contains("in 11 s").contains("Too often: slow down");
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void aWaitOfTheLimitIsWaitedFor() {
        TestService service = service(busy("Retry-After", "10"));
        var _ = start(builder(service));
        limit();
        assertThat(timer.next().delayNanos()).isEqualTo(10 * SECONDS + 250 * MILLIS);
    }

    @Test
    void noWaitGoesBeyondTheTimeOfTheFetch() {
        TestService service = service(busy("Retry-After", "30"));
        CompletableFuture<FetchedToken> fetch =
                start(builder(service).retryAfterMax(Duration.ofMinutes(1)));
        limit();
        assertThat(failure(TokenFetchFailure.NoServer.class, fetch).retryAfterSeconds())
                .isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "soon", "1.5", "99999999999999999999"})
    void aWaitThatCannotBeReadIsNone(String retryAfter) {
        TestService service = service(busy("Retry-After", retryAfter));
        var _ = start(builder(service));
        limit();
        assertThat(timer.next().delayNanos()).isEqualTo(250 * MILLIS);
    }

    // ---- Timeouts

    @Test
    void anAttemptEndsWhenItsAnswerIsNotComplete() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch hasBegun = new CountDownLatch(1);
        TestService service =
                service((_, exchange) -> {
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    hasBegun.countDown();
                    TestService.hold(never);
                });
        CompletableFuture<FetchedToken> fetch = start(builder(service).attemptsMax(1));
        ManualTimer.Task limit = limit();
        awaitLatch(hasBegun);
        timer.run(limit);
        assertThat(failure(TokenFetchFailure.Unreachable.class, fetch).detail())
                .isEqualTo("no complete answer within 10000 ms");
        never.countDown();
    }

    @Test
    void anAttemptThatHasEndedIsNotEndedByItsLimit() {
        TestService service = service(busy());
        var _ = start(builder(service));
        ManualTimer.Task limit = limit();
        timer.next();
        assertThat(limit.isCancelled()).isTrue();
    }

    @Test
    void aConnectionThatDoesNotComeIsGivenUp() {
        // It accepts, and then says nothing to the handshake.
        ServerSocket socket = open(listen());
        var failure =
                failure(
                        TokenFetchFailure.Unreachable.class,
                        builder(URI.create("https://localhost:" + socket.getLocalPort()))
                                .connectTimeout(Duration.ofMillis(100))
                                .attemptsMax(1));
        assertThat(failure.detail()).isEqualTo("no connection within 100 ms");
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 1, InetAddress.getByName("localhost"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFetchEndsWhenItsTimeIsOver() {
        CountDownLatch never = new CountDownLatch(1);
        TestService service = service((_, _) -> TestService.hold(never));
        CompletableFuture<FetchedToken> fetch = open(builder(service).timer(timer).build()).fetch();
        ManualTimer.Task overall = timer.next();
        service.next();
        timer.run(overall);
        var failure = failure(TokenFetchFailure.TimedOut.class, fetch);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.explanation())
                .contains("within 30000 ms (1 attempt)")
                .contains("the answer to attempt 1");
        never.countDown();
    }

    @Test
    void aSupplierThatDoesNotReturnIsNamedWhenTheTimeIsOver() {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<FetchedToken> fetch =
                open(builder(URI.create("https://localhost:1"))
                                .timer(timer)
                                .credentials(() -> {
                                    never.await();
                                    return CREDENTIAL;
                                })
                                .build())
                        .fetch();
        timer.run(timer.next());
        var failure = failure(TokenFetchFailure.TimedOut.class, fetch);
        assertThat(failure.attempts()).isZero();
        assertThat(failure.explanation()).contains("the credential");
    }

    @Test
    void theTimersOfTheMachineDoTheSame() {
        TestService service = service(busy());
        var failure =
                failure(
                        TokenFetchFailure.NoServer.class,
                        builder(service)
                                .retryDelay(Duration.ofMillis(1), Duration.ofMillis(2))
                                .attemptsMax(3));
        assertThat(failure.explanation()).contains("no game server");
        assertThat(service.received()).isEqualTo(3);
    }

    @Test
    void theLimitOfTheMachinesTimeEndsAFetch() {
        CountDownLatch never = new CountDownLatch(1);
        TestService service = service((_, _) -> TestService.hold(never));
        failure(
                TokenFetchFailure.TimedOut.class,
                builder(service).overallTimeout(Duration.ofMillis(50)));
        never.countDown();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
