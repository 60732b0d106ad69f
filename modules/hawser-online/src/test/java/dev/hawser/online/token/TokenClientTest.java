package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.online.http.TestService;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenClientTest extends TokenClientFixture {
    @Test
    void aTokenIsAskedForWithTheCredentialAndNothingElse() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        FetchedToken fetched = fetch(builder(service));
        TestService.Request request = service.next();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/connect-token");
        assertThat(request.authorization()).contains("Bearer " + CREDENTIAL);
        assertThat(request.body()).isEqualTo("{\"statesReasons\":true,\"survivesMoves\":true}");
        assertThat(fetched.clientId()).isEqualTo(Granted.CLIENT_ID);
        assertThat(fetched.protocolId()).isEqualTo(Granted.PROTOCOL_ID);
        assertThat(fetched.servers()).containsExactly(NetAddress.parse("203.0.113.5:7777"));
        assertThat(fetched.webTransportCertificateHashes()).isEmpty();
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void regionAndProtocolAreAskedFor() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        fetch(builder(service).region("eu-west_1.b").protocolId(Granted.PROTOCOL_ID));
        assertThat(service.next().body())
                .isEqualTo(
                        "{\"statesReasons\":true,\"survivesMoves\":true,\"region\":\"eu-west_1.b\","
                                + "\"protocolId\":\"9223372036854775809\"}");
    }

    @Test
    void theConnectionToGoOnWithIsNamedByTheBytesOfItsTokensTag() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        TokenTag former = new TokenTag(0x0706_0504_0302_0100L, 0x0f0e_0d0c_0b0a_0908L);
        TokenClient client = open(builder(service).build());

        assertThat(await(client.fetch(former)).clientId()).isEqualTo(Granted.CLIENT_ID);

        assertThat(service.next().body())
                .isEqualTo(
                        "{\"statesReasons\":true,\"survivesMoves\":true,"
                                + "\"resumes\":\"000102030405060708090a0b0c0d0e0f\"}");
    }

    @Test
    void thePathOfTheEndpointIsKept() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        fetch(builder(URI.create(service.endpoint() + "/game/")));
        assertThat(service.next().path()).isEqualTo("/game/v1/connect-token");
    }

    @Test
    void certificateHashesForBrowsersAreHandedOver() {
        TestService service =
                service((_, exchange) ->
                        new Granted()
                                .with(
                                        "webTransportCertificateHashes",
                                        "[\"" + "AB".repeat(32) + "\"]")
                                .with("somethingNew", "{\"of\": [\"a later version\"]}")
                                .send(exchange));
        assertThat(fetch(builder(service)).webTransportCertificateHashes())
                .containsExactly("ab".repeat(32));
    }

    // ---- Credentials

    @Test
    void everyFetchAsksForTheCredentialAnew() {
        AtomicInteger asked = new AtomicInteger();
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        TokenClient client =
                open(
                        builder(service)
                                .credentials(() -> "login-" + asked.incrementAndGet())
                                .build());
        await(client.fetch());
        await(client.fetch());
        assertThat(service.next().authorization()).contains("Bearer login-1");
        assertThat(service.next().authorization()).contains("Bearer login-2");
    }

    @Test
    void aSupplierThatFailsIsNamedAndItsMessageIsNot() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        var failure =
                failure(
                        TokenFetchFailure.NoCredential.class,
                        builder(service)
                                .credentials(() -> {
                                    throw new IllegalStateException("refused: " + CREDENTIAL);
                                }));
        assertThat(failure.explanation()).contains("java.lang.IllegalStateException");
        assertThat(service.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\n", "umlaut-ü"})
    void aCredentialThatCannotBeSentIsNotSent(String credential) {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        failure(
                TokenFetchFailure.NoCredential.class,
                builder(service).credentials(() -> credential));
        assertThat(service.received()).isZero();
    }

    @Test
    void aCredentialOfTheLargestSizeIsSentAndOneCharacterMoreIsNot() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        fetch(builder(service).credentials(() -> "x".repeat(8192)));
        assertThat(
                        failure(
                                        TokenFetchFailure.NoCredential.class,
                                        builder(service).credentials(() -> "x".repeat(8193)))
                                .explanation())
                .contains("8193")
                .contains("8192");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aSupplierThatReturnsNothingIsSaidSo() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        failure(TokenFetchFailure.NoCredential.class, builder(service).credentials(() -> null));
    }

    // ---- The clocks

    @Test
    void aClockThatIsWrongIsMeasuredAndSaidOnce() {
        long now = Instant.now().getEpochSecond();
        TestService service =
                service((_, exchange) ->
                        new Granted().with("serverTime", String.valueOf(now - 90)).send(exchange));
        TokenClient client = open(builder(service).wallClock(() -> now).build());
        assertThat(await(client.fetch()).clockSkewSeconds()).isEqualTo(90);
        assertThat(await(client.fetch()).clockSkewSeconds()).isEqualTo(90);
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING")
                .contains("90 s ahead of");
    }

    @Test
    void aClockThatIsBehindIsSaidToBeBehind() {
        long now = Instant.now().getEpochSecond();
        TestService service =
                service((_, exchange) ->
                        new Granted().with("serverTime", String.valueOf(now + 30)).send(exchange));
        assertThat(fetch(builder(service).wallClock(() -> now)).clockSkewSeconds()).isEqualTo(-30);
        assertThat(log.lines).singleElement().asString().contains("30 s behind");
    }

    @Test
    void aSmallDifferenceOfTheClocksIsMeasuredAndNotSaid() {
        long now = Instant.now().getEpochSecond();
        TestService service =
                service((_, exchange) ->
                        new Granted().with("serverTime", String.valueOf(now + 29)).send(exchange));
        assertThat(fetch(builder(service).wallClock(() -> now)).clockSkewSeconds()).isEqualTo(-29);
        assertThat(log.lines).isEmpty();
    }

    @Test
    void timeOnTheWayIsNoDifferenceOfTheClocks() {
        long now = Instant.now().getEpochSecond();
        AtomicInteger looks = new AtomicInteger();
        TestService service =
                service((_, exchange) ->
                        new Granted().with("serverTime", String.valueOf(now + 40)).send(exchange));
        // Sent at `now`, received 60 s later: what lies between is right.
        FetchedToken fetched =
                fetch(builder(service).wallClock(() -> now + 60L * looks.getAndIncrement()));
        assertThat(fetched.clockSkewSeconds()).isZero();
    }

    /// Also where it steps between a request and its answer.
    @Test
    void aClockThatStepsIsBelievedOnceItHasHeldItsTime() {
        long now = 1_900_000_000;
        AtomicLong ahead = new AtomicLong();
        AtomicLong stepBy = new AtomicLong();
        AtomicLong elapsed = new AtomicLong();
        TestService service =
                service((_, exchange) -> {
                    ahead.addAndGet(stepBy.getAndSet(0));
                    new Granted()
                            .with("serverTime", String.valueOf(now + elapsed.get()))
                            .send(exchange);
                });
        WallClock corrected =
                SystemClock.corrected(
                        () -> Instant.ofEpochSecond(now + elapsed.get() + ahead.get()),
                        () -> TimeUnit.SECONDS.toNanos(elapsed.get()));
        TokenClient client = open(builder(service).wallClock(corrected).build());
        for (long wrongBy : new long[] {3600, -3600}) {
            log.lines.clear();
            stepBy.set(wrongBy);
            assertThat(await(client.fetch()).clockSkewSeconds()).isZero();
            elapsed.addAndGet(2);
            assertThat(await(client.fetch()).clockSkewSeconds()).isZero();
            assertThat(log.lines).isEmpty();
            elapsed.addAndGet(1);
            assertThat(await(client.fetch()).clockSkewSeconds()).isEqualTo(wrongBy);
            stepBy.set(-wrongBy);
            assertThat(await(client.fetch()).clockSkewSeconds()).isEqualTo(wrongBy);
            elapsed.addAndGet(3);
            assertThat(await(client.fetch()).clockSkewSeconds()).isZero();
        }
    }

    // ---- The end

    @Test
    void aFetchThatIsCancelledEndsAndItsConnectionToo() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        TestService service =
                service((_, exchange) -> {
                    TestService.hold(answer);
                    new Granted().send(exchange);
                });
        TokenClient client = open(builder(service).build());
        CompletableFuture<FetchedToken> fetch = client.fetch();
        service.next();
        assertThat(fetch.cancel(true)).isTrue();
        answer.countDown();
        assertThatThrownBy(fetch::join).isInstanceOf(CancellationException.class);
        assertThat(await(client.fetch()).clientId()).isEqualTo(Granted.CLIENT_ID);
    }

    @Test
    void cancellingInterruptsTheSupplier() throws Exception {
        CountDownLatch isAsked = new CountDownLatch(1);
        CountDownLatch isInterrupted = new CountDownLatch(1);
        CompletableFuture<FetchedToken> fetch =
                open(builder(URI.create("https://localhost:1"))
                                .credentials(() -> {
                                    isAsked.countDown();
                                    try {
                                        new CountDownLatch(1).await();
                                    } catch (InterruptedException e) {
                                        isInterrupted.countDown();
                                    }
                                    return CREDENTIAL;
                                })
                                .build())
                        .fetch();
        awaitLatch(isAsked);
        fetch.cancel(true);
        awaitLatch(isInterrupted);
    }

    @Test
    void closingEndsWhatIsUnderWayAndTakesNothingNew() {
        CountDownLatch never = new CountDownLatch(1);
        TestService service = service((_, _) -> TestService.hold(never));
        TokenClient client = open(builder(service).build());
        CompletableFuture<FetchedToken> fetch = client.fetch();
        service.next();
        client.close();
        failure(TokenFetchFailure.Closed.class, fetch);
        never.countDown();
        assertThatThrownBy(client::fetch)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        client.close();
    }

    @Test
    void anExecutorThatIsShutDownEndsTheFetch() {
        ExecutorService executor = Executors.newCachedThreadPool();
        executor.shutdown();
        failure(
                TokenFetchFailure.Closed.class,
                builder(URI.create("https://localhost:1")).executor(executor));
    }

    @Test
    void anExecutorOfTheApplicationIsUsedAndLeftAlone() {
        ExecutorService executor = Executors.newCachedThreadPool();
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        TokenClient client = builder(service).executor(executor).build();
        await(client.fetch());
        client.close();
        assertThat(executor.isShutdown()).isFalse();
        executor.shutdownNow();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- Secrets

    @Test
    void nothingThatIsPrintedHoldsTheCredentialOrTheToken() {
        Granted granted = new Granted();
        TestService service = service((_, exchange) -> granted.send(exchange));
        TokenClient client = open(builder(service).build());
        FetchedToken fetched = await(client.fetch());
        String token = granted.token().substring(1, 60);
        assertThat(client + " " + fetched + " " + log.lines)
                .contains(service.endpoint().toString())
                .doesNotContain(CREDENTIAL)
                .doesNotContain(token);
    }

    // ---- What is refused before anything is sent

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://play.example.org",
                "http://127.0.0.1.example.org",
                "http://10.0.0.1:80",
                "ftp://localhost",
                "https:/nowhere",
                "play.example.org",
                "https://play.example.org/?a=b",
                "https://play.example.org/#a",
                "https://play.example.org/v1/connect-token",
            })
    void anEndpointThatIsNoneOrNotSafeIsRefused(String endpoint) {
        assertThatThrownBy(() -> TokenClient.builder().endpoint(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(endpoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://me:hidden@play.example.org", "https://me:hidden@my_host"})
    void aPasswordInAnEndpointIsRefusedAndNotShown(String endpoint) {
        assertThatThrownBy(() -> TokenClient.builder().endpoint(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:1", "http://127.9.9.9:1", "http://[::1]:1"})
    void plainHttpIsForLoopback(String endpoint) {
        assertThat(TokenClient.builder().endpoint(URI.create(endpoint))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\"b", "ü"})
    void aRegionThatIsNoNameIsRefused(String region) {
        assertThatThrownBy(() -> TokenClient.builder().region(region))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region");
    }

    @Test
    void aRegionHas64CharactersAtMost() {
        assertThat(TokenClient.builder().region("r".repeat(64))).isNotNull();
        assertThatThrownBy(() -> TokenClient.builder().region("r".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timesAndCountsHaveLimits() {
        TokenClient.Builder builder = TokenClient.builder();
        for (Duration wrong :
                new Duration[] {
                    Duration.ZERO, Duration.ofMillis(-1), Duration.ofHours(1).plusNanos(1)
                }) {
            assertThatThrownBy(() -> builder.connectTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.requestTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.overallTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.retryAfterMax(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.retryDelay(wrong, Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(builder.attemptsMax(100).overallTimeout(Duration.ofHours(1))).isNotNull();
        assertThatThrownBy(() -> builder.attemptsMax(0)).hasMessageContaining("from 1 to 100");
        assertThatThrownBy(() -> builder.attemptsMax(101)).hasMessageContaining("from 1 to 100");
        assertThatThrownBy(() -> builder.retryDelay(Duration.ofSeconds(5), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT5S")
                .hasMessageContaining("PT1S");
    }

    @Test
    void withoutEndpointOrCredentialsThereIsNoClient() {
        assertThatThrownBy(() -> TokenClient.builder().credentials(() -> CREDENTIAL).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("endpoint(…)");
        assertThatThrownBy(() ->
                        TokenClient.builder().endpoint(URI.create("https://localhost")).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("credentials(…)");
    }
}
