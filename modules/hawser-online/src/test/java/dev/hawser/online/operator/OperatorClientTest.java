package dev.hawser.online.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hawser.TestLog;
import dev.hawser.online.http.LargestWaits;
import dev.hawser.online.http.TestCertificate;
import dev.hawser.online.http.TestService;
import dev.hawser.online.operator.OperatorException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is asked, and what becomes of each answer; with a real service it is tried where the
/// command is.
class OperatorClientTest {
    private static final String CREDENTIAL = "a-credential-of-the-operator-of-40-chars";
    private static final String PRESENCE =
            """
            {"clientId": "7", "serverId": "a", "startId": "s", "connectionId": "c", "since": 5,
             "mood": ["a later version says more"]}\
            """;

    private final TestLog log = new TestLog();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private TestService service(TestService.Answers answers) {
        TestService service = TestService.http(answers);
        open.add(service);
        return service;
    }

    private TestService saying(String json) {
        return service(
                (_, exchange) -> TestService.answer(exchange, 200, "application/json", json));
    }

    private TestService refusing(int status, String problem) {
        return service((_, exchange) ->
                TestService.answer(
                        exchange,
                        status,
                        "application/problem+json",
                        "{\"type\": \"https://hawser.dev/problems/"
                                + problem
                                + "\", \"detail\": \"said so\"}",
                        "Retry-After",
                        "9"));
    }

    private OperatorClient.Builder builder(URI... endpoints) {
        return OperatorClient.builder()
                .endpoints(endpoints)
                .credentials(() -> CREDENTIAL)
                .connectTimeout(Duration.ofMinutes(1))
                .requestTimeout(Duration.ofMinutes(1))
                .random(new LargestWaits())
                .logger(log);
    }

    private OperatorClient client(TestService service) {
        return opened(builder(service.endpoint()));
    }

    private OperatorClient opened(OperatorClient.Builder builder) {
        OperatorClient client = builder.build();
        open.add(client);
        return client;
    }

    private static OperatorException failure(ThrowingCallable asking) {
        OperatorException failure = catchThrowableOfType(OperatorException.class, asking);
        assertThat(failure).isNotNull();
        assertThat(failure.getMessage()).doesNotContain(CREDENTIAL);
        return failure;
    }

    private static void assertAsked(TestService service, String method, String path, String body) {
        TestService.Request request = service.next();
        assertThat(request.method()).isEqualTo(method);
        assertThat(request.path()).isEqualTo("/v1/fleet/" + path);
        assertThat(request.body()).isEqualTo(body);
        assertThat(request.authorization()).contains("Bearer " + CREDENTIAL);
    }

    // ---- What is asked

    @Test
    void aPlayerIsAskedForByItsUnsignedId() throws IOException {
        TestService service = saying(PRESENCE);

        assertThat(client(service).where(-1)).contains(new PlayerPresence(7, "a", "s", "c", 5));
        assertAsked(service, "GET", "players/18446744073709551615", "");
        assertThat(client(service).kick(7, "mind \"it\"")).isPresent();
        assertAsked(service, "POST", "players/7/kick", "{\"text\":\"mind \\\"it\\\"\"}");
    }

    @Test
    void aBanIsForATimeOrForEver() throws IOException {
        TestService timed =
                saying(
                        "{\"clientId\": \"7\", \"until\": 9, \"why\": \"w\", \"present\": "
                                + PRESENCE
                                + "}");
        BannedPlayer banned = client(timed).ban(7, Duration.ofHours(2), "w");
        assertThat(banned.ban()).isEqualTo(new PlayerBan(7, 9, "w"));
        assertThat(banned.ban().isForEver()).isFalse();
        assertThat(banned.presence()).contains(new PlayerPresence(7, "a", "s", "c", 5));
        assertAsked(timed, "PUT", "bans/7", "{\"forSeconds\":7200,\"why\":\"w\"}");

        TestService forEver = saying("{\"clientId\": \"7\", \"why\": \"\"}");
        assertThat(client(forEver).banForEver(7, "").ban().isForEver()).isTrue();
        assertAsked(forEver, "PUT", "bans/7", "{\"why\":\"\"}");
    }

    @Test
    void aDrainSaysWhichStartLeaves() throws IOException {
        TestService service = saying("{\"serverId\": \"a\", \"startId\": \"s\"}");

        assertThat(client(service).drain("a", Duration.ofMinutes(10), "text"))
                .contains(new DrainedServer("a", "s"));
        assertAsked(
                service, "POST", "servers/a/drain", "{\"withinSeconds\":600,\"text\":\"text\"}");
    }

