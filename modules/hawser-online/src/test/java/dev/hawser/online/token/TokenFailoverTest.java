package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.online.http.LargestWaits;
import dev.hawser.online.http.RawServer;
import dev.hawser.online.http.TestCertificate;
import dev.hawser.online.http.TestService;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several endpoints of one service, in a time that passes when the test says so.
class TokenFailoverTest extends TokenClientFixture {
    private static final long MILLIS = 1_000_000;
    private static final long SECONDS = 1_000 * MILLIS;

    private final ManualTimer timer = new ManualTimer();
    private final TestService good = service((_, exchange) -> new Granted().send(exchange));

    /// Asks them in this order.
    private TokenClient.Builder builder(URI... endpoints) {
        return TokenClient.builder()
                .endpoints(endpoints)
                .credentials(() -> CREDENTIAL)
                .timer(timer)
                .random(new LargestWaits())
                .logger(log);
    }

    private CompletableFuture<FetchedToken> start(TokenClient client) {
        CompletableFuture<FetchedToken> fetch = client.fetch();
        assertThat(timer.next().delayNanos()).isEqualTo(30 * SECONDS);
        return fetch;
    }

    private CompletableFuture<FetchedToken> start(URI... endpoints) {
        return start(open(builder(endpoints).build()));
    }

    /// Of the time that an attempt may take.
    private ManualTimer.Task limit() {
        ManualTimer.Task limit = timer.next();
        assertThat(limit.delayNanos()).isEqualTo(10 * SECONDS);
        return limit;
    }

    private TestService refusing(int status, String... headers) {
        return service((_, exchange) -> TestService.refuse(exchange, status, "No", "no", headers));
    }

    // ---- What is tried elsewhere

