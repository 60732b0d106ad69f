package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.PROTOCOL;
import static dev.hawser.backend.ServiceRig.SERVER_CREDENTIAL;
import static dev.hawser.backend.ServiceRig.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.player.PlayerAdmission;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenClaims;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the service answers, over real TLS: tokens to those who may have one, problem details to
/// all others.
class TokenServiceTest {
    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static ConnectToken token(ServiceRig.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return ConnectToken.ofBytes(
                Base64.getDecoder().decode(answer.json().get("token").asText()));
    }

    private static void assertProblem(
            ServiceRig.Answer answer, int status, String name, String field) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        JsonNode json = answer.json();
        assertThat(json.get("type").asText()).isEqualTo("https://hawser.dev/problems/" + name);
        assertThat(json.get("status").asInt()).isEqualTo(status);
        assertThat(json.get("title").asText()).isNotEmpty();
        assertThat(json.path("field").asText("")).isEqualTo(field);
    }

    private static void assertComeBack(ServiceRig.Answer answer, int status, String name) {
        assertProblem(answer, status, name, "");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 3600);
    }

    // ---- Tokens

    @Test
    void aPlayerGetsATokenForAServerWithRoom() {
        rig.announce("one", 5);

        ServiceRig.Answer answer = rig.token("ada", "{}");

        ConnectToken token = token(answer);
        JsonNode json = answer.json();
        assertThat(json.get("protocolId").asText()).isEqualTo("119");
        assertThat(json.get("expiresAt").asLong() - json.get("serverTime").asLong()).isEqualTo(30);
        assertThat(json.get("servers").get(0).asText())
                .isEqualTo(rig.server("one", 5).publicAddress().toString());
        assertThat(json.get("webTransportCertificateHashes").get(0).asText())
                .isEqualTo("ab".repeat(32));
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Server")).isEmpty();
        ConnectTokenClaims claims = token.claims(rig.key);
        assertThat(Long.toUnsignedString(claims.clientId()))
                .isEqualTo(json.get("clientId").asText());
        assertThat(claims.servers()).containsExactly(rig.server("one", 5).internalAddress());
        assertThat(token.info().servers()).containsExactly(rig.server("one", 5).publicAddress());
        assertThat(token.info().protocolId()).isEqualTo(PROTOCOL);
        assertThat(claims.userData().text()).isEqualTo("ada");
        assertThat(rig.memory.reservations()).isEqualTo(1);
    }

    @Test
    void aPlayerIsTheSameClientAtEveryLoginAndNobodyElse() {
        rig.announce("one", 5);
        String ada = rig.token("ada", "{}").json().get("clientId").asText();

        assertThat(rig.token("ada", "{}").json().get("clientId").asText()).isEqualTo(ada);
        assertThat(rig.token("bob", "{}").json().get("clientId").asText()).isNotEqualTo(ada);
        try (ServiceRig restarted = new ServiceRig()) {
            restarted.announce("one", 5);
            assertThat(restarted.token("ada", "{}").json().get("clientId").asText()).isEqualTo(ada);
        }
    }

    @Test
    void aTokenHasTheBytesOfTheStandardUnlessTheClientWantsReasons() {
        rig.announce("one", 5);

        assertThat(token(rig.token("ada", "{}")).claims(rig.key).statesReasons()).isFalse();
        assertThat(
                        token(rig.token("ada", "{\"statesReasons\": true}"))
                                .claims(rig.key)
                                .statesReasons())
                .isTrue();
    }

    @Test
    void aTokenSurvivesMovesWhereTheClientWantsIt() {
        rig.announce("one", 5);

        assertThat(token(rig.token("ada", "{\"statesReasons\": true}")).info().survivesMoves())
                .isFalse();
        ConnectToken token = token(rig.token("ada", "{\"survivesMoves\": true}"));
        assertThat(token.info().survivesMoves()).isTrue();
        assertThat(token.claims(rig.key).survivesMoves()).isTrue();
        assertThat(token.claims(rig.key).statesReasons()).isFalse();
    }

    @Test
    void theRegionThatIsWantedComesFirstAndTheOthersAreFallbacks() {
        rig.announce("one", 5);
        rig.put(
                "two",
                """
                {"publicAddress": "203.0.113.2:1", "region": "us", "protocolId": "119",
                 "maxClients": 9, "freeSlots": 1, "keyIds": ["%s"]}\
                """
                        .formatted(rig.key.id()));

        assertThat(rig.token("ada", "{\"region\": \"us\"}").json().get("servers").get(0).asText())
                .isEqualTo("203.0.113.2:1");
        assertThat(rig.token("bob", "{\"region\": \"eu\"}").json().get("servers")).hasSize(1);
    }

    @Test
    void theApplicationSaysWhoMayPlayAndWhatServersAreTold() {
        rig.announce("one", 5);
        byte[] told = new byte[UserData.BYTES];
        told[255] = 7;
        rig.admission =
                (player, _) ->
                        player.subject().equals("ada")
                                ? new PlayerAdmission.Answer.Admitted(UserData.of(told))
                                : new PlayerAdmission.Answer.Refused("Banned until Monday.");

        assertThat(token(rig.token("ada", "{}")).claims(rig.key).userData())
                .isEqualTo(UserData.of(told));
        ServiceRig.Answer refused = rig.token("bob", "{}");
        assertProblem(refused, 403, "not-allowed", "");
        assertThat(refused.json().get("detail").asText()).isEqualTo("Banned until Monday.");
    }

    @Test
    void anApplicationThatFailsIsNoReasonToLetAnybodyInOrToTellWhy() {
        rig.announce("one", 5);
        rig.admission =
                (_, _) -> {
                    throw new IllegalStateException("table players is locked");
                };

        ServiceRig.Answer answer = rig.token("ada", "{}");

        assertComeBack(answer, 503, "unavailable");
        assertThat(answer.toString()).doesNotContain("locked");
        assertThat(rig.log.lines).anyMatch(line -> line.contains("table players is locked"));
        assertThat(rig.memory.reservations()).isZero();
    }

    @Test
    void aLongNameIsCutSoThatItFitsTheUserData() {
        rig.announce("one", 5);

        String name = token(rig.token("a".repeat(400), "{}")).claims(rig.key).userData().text();

        assertThat(name).isNotEmpty().hasSizeLessThanOrEqualTo(256).matches("a+");
    }

    @Test
    void theNextTokensAreSealedWithTheKeysThatReplaceTheOthers() {
        rig.announce("one", 5);
        rig.service.keyRing(KeyRing.of(List.of(rig.newerKey, rig.key)));
        assertThat(token(rig.token("ada", "{}")).claims(rig.key)).isNotNull();

        rig.put(
                "one",
                """
                {"publicAddress": "203.0.113.2:1", "protocolId": "119", "maxClients": 9,
                 "freeSlots": 1, "keyIds": ["%s", "%s"]}\
                """
                        .formatted(rig.newerKey.id(), rig.key.id()));
        assertThat(token(rig.token("ada", "{}")).claims(rig.newerKey)).isNotNull();
        assertThat(rig.audited.getLast().keyId()).isEqualTo(rig.newerKey.id());
    }

    // ---- What bad input gets

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | ''",
                "{                                     | ''",
                "[]                                    | ''",
                "{} {}                                 | ''",
                "{\"region\": \"a\", \"region\": \"b\"}    | ''",
                "{\"region\": 7}                         | region",
                "{\"region\": [\"eu\"]}                    | region",
                "{\"region\": \"a\\u0007\"}                | region",
                "{\"protocolId\": 119}                   | protocolId",
                "{\"protocolId\": \"-1\"}                  | protocolId",
                "{\"protocolId\": \"+1\"}                  | protocolId",
                "{\"protocolId\": \"\"}                    | protocolId",
                "{\"protocolId\": \"18446744073709551616\"}| protocolId",
                "{\"statesReasons\": \"yes\"}              | statesReasons",
                "{\"survivesMoves\": 1}                  | survivesMoves",
                "{\"resumes\": 7}                        | resumes",
                "{\"resumes\": \"\"}                       | resumes",
                "{\"resumes\": \"00112233445566778899aabbccddeef\"} | resumes",
                "{\"clientId\": \"7\"}                     | clientId",
                "{\"a\\u00e9\\n\": 1}                      | a??",
                "{\"region\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":1}}}}}}}}} | ''",
            })
    void malformedRequestsGet400WithTheFieldNamed(String json, String field) {
        assertProblem(rig.token("ada", json), 400, "invalid-request", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic YWRhOnB3",
                "Bearer",
                "Bearer ",
                "Bearer nobody",
                "Bearer player:a b",
                "player:ada",
                "Bearer " + SERVER_CREDENTIAL
            })
    void whoeverProvesNothingGets401(String authorization) {
        HttpRequest.Builder request =
                rig.request("/v1/connect-token")
                        .header("Content-Type", "application/json")
                        .POST(body("{}"));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }

        ServiceRig.Answer answer = rig.send(request);

        assertProblem(answer, 401, "not-authenticated", "");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/connect-token/",
                "/v2/connect-token",
                "/health",
                "/favicon.ico"
            })
    void thereIsNothingElsewhere(String path) {
        assertProblem(rig.send(rig.request(path).GET()), 404, "not-found", "");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/connect-token, 'POST, OPTIONS'",
        "PUT, /v1/connect-token, 'POST, OPTIONS'",
        "POST, /v1/servers/one, 'PUT, DELETE'",
        "GET, /v1/servers/one, 'PUT, DELETE'",
        "POST, /health/live, 'GET, HEAD'",
        "DELETE, /health/ready, 'GET, HEAD'"
    })
    void otherMethodsGet405AndAreToldWhichThereAre(String method, String path, String allow) {
        ServiceRig.Answer answer =
                rig.send(rig.request(path).method(method, HttpRequest.BodyPublishers.noBody()));

        assertProblem(answer, 405, "method-not-allowed", "");
        assertThat(answer.header("Allow")).isEqualTo(allow);
    }

    @Test
    void aBodyThatIsTooLargeGets413() {
        assertProblem(rig.token("ada", " ".repeat(16 << 10) + "{}"), 413, "too-large", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text/plain", "application/json; charset=latin1", "application/jsonp"})
    void aBodyThatIsNotJsonGets415(String type) {
        HttpRequest.Builder request =
                rig.request("/v1/connect-token")
                        .header("Authorization", "Bearer player:ada")
                        .POST(body("{}"));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }

        assertProblem(rig.send(request), 415, "not-json", "");
    }

    @Test
    void aCompressedBodyGets415() {
        assertProblem(
                rig.send(
                        rig.request("/v1/connect-token")
                                .header("Authorization", "Bearer player:ada")
                                .header("Content-Type", "application/json")
                                .header("Content-Encoding", "gzip")
                                .POST(body("{}"))),
                415,
                "not-json",
                "");
    }

    @Test
    void aVersionOfTheGameThatIsNotServedGets422() {
        assertProblem(
                rig.token("ada", "{\"protocolId\": \"120\"}"), 422, "unprocessable", "protocolId");
    }

    @Test
    void whoAsksTooOftenGets429() {
        rig.announce("one", 60);
        for (int i = 0; i < 30; i++) {
            assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
        }
        assertComeBack(rig.token("ada", "{}"), 429, "too-many-requests");
        assertThat(rig.token("bob", "{}").status()).isEqualTo(200);

        rig.nowNanos += 2_100_000_000L;
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
    }

    @Test
    void anAddressThatAsksTooOftenGets429WhateverItSays() {
        for (int i = 0; i < 300; i++) {
            rig.token("ada" + i, "{}");
        }
        assertComeBack(rig.token("somebody", "{}"), 429, "too-many-requests");
        assertThat(rig.audited.getLast().outcome()).isEqualTo("too-many-requests");
    }

    @Test
    void withoutAServerThatHasRoomThereIs503() {
        assertComeBack(rig.token("ada", "{}"), 503, "no-server");
        rig.announce("one", 0);
        assertComeBack(rig.token("ada", "{}"), 503, "no-server");
        rig.announce("one", 1);
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
        assertComeBack(rig.token("bob", "{}"), 503, "no-server");
    }

    @Test
    void aRegistryOrALoginServiceThatIsAwayMeans503AndNothingMoreIsSaid() {
        rig.announce("one", 5);
        rig.registryFailure = new IllegalStateException("10.1.2.3:6379 refused");
        ServiceRig.Answer answer = rig.token("ada", "{}");
        assertComeBack(answer, 503, "unavailable");
        assertThat(answer.toString()).doesNotContain("6379");
        assertComeBack(rig.send(rig.request("/health/ready").GET()), 503, "unavailable");
        assertThat(rig.send(rig.request("/health/live").GET()).status()).isEqualTo(200);

        rig.registryFailure = null;
        rig.authenticatorFailure = new IOException("login.internal is away");
        assertComeBack(rig.token("ada", "{}"), 503, "unavailable");
        rig.authenticatorFailure = null;
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
    }

    @Test
    void aMistakeOfOursIsToldAsOneAndLogged() {
        rig.announce("one", 5);
        rig.admission = (_, _) -> null;

        ServiceRig.Answer answer = rig.token("ada", "{}");

        assertProblem(answer, 500, "internal", "");
        assertThat(answer.response().body()).doesNotContain("Exception", "dev.hawser.backend");
        assertThat(rig.log.lines).anyMatch(line -> line.startsWith("ERROR"));
    }

    // ---- Game servers

    @Test
    void aServerThatAnnouncesItselfIsToldWhenToDoItAgain() {
        ServiceRig.Answer answer =
                rig.put(
                        "eu-1",
                        """
                        {"publicAddress": "[2001:db8::5]:40000", "internalAddress": "10.0.0.9:1",
                         "region": "eu", "protocolId": "119", "maxClients": 64, "freeSlots": 64,
                         "keyIds": ["%s"], "maxConnectTokenLifetimeSeconds": 30,
                         "webTransportCertificateHashes": [], "connectedSince": ["7"]}\
                        """
                                .formatted(rig.key.id()));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().get("heartbeatSeconds").asInt()).isEqualTo(5);
        assertThat(answer.json().get("ttlSeconds").asInt()).isEqualTo(15);
        assertThat(answer.json().get("connectTokenLifetimeSeconds").asInt()).isEqualTo(30);
        assertThat(rig.memory.servers()).hasSize(1);
        assertThat(rig.memory.servers().getFirst().connectedSince()).containsExactly(7L);
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);

        assertThat(
                        rig.send(
                                        rig.request("/v1/servers/eu-1")
                                                .header(
                                                        "Authorization",
                                                        "Bearer " + SERVER_CREDENTIAL)
                                                .DELETE())
                                .status())
                .isEqualTo(204);
        assertThat(rig.memory.servers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publicAddress | 7                 | 400",
                "publicAddress | \"localhost:1\"     | 400",
                "publicAddress | \"1.2.3.4:0\"       | 400",
                "publicAddress | \"0.0.0.0:1\"       | 400",
                "publicAddress | \"[::]:1\"          | 400",
                "protocolId    | \"x\"               | 400",
                "protocolId    | \"120\"             | 422",
                "maxClients    | 0                 | 400",
                "maxClients    | 65537             | 400",
                "maxClients    | 1.5               | 400",
                "freeSlots     | -1                | 400",
                "freeSlots     | 65                | 400",
                "keyIds        | []                | 400",
                "keyIds        | [\"0\"]             | 400",
                "keyIds        | \"0\"               | 400",
                "keyIds        | [\"00000000000000aa\"]  | 422",
                "maxConnectTokenLifetimeSeconds | 29 | 422",
                "maxConnectTokenLifetimeSeconds | -1 | 400",
                "webTransportCertificateHashes | [\"abc\"] | 400",
                "connectedSince | [7]               | 400",
                "colour        | 1                 | 400",
            })
    void anAnnouncementThatCannotBeIsToldWhichMemberIsWrong(
            String field, String value, int status) {
        String json =
                """
                {"publicAddress": "1.2.3.4:5", "protocolId": "119", "maxClients": 64,
                 "freeSlots": 64, "keyIds": ["%s"]}\
                """
                        .formatted(rig.key.id());
        String member = "\"" + field + "\": " + value;
        String wrong =
                json.contains("\"" + field + "\"")
                        ? json.replaceFirst(
                                "\"" + field + "\": (\\[[^]]*]|\"[^\"]*\"|[0-9]+)",
                                java.util.regex.Matcher.quoteReplacement(member))
                        : json.replace("}", ", " + member + "}");

        assertProblem(
                rig.put("one", wrong),
                status,
                status == 422 ? "unprocessable" : "invalid-request",
                field);
        assertThat(rig.memory.servers()).isEmpty();
    }

    @Test
    void aServerNeedsAGoodNameAndACredentialOfServers() {
        assertProblem(
                rig.put(
                        "n%20n",
                        """
                        {"publicAddress": "1.2.3.4:5", "protocolId": "119", "maxClients": 64,
                         "freeSlots": 64, "keyIds": ["%s"]}\
                        """
                                .formatted(rig.key.id())),
                400,
                "invalid-request",
                "serverId");
        for (String credential : new String[] {"player:ada", "nothing"}) {
            for (String method : new String[] {"PUT", "DELETE"}) {
                assertProblem(
                        rig.send(
                                rig.request("/v1/servers/one")
                                        .header("Authorization", "Bearer " + credential)
                                        .header("Content-Type", "application/json")
                                        .method(method, body("{}"))),
                        401,
                        "not-authenticated",
                        "");
            }
        }
    }

    @Test
    void guessingServerCredentialsIsLimitedAndAnnouncingIsNot() {
        for (int i = 0; i < 350; i++) {
            rig.put("one", "{}");
        }
        assertThat(rig.put("one", "{}").status()).isEqualTo(400);
        HttpRequest.Builder guess =
                rig.request("/v1/servers/one")
                        .header("Authorization", "Bearer guess")
                        .header("Content-Type", "application/json")
                        .PUT(body("{}"));
        for (int i = 0; i < 300; i++) {
            assertThat(rig.send(guess).status()).isEqualTo(401);
        }
        assertComeBack(rig.send(guess), 429, "too-many-requests");
    }

    /// Two game servers were given one id: both sides are told, where both are.
    @Test
    void ofTwoServersUnderOneIdTheSecondIsRefusedAndTheLogSaysSoOnce() {
        String announcement =
                """
                {"startId": "%s", "publicAddress": "203.0.113.%s:7777", "protocolId": "119",
                 "maxClients": 8, "freeSlots": 8, "keyIds": ["%s"]}\
                """;
        String first = announcement.formatted("a".repeat(32), 1, rig.key.id());
        String second = announcement.formatted("b".repeat(32), 2, rig.key.id());
        assertThat(rig.put("one", first).status()).isEqualTo(200);
        assertThat(rig.put("one", second).status()).as("it may be the first again").isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.put("one", first).status()).isEqualTo(200);
            ServiceRig.Answer answer = rig.put("one", second);
            assertProblem(answer, 409, "server-id-taken", "");
            assertThat(answer.json().get("detail").asText())
                    .contains("'one'", "203.0.113.1:7777", "203.0.113.2:7777", "server id");
        }
        assertThat(rig.log.lines)
                .filteredOn(line -> line.startsWith("WARNING"))
                .singleElement()
                .asString()
                .contains("'one'", "203.0.113.1:7777", "203.0.113.2:7777");
        assertThat(rig.put("two", second).status()).isEqualTo(200);
    }

    @Test
    void aStartIdIsThirtyTwoDigits() {
        assertProblem(rig.put("one", "{\"startId\": \"1\"}"), 400, "invalid-request", "startId");
    }

    // ---- The audit

    @Test
    void everyRequestForATokenIsAudited() {
        rig.announce("one", 1);
        ServiceRig.Answer minted = rig.token("ada", "{}");
        rig.token("bob", "{}");
        rig.send(rig.request("/v1/connect-token").POST(body("{}")));

        assertThat(rig.audited)
                .extracting(AuditEntry::outcome)
                .containsExactly("minted", "no-server", "not-authenticated");
        AuditEntry entry = rig.audited.getFirst();
        assertThat(entry.issuer()).isEqualTo("test");
        assertThat(entry.subject()).isEqualTo("ada");
        assertThat(Long.toUnsignedString(entry.clientId()))
                .isEqualTo(minted.json().get("clientId").asText());
        assertThat(entry.callerAddress()).isEqualTo("127.0.0.1");
        assertThat(entry.servers()).containsExactly("one");
        assertThat(entry.keyId()).isEqualTo(rig.key.id());
        assertThat(entry.tokenTag()).isEqualTo(token(minted).tag().toString());
        assertThat(rig.audited.get(1).servers()).isEmpty();
        assertThat(rig.audited.get(1).subject()).isEqualTo("bob");
        assertThat(rig.audited.get(2).subject()).isNull();
    }

    @Test
    void noSecretIsInAnyLogOrAnswer() {
        rig.announce("one", 5);
        String token = rig.token("ada", "{}").json().get("token").asText();
        List<ServiceRig.Answer> others =
                List.of(
                        rig.token("ada", "{\"region\": 1}"),
                        rig.send(
                                rig.request("/v1/connect-token")
                                        .header("Authorization", "Bearer wrong-credential")
                                        .POST(body("{}"))),
                        rig.put("one", "{}"));

        String said = rig.log.lines + " " + rig.audited + " " + others + " " + rig.service;
        assertThat(said)
                .doesNotContain(
                        token.substring(0, 40),
                        rig.key.toHex(),
                        "player:ada",
                        "wrong-credential",
                        SERVER_CREDENTIAL,
                        new String(ServiceRig.CLIENT_ID_SECRET, StandardCharsets.UTF_8));
    }
}