    @Test
    void whatCannotBeIsNotAsked() {
        TestService service = saying("{}");
        OperatorClient client = client(service);
        for (String name : List.of("", ".", "..", "a/b", "a?", "a b", "ä", "x".repeat(65))) {
            assertThatIllegalArgumentException().isThrownBy(() -> client.players(name, ""));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.drain("a", Duration.ofSeconds(86_401), ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.drain("a", Duration.ofSeconds(-1), ""));
        assertThatIllegalArgumentException().isThrownBy(() -> client.kick(7, "x".repeat(125)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.ban(7, Duration.ofMillis(999), ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.banForEver(7, "x".repeat(125)));
        assertThatIllegalArgumentException().isThrownBy(() -> client.clientId("", "a"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.clientId("a", "x".repeat(1025)));
        assertThat(service.received()).isZero();
    }

    // ---- What becomes of answers

    @ParameterizedTest
    @CsvSource({
        "401, not-authenticated, CREDENTIAL, false",
        "403, not-allowed, CREDENTIAL, false",
        "404, not-found, NO_OPERATORS, false",
        "400, invalid-request, REFUSED, false",
        "429, too-many-requests, TOO_MANY_REQUESTS, false",
        "500, internal, UNAVAILABLE, true",
        "503, unavailable, UNAVAILABLE, true",
        "302, moved, NOT_THE_SERVICE, false",
    })
    void aFailureHasAReason(int status, String problem, Reason reason, boolean isDoneUnknown) {
        TestService service = refusing(status, problem);

        OperatorException change = failure(() -> client(service).kick(7, ""));
        assertThat(change.reason()).isEqualTo(reason);
        assertThat(change.isDoneUnknown()).isEqualTo(isDoneUnknown);
        assertThat(change.retryAfterSeconds()).isEqualTo(status == 429 || status >= 500 ? 9 : 0);
        assertThat(change).hasMessageContaining(service.endpoint().toString());
        OperatorException look = failure(() -> client(service).where(7));
        assertThat(look.reason()).isEqualTo(reason);
        assertThat(look.isDoneUnknown()).isFalse();
    }

    @Test
    void whatNobodyKnowsIsNoFailure() throws IOException {
        assertThat(client(refusing(404, "not-present")).where(7)).isEmpty();
        assertThat(client(refusing(404, "not-present")).kick(7, "")).isEmpty();
        assertThat(client(refusing(404, "unknown-server")).drain("a", Duration.ZERO, "")).isEmpty();
        assertThat(client(refusing(404, "not-banned")).unban(7)).isFalse();
    }

    @Test
    void aChangeThatMayHaveBeenMadeIsAskedForAtTheNext() throws IOException {
        TestService broken = refusing(503, "unavailable");
        TestService next = refusing(404, "not-banned");

        OperatorClient client = opened(builder(broken.endpoint(), next.endpoint()));

        assertThat(client.unban(7)).isTrue();
        assertThat(broken.received()).isEqualTo(1);
        assertThat(next.received()).isEqualTo(1);
        assertThat(log.lines).hasSize(1);
        // The one that worked is asked first from now on.
        assertThat(client.unban(7)).isFalse();
        assertThat(broken.received()).isEqualTo(1);
    }

    @Test
    void whatOneHasDecidedNoOtherIsAskedFor() {
        TestService deciding = refusing(401, "not-authenticated");
        TestService other = saying(PRESENCE);

        assertThat(failure(() -> opened(builder(deciding.endpoint(), other.endpoint())).where(7)))
                .returns(Reason.CREDENTIAL, OperatorException::reason);
        assertThat(other.received()).isZero();
    }

    @Test
    void aSilentServiceEndsTheQuestion() {
        CountDownLatch never = new CountDownLatch(1);
        open.add(never::countDown);
        TestService silent = service((_, _) -> TestService.hold(never));

        OperatorException failure =
                failure(() ->
                        opened(builder(silent.endpoint()).requestTimeout(Duration.ofMillis(50)))
                                .kick(7, ""));
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure.isDoneUnknown()).isTrue();
        assertThat(failure).hasMessageContaining("no complete answer within 50 ms");
    }

    @Test
    void anInterruptEndsTheQuestion() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        open.add(never::countDown);
        TestService silent = service((_, _) -> TestService.hold(never));
        OperatorClient client = client(silent);
        boolean[] isInterrupted = {false};

        Thread asking =
                Thread.ofVirtual()
                        .start(() -> {
                            failure(() -> client.where(7));
                            isInterrupted[0] = Thread.currentThread().isInterrupted();
                        });
        silent.next();
        asking.interrupt();
        asking.join();
        assertThat(isInterrupted[0]).isTrue();
    }

    @Test
    void nothingIsSentWithoutACredentialOrToAWrongCertificate() {
        TestService service =
                TestService.https(
                        TestCertificate.selfSigned(),
                        (_, exchange) ->
                                TestService.answer(exchange, 200, "application/json", PRESENCE));
        open.add(service);

        assertThat(failure(() -> client(service).where(7)))
                .returns(Reason.NOT_THE_SERVICE, OperatorException::reason)
                .hasMessageContaining("nothing was sent");
        assertThat(
                        failure(() ->
                                opened(
                                                builder(service.endpoint())
                                                        .credentials(() -> {
                                                            throw new IOException("secret");
                                                        }))
                                        .where(7)))
                .returns(Reason.CREDENTIAL, OperatorException::reason)
                .hasMessageNotContaining("secret");
        assertThat(
                        failure(() ->
                                opened(builder(service.endpoint()).credentials(() -> "two words"))
                                        .where(7)))
                .returns(Reason.CREDENTIAL, OperatorException::reason);
        assertThat(service.received()).isZero();
    }

    @Test
    void itNeedsEndpointAndCredentials() {
        assertThatThrownBy(() -> OperatorClient.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the operator's client has no endpoint");
    }
}