    @Test
    void whereNobodyListensTheNextIsAskedAtOnce() {
        URI nobody = RawServer.nobody();
        await(start(nobody, good.endpoint()));
        limit();
        limit();
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING " + nobody + ": ")
                .contains("nothing listens there");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void whatIsOutOfOrderIsLeftForTheNextAtOnce(int status) {
        TestService bad = refusing(status, "Retry-After", "3600");
        await(start(bad.endpoint(), good.endpoint()));
        assertThat(bad.received()).isEqualTo(1);
        assertThat(good.received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422})
    void whatIsDecidedIsDecided(int status) {
        TestService strict = refusing(status);
        failure(TokenFetchFailure.class, start(strict.endpoint(), good.endpoint()));
        assertThat(strict.received()).isEqualTo(1);
        assertThat(good.received()).isZero();
        assertThat(log.lines).isEmpty();
    }

    @Test
    void whoAsksTooOftenAsksNobodyElse() {
        TestService busy = refusing(429, "Retry-After", "7");
        var _ = start(busy.endpoint(), good.endpoint());
        limit();
        assertThat(timer.next().delayNanos()).isEqualTo(7 * SECONDS + 250 * MILLIS);
        assertThat(good.received()).isZero();
    }

    @Test
    void aSilentOneIsLeftWhenItsTimeIsOver() throws Exception {
        try (RawServer silent = new RawServer("")) {
            CompletableFuture<FetchedToken> fetch = start(silent.endpoint(), good.endpoint());
            timer.run(limit());
            await(fetch);
        }
    }

    @Test
    void silentOnesLeaveTimeForTheOthers() throws Exception {
        try (RawServer first = new RawServer("");
                RawServer second = new RawServer("");
                RawServer third = new RawServer("")) {
            CompletableFuture<FetchedToken> fetch =
                    start(first.endpoint(), second.endpoint(), third.endpoint(), good.endpoint());
            for (int i = 0; i < 3; i++) {
                ManualTimer.Task limit = timer.next();
                assertThat(limit.delayNanos()).isEqualTo(7_500 * MILLIS);
                timer.run(limit);
            }
            await(fetch);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n[",
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
                "HTTP/1.1 101 Switching\r\n\r\n"
            })
    void garbageIsLeftForTheNext(String garbage) throws Exception {
        try (RawServer raw = new RawServer(garbage)) {
            await(start(raw.endpoint(), good.endpoint()));
        }
    }

    @Test
    void aRedirectIsNotFollowedAndTheNextIsAsked() {
        TestService other = service((_, exchange) -> new Granted().send(exchange));
        TestService redirecting =
                service((_, exchange) ->
                        TestService.answer(
                                exchange,
                                307,
                                "text/plain",
                                "",
                                "Location",
                                other.endpoint() + "/v1/connect-token"));
        await(start(redirecting.endpoint(), good.endpoint()));
        assertThat(other.received()).isZero();
        assertThat(good.received()).isEqualTo(1);
    }

    @Test
    void whoShowsAWrongCertificateGetsNothingAndTheNextIsAsked() {
        TestCertificate authority = TestCertificate.authority();
        TestService impostor =
                open(
                        TestService.https(
                                TestCertificate.selfSigned(),
                                (_, exchange) -> new Granted().send(exchange)));
        TestService trusted =
                open(
                        TestService.https(
                                authority.sign(), (_, exchange) -> new Granted().send(exchange)));
        TokenClient client =
                open(
                        builder(impostor.endpoint(), trusted.endpoint())
                                .trustStore(authority.trustStore())
                                .build());
        await(start(client));
        await(client.fetch());
        assertThat(impostor.received()).isZero();
        assertThat(trusted.received()).isEqualTo(2);
        assertThat(log.lines)
                .singleElement()
                .asString()
                .contains(impostor.endpoint().toString())
                .contains("no authority that is trusted here");
    }

    @Test
    void whatIsWrongEverywhereEndsTheFetch() {
        TestService one = refusing(500);
        TestService other = refusing(500);
        var failure =
                failure(
                        TokenFetchFailure.ServiceFailed.class,
                        start(one.endpoint(), other.endpoint()));
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(one.received()).isEqualTo(1);
    }

    // ---- Again

    @Test
    void eachIsAskedAgainWhenItsOwnWaitIsOver() {
        TestService slow = refusing(503, "Retry-After", "7");
        TestService quick = refusing(503, "Retry-After", "3");
        var _ = start(slow.endpoint(), quick.endpoint());
        limit();
        limit();
        ManualTimer.Task first = timer.next();
        assertThat(first.delayNanos()).isEqualTo(3 * SECONDS + 250 * MILLIS);
        timer.run(first);
        limit();
        // The quick one was asked at 3.25 and waits until 6.75; the slow one waits until 7.25.
        ManualTimer.Task second = timer.next();
        assertThat(second.delayNanos()).isEqualTo(3 * SECONDS + 500 * MILLIS);
        assertThat(slow.received()).isEqualTo(1);
        assertThat(quick.received()).isEqualTo(2);
    }

    @Test
    void eachIsAskedAsOftenAsAttemptsMaxSays() {
        TestService one = refusing(503);
        TestService other = refusing(503);
        CompletableFuture<FetchedToken> fetch =
                start(open(builder(one.endpoint(), other.endpoint()).attemptsMax(2).build()));
        limit();
        limit();
        timer.run(timer.next());
        limit();
        limit();
        failure(TokenFetchFailure.NoServer.class, fetch);
        assertThat(one.received()).isEqualTo(2);
        assertThat(other.received()).isEqualTo(2);
        // A full fleet is nothing that somebody has to look after.
        assertThat(log.lines).isEmpty();
    }

    @Test
    void theOneThatWorkedLastIsAskedFirstAndTheOtherIsFoundAgain() {
        AtomicReference<TestService.Answers> ofOne = new AtomicReference<>();
        AtomicReference<TestService.Answers> ofOther = new AtomicReference<>();
        TestService.Answers works = (_, exchange) -> new Granted().send(exchange);
        TestService.Answers fails = (_, exchange) -> TestService.refuse(exchange, 502, "No", "no");
        TestService one = service((request, exchange) -> ofOne.get().answer(request, exchange));
        TestService other = service((request, exchange) -> ofOther.get().answer(request, exchange));
        TokenClient client = open(builder(one.endpoint(), other.endpoint()).build());

        ofOne.set(fails);
        ofOther.set(works);
        await(client.fetch());
        await(client.fetch());
        assertThat(one.received()).isEqualTo(1);
        assertThat(other.received()).isEqualTo(2);

        ofOne.set(works);
        ofOther.set(fails);
        await(client.fetch());
        await(client.fetch());
        assertThat(one.received()).isEqualTo(3);
        assertThat(other.received()).isEqualTo(3);
    }

    @Test
    void oneThatFailedComesLastForAWhile() {
        TestService dead = refusing(502);
        AtomicReference<TestService.Answers> ofSecond =
                new AtomicReference<>((_, exchange) -> new Granted().send(exchange));
        TestService second =
                service((request, exchange) -> ofSecond.get().answer(request, exchange));
        TokenClient client =
                open(builder(dead.endpoint(), second.endpoint(), good.endpoint()).build());
        await(client.fetch());
        ofSecond.set((_, exchange) -> TestService.refuse(exchange, 502, "No", "no"));
        await(client.fetch());
        assertThat(dead.received()).isEqualTo(1);
        assertThat(second.received()).isEqualTo(2);
        assertThat(good.received()).isEqualTo(1);
    }

    @Test
    void clientsBeginAtDifferentOnes() {
        TestService other = service((_, exchange) -> new Granted().send(exchange));
        for (int i = 0; i < 64; i++) {
            try (TokenClient client =
                    TokenClient.builder()
                            .endpoints(good.endpoint(), other.endpoint())
                            .credentials(() -> CREDENTIAL)
                            .build()) {
                await(client.fetch());
            }
        }
        // Two to the power of 63 to one.
        assertThat(good.received()).isBetween(1, 63);
        assertThat(other.received()).isEqualTo(64 - good.received());
    }

    @Test
    void theEndOfAFetchNamesTheOneThatWasAskedLast() {
        CountDownLatch never = new CountDownLatch(1);
        TestService silent = service((_, _) -> TestService.hold(never));
        URI nobody = RawServer.nobody();
        CompletableFuture<FetchedToken> fetch =
                open(builder(nobody, silent.endpoint()).build()).fetch();
        ManualTimer.Task overall = timer.next();
        silent.next();
        timer.run(overall);
        var failure = failure(TokenFetchFailure.TimedOut.class, fetch);
        assertThat(failure.endpoint()).isEqualTo(silent.endpoint());
        assertThat(failure.attempts()).isEqualTo(2);
        never.countDown();
    }

    // ---- Settings

    @Test
    void oneToSixteenAreNamedOnceEach() {
        URI[] sixteen = endpoints(16);
        assertThat(TokenClient.builder().endpoints(sixteen)).isNotNull();
        for (URI[] wrong : new URI[][] {{}, endpoints(17)}) {
            assertThatThrownBy(() -> TokenClient.builder().endpoints(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.length + " endpoints are not 1 to 16");
        }
        URI[] twice =
                Stream.concat(Arrays.stream(endpoints(2)), Arrays.stream(endpoints(1)))
                        .toArray(URI[]::new);
        assertThatThrownBy(() -> TokenClient.builder().endpoints(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is there twice");
        assertThatThrownBy(() ->
                        TokenClient.builder()
                                .endpoints(URI.create("https://a"), URI.create("http://b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain http");
    }

    private static URI[] endpoints(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> URI.create("https://play-" + i + ".example.org"))
                .toArray(URI[]::new);
    }
}
