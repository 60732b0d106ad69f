package dev.hawser.online.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.TestService;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever answers: it is understood, or it is said what is wrong with it.
class TokenAnswersTest extends TokenClientFixture {
    private static final String WEB =
            "{\"server\": \"203.0.113.5:7777\", \"later\": {\"a\": [1]},"
                    + " \"webTransport\": \"https://play.example.org:7778/hawser\"}";

    // ---- The web

    @Test
    void whereBrowsersReachAServerIsFoundByItsAddress() {
        TestService service =
                service((_, exchange) -> new Granted().with("web", "[" + WEB + "]").send(exchange));
        FetchedToken fetched = fetch(builder(service));
        NetAddress server = fetched.servers().getFirst();
        assertThat(fetched.webOf(server))
                .isEqualTo(WebUrls.parse("https://play.example.org:7778/hawser", null));
        assertThat(fetched.webOf(NetAddress.parse("192.0.2.1:1")).isEmpty()).isTrue();
    }

    @Test
    void aServerWithoutTheWebHasNoUrls() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        FetchedToken fetched = fetch(builder(service));
        assertThat(fetched.web()).isEmpty();
        assertThat(fetched.webOf(fetched.servers().getFirst())).isEqualTo(WebUrls.NONE);
    }

    // ---- Refusals

    @Test
    void aCredentialThatIsNotAcceptedIsSaidSo() {
        TestService service =
                service((_, exchange) ->
                        TestService.refuse(exchange, 401, "Not logged in", "the login is over"));
        var failure = failure(TokenFetchFailure.NotAuthenticated.class, builder(service));
        assertThat(failure.said()).isEqualTo("Not logged in: the login is over");
        assertThat(failure.explanation())
                .contains("does not accept the credential (401)")
                .contains("\"Not logged in: the login is over\"")
                .contains("log the player in");
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void aPlayerWhoMayNotPlayIsToldWhy() {
        TestService service =
                service((_, exchange) ->
                        TestService.refuse(exchange, 403, "Banned", "until Friday"));
        assertThat(failure(TokenFetchFailure.Forbidden.class, builder(service)).explanation())
                .contains("Banned: until Friday");
        assertThat(service.received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 408, 413, 415, 418, 422, 499})
    void aRequestThatIsRefusedIsNotRepeated(int status) {
        TestService service =
                service((_, exchange) ->
                        TestService.answer(
                                exchange,
                                status,
                                "application/problem+json; charset=utf-8",
                                "{\"title\": \"No\", \"field\": \"region\", \"status\": 1}"));
        var failure = failure(TokenFetchFailure.RequestRefused.class, builder(service));
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.said()).isEqualTo("No (field region)");
        assertThat(service.received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501, 505, 599})
    void aServiceThatIsOutOfOrderIsNotAskedAgain(int status) {
        TestService service =
                service((_, exchange) -> TestService.answer(exchange, status, "text/html", "oops"));
        var failure = failure(TokenFetchFailure.ServiceFailed.class, builder(service));
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.retryAfterSeconds()).isZero();
        assertThat(failure.said()).isEmpty();
        assertThat(service.received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502})
    void aServiceThatIsOutOfOrderMaySayWhenItWillNotBe(int status) {
        TestService service =
                service((_, exchange) ->
                        TestService.refuse(exchange, status, "no", "", "Retry-After", "300"));
        var failure = failure(TokenFetchFailure.ServiceFailed.class, builder(service));
        assertThat(failure.retryAfterSeconds()).isEqualTo(300);
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void whatASideSaysIsCleanedAndNeverRepeatsTheCredential() {
        TestService service =
                service((_, exchange) ->
                        TestService.answer(
                                exchange,
                                401,
                                "application/problem+json",
                                "{\"title\": \"red \\u001b[31m\\nline\\u202e\", \"detail\": \"not "
                                        + CREDENTIAL
                                        + "\"}"));
        assertThat(failure(TokenFetchFailure.NotAuthenticated.class, builder(service)).said())
                .isEqualTo("red [31m line");
    }

    @Test
    void whatASideSaysIsCutToItsLimits() {
        TestService service =
                service((_, exchange) ->
                        TestService.refuse(exchange, 403, "t".repeat(121), "d".repeat(301)));
        assertThat(failure(TokenFetchFailure.Forbidden.class, builder(service)).said())
                .isEqualTo("t".repeat(119) + "…: " + "d".repeat(299) + "…");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nothing", "[]", "{\"title\": ", "{\"title\": \"a\", \"title\": \"b\"}"})
    void aProblemThatCannotBeReadIsARefusalAllTheSame(String body) {
        TestService service =
                service((_, exchange) ->
                        TestService.answer(exchange, 403, "application/problem+json", body));
        assertThat(failure(TokenFetchFailure.Forbidden.class, builder(service)).said()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirectsAreNotFollowed(int status) {
        TestService other = service((_, exchange) -> new Granted().send(exchange));
        TestService service =
                service((_, exchange) ->
                        TestService.answer(
                                exchange,
                                status,
                                "text/plain",
                                "",
                                "Location",
                                other.endpoint() + "/v1/connect-token"));
        assertThat(
                        failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service))
                                .explanation())
                .contains("redirects (" + status + ")")
                .contains(other.endpoint().toString());
        assertThat(other.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204})
    void anotherSuccessIsNone(int status) {
        TestService service =
                service((_, exchange) -> TestService.answer(exchange, status, "text/plain", ""));
        assertThat(failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service)).detail())
                .contains(String.valueOf(status));
    }

    // ---- Answers that are none

    static Stream<List<Object>> wrongAnswers() {
        String other = "\"4611686018427387904\"";
        return Stream.of(
                List.of(new Granted().without("token"), "token is missing"),
                List.of(new Granted().without("clientId"), "clientId is missing"),
                List.of(new Granted().without("protocolId"), "protocolId is missing"),
                List.of(new Granted().without("expiresAt"), "expiresAt is missing"),
                List.of(new Granted().without("serverTime"), "serverTime is missing"),
                List.of(new Granted().without("servers"), "servers is missing"),
                List.of(new Granted().with("token", "\"AAAA\""), "token has 3 bytes"),
                List.of(new Granted().with("token", "\"!\""), "token is no base64"),
                List.of(new Granted().with("token", "12"), "token is no string"),
                List.of(
                        new Granted().with("token", '"' + "A".repeat(2730) + "8=\""),
                        "token is none"),
                List.of(new Granted().with("clientId", "12"), "clientId is no string"),
                List.of(new Granted().with("clientId", "\"-1\""), "clientId is no decimal"),
                List.of(
                        new Granted().with("clientId", "\"18446744073709551616\""),
                        "clientId is no decimal"),
                List.of(new Granted().with("protocolId", other), "protocolId is not what"),
                List.of(new Granted().with("expiresAt", "1"), "expiresAt is not what"),
                List.of(new Granted().with("expiresAt", "1e9"), "expiresAt is no integer"),
                List.of(new Granted().with("serverTime", "-1"), "serverTime is no integer"),
                List.of(new Granted().with("serverTime", "253402300800"), "serverTime is no"),
                List.of(new Granted().with("servers", "[\"1.2.3.4:5\"]"), "servers is not what"),
                List.of(new Granted().with("servers", "[\"there\"]"), "servers[0] is no address"),
                List.of(
                        new Granted().with("servers", "[" + "\"1.2.3.4:5\",".repeat(32) + "\"a\"]"),
                        "servers has more than 32"),
                List.of(
                        new Granted().with("webTransportCertificateHashes", "[\"ab\"]"),
                        "webTransportCertificateHashes[0]"),
                List.of(new Granted().with("web", "{}"), "web is no array"),
                List.of(new Granted().with("web", "[[]]"), "web[0] is no object"),
                List.of(new Granted().with("web", "[{}]"), "web[0].server is missing"),
                List.of(new Granted().with("web", "[{\"server\": 1}]"), "server is no string"),
                List.of(
                        new Granted().with("web", "[{\"server\": \"there\"}]"),
                        "web[0].server is no address"),
                List.of(
                        new Granted().with("web", "[{\"server\": \"203.0.113.6:7777\"}]"),
                        "web names a server that is not among"),
                List.of(
                        new Granted().with("web", "[" + WEB + ", " + WEB + "]"),
                        "web[1].server is there twice"),
                List.of(
                        new Granted().with("web", "[" + WEB.replace("https", "http") + "]"),
                        "web[0] holds a URL of the wrong kind"),
                List.of(
                        new Granted()
                                .with(
                                        "web",
                                        "[" + "{\"server\": \"1.2.3.4:5\"},".repeat(32) + "{}]"),
                        "web has more than 32"),
                List.of(
                        new Granted().with("deep", "[".repeat(20) + "]".repeat(20)),
                        "no JSON of the kind"),
                List.of(new Granted() + "{}", "something follows"),
                List.of("[]", "no JSON object"),
                List.of("", "no JSON object"),
                List.of("{\"servers\": [\"1.2.3.4:5\", ", "no JSON of the kind"),
                List.of("\u0000", "no JSON"));
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    void anAnswerThatIsWrongIsSaidToBeSo(List<Object> answerAndDetail) {
        String body = answerAndDetail.getFirst().toString();
        TestService service =
                service((_, exchange) ->
                        TestService.answer(exchange, 200, "application/json", body));
        assertThat(failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service)).detail())
                .contains(answerAndDetail.getLast().toString());
        assertThat(service.received()).isEqualTo(1);
    }

    @Test
    void aTokenForAnotherGameIsRefused() {
        TestService service = service((_, exchange) -> new Granted().send(exchange));
        assertThat(
                        failure(
                                        TokenFetchFailure.UnexpectedAnswer.class,
                                        builder(service).protocolId(42))
                                .detail())
                .contains("9223372036854775809")
                .contains("42");
    }

    @Test
    void aPageInPlaceOfAnAnswerIsSaidToBeOne() {
        TestService service =
                service((_, exchange) ->
                        TestService.answer(exchange, 200, "text/html", "<h1>Free Wi-Fi</h1>"));
        assertThat(
                        failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service))
                                .explanation())
                .contains("text/html")
                .contains("login page");
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void anAnswerHasALargestSize(int beyond, boolean isGood) {
        Granted granted = new Granted();
        String body = granted + " ".repeat(Answer.BYTES_MAX - granted.toString().length() + beyond);
        TestService service =
                service((_, exchange) ->
                        TestService.answer(exchange, 200, "application/json", body));
        if (isGood) {
            assertThat(fetch(builder(service)).clientId()).isEqualTo(Granted.CLIENT_ID);
        } else {
            assertThat(failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service)).detail())
                    .contains("more than 65536 bytes");
        }
    }

    @Test
    void anAnswerWithoutEndIsHungUpOn() {
        CountDownLatch isHungUp = new CountDownLatch(1);
        TestService service =
                service((_, exchange) -> {
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, 0);
                    byte[] junk = new byte[8192];
                    try {
                        for (; ; ) {
                            exchange.getResponseBody().write(junk);
                        }
                    } catch (IOException e) {
                        isHungUp.countDown();
                    }
                });
        failure(TokenFetchFailure.UnexpectedAnswer.class, builder(service));
        assertThat(isHungUp)
                .satisfies(latch -> assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue());
    }

    @Test
    void whatIsNoHttpIsSaidToBeNone() throws IOException {
        ServerSocket socket = open(new ServerSocket(0, 1, InetAddress.getByName("localhost")));
        Thread.ofVirtual()
                .start(() -> {
                    try (Socket connection = socket.accept()) {
                        byte[] request = new byte[1];
                        assertThat(connection.getInputStream().read(request)).isEqualTo(1);
                        connection
                                .getOutputStream()
                                .write(
                                        "220 mail.example.org\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                        // Closed with something unread, it would look like a connection that broke.
                        connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // The client has seen enough.
                    }
                });
        assertThat(
                        failure(
                                        TokenFetchFailure.UnexpectedAnswer.class,
                                        builder(
                                                URI.create(
                                                        "http://localhost:"
                                                                + socket.getLocalPort())))
                                .detail())
                .contains("no HTTP");
    }
}
