package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.OPERATOR_CREDENTIAL;
import static dev.hawser.backend.ServiceRig.SERVER_CREDENTIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What game servers and operators of a fleet are answered, over real TLS, and what becomes of
/// those who mean ill.
class FleetEndpointsTest {
    private final ServiceRig rig = new ServiceRig();
    private int sequence;
    private boolean isDraining;

    @AfterEach
    void close() {
        rig.close();
    }

    private static String startId(int number) {
        return "%012x7%019x".formatted(1_900_000_000_000L + number, number);
    }

    /// Announces a server.
    private ServiceRig.Answer announce(String serverId, int start, String... acknowledged) {
        return rig.server(
                "PUT",
                serverId,
                """
                {"startId": "%s", "sequence": %d, "acknowledged": [%s],
                 "publicAddress": "203.0.113.1:%d", "protocolId": "119", "maxClients": 64,
                 "freeSlots": 60, "keyIds": ["%s"], "maxConnectTokenLifetimeSeconds": 60,
                 "draining": %s}\
                """
                        .formatted(
                                startId(start),
                                ++sequence,
                                List.of(acknowledged).stream()
                                        .map(id -> "\"" + id + "\"")
                                        .collect(Collectors.joining(",")),
                                40_000 + serverId.charAt(0),
                                rig.key.id(),
                                isDraining));
    }

    private JsonNode commands(String serverId, int start, String... acknowledged) {
        ServiceRig.Answer answer = announce(serverId, start, acknowledged);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().get("admissions").asBoolean()).isTrue();
        return answer.json().get("commands");
    }

    private static String newcomer(int tag, long clientId, int connection) {
        return """
        {"tokenTag": "%032x", "clientId": "%s", "expiresAt": %d, "connectionId": "%032x"}\
        """
                .formatted(
                        tag,
                        Long.toUnsignedString(clientId),
                        Instant.now().getEpochSecond() + 30,
                        connection);
    }

    private static String ended(long clientId, int connection) {
        return "{\"clientId\": \"%s\", \"connectionId\": \"%032x\"}"
                .formatted(Long.toUnsignedString(clientId), connection);
    }

    private static String question(int start, String newcomers, String ended) {
        return "{\"startId\": \"%s\", \"maxConnectTokenLifetimeSeconds\": 60,"
                        .formatted(startId(start))
                + " \"newcomers\": [%s], \"ended\": [%s]}".formatted(newcomers, ended);
    }

    private ServiceRig.Answer ask(String serverId, int start, String newcomers, String ended) {
        return rig.server("POST", serverId + "/admissions", question(start, newcomers, ended));
    }

    /// {@return the answer to one newcomer}
    private JsonNode admission(String serverId, int start, String newcomer) {
        ServiceRig.Answer answer = ask(serverId, start, newcomer, "");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().get("answers")).hasSize(1);
        return answer.json().get("answers").get(0);
    }

    private void assertOutcome(String outcome, String serverId, int start, String newcomer) {
        assertThat(admission(serverId, start, newcomer).get("outcome").asText()).isEqualTo(outcome);
    }

    private static void assertProblem(ServiceRig.Answer answer, int status, String name) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.json().get("type").asText()).endsWith("/" + name);
    }

    private ServiceRig.Answer where(long clientId) {
        return rig.operator("GET", "players/" + Long.toUnsignedString(clientId), "");
    }

    private List<String> audited(String outcome) {
        return rig.audited.stream()
                .filter(entry -> entry.outcome().equals(outcome))
                .map(entry -> entry.clientId() + " " + entry.servers() + " " + entry.text())
                .toList();
    }

    // ---- Newcomers

    @Test
    void oneTokenIsGoodAtOneServer() {
        announce("a", 1);
        announce("b", 2);

        JsonNode admitted = admission("a", 1, newcomer(1, -1, 11));
        assertThat(admitted.get("outcome").asText()).isEqualTo("admitted");
        assertThat(admitted.get("connectionId").asText()).isEqualTo("%032x".formatted(11));
        assertOutcome("token-used", "b", 2, newcomer(1, -1, 12));
        assertThat(admission("a", 1, newcomer(1, -1, 13))).isEqualTo(admitted);

        JsonNode presence = where(-1).json();
        assertThat(presence.get("serverId").asText()).isEqualTo("a");
        assertThat(presence.get("startId").asText()).isEqualTo(startId(1));
        assertThat(presence.get("clientId").asText()).isEqualTo("18446744073709551615");
        AuditEntry refused = rig.audited.getLast();
        assertThat(refused.outcome()).isEqualTo("admission-token-used");
        assertThat(refused.clientId()).isEqualTo(-1);
        assertThat(refused.servers()).containsExactly("b");
        assertThat(refused.tokenTag()).isEqualTo("%032x".formatted(1));
    }

    @Test
    void whoGoesElsewhereIsEndedWhereHeWasWithTheNextAnnouncement() {
        announce("a", 1);
        announce("b", 2);
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));
        assertOutcome("admitted", "b", 2, newcomer(2, 7, 12));

        JsonNode commands = commands("a", 1);

        assertThat(commands).hasSize(1);
        JsonNode kick = commands.get(0);
        assertThat(kick.get("type").asText()).isEqualTo("kick");
        assertThat(kick.get("clientId").asText()).isEqualTo("7");
        assertThat(kick.get("connectionId").asText()).isEqualTo("%032x".formatted(11));
        assertThat(kick.get("why").asText()).isEqualTo("replaced");
        assertThat(commands("a", 1)).isEqualTo(commands);
        assertThat(commands("a", 1, kick.get("id").asText())).isEmpty();
        assertThat(commands("b", 2)).isEmpty();
    }

    @Test
    void aConnectionThatHasEndedIsNowhere() {
        announce("a", 1);
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));

        ask("a", 1, "", ended(7, 12));
        assertThat(where(7).status()).isEqualTo(200);
        assertThat(ask("a", 1, "", ended(7, 11)).json().get("answers")).isEmpty();

        assertProblem(where(7), 404, "not-present");
    }

    @Test
    void aServerThatIsBackIsToldWhoIsOver() {
        announce("a", 1);
        announce("b", 2);
        assertOutcome("admitted", "b", 2, newcomer(2, 7, 12));

        ServiceRig.Answer answer =
                rig.server(
                        "POST",
                        "a/presences",
                        question(1, newcomer(1, 7, 11) + "," + newcomer(3, 8, 13), "")
                                .replace("newcomers", "present")
                                .replace(", \"ended\": []", ""));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().get("superseded")).hasSize(1);
        assertThat(answer.json().get("superseded").get(0).asText())
                .isEqualTo("%032x".formatted(11));
        assertThat(where(8).json().get("serverId").asText()).isEqualTo("a");
    }

    @Test
    void aStartThatAnotherOneFollowedAdmitsNobody() {
        announce("a", 1);
        announce("a", 2);

        assertProblem(ask("a", 1, newcomer(1, 7, 11), ""), 409, "server-id-taken");
        assertOutcome("admitted", "a", 2, newcomer(1, 7, 12));
    }

    @Test
    void aServerThatTheServiceHasForgottenMayAsk() {
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));
    }

    @Test
    void aLateWithdrawalWithdrawsNothing() {
        announce("a", 1);
        int late = sequence;
        announce("a", 1);

        String query = "a?startId=" + startId(1) + "&sequence=";
        assertThat(rig.server("DELETE", query + late, "").status()).isEqualTo(204);
        assertThat(rig.memory.servers()).hasSize(1);
        assertThat(rig.server("DELETE", query + (sequence + 1), "").status()).isEqualTo(204);
        assertThat(rig.memory.servers()).isEmpty();
    }

    @Test
    void aServerThatTakesTokensOfAnyLifetimeCannotAsk() {
        ServiceRig.Answer answer =
                rig.server(
                        "POST",
                        "a/admissions",
                        question(1, newcomer(1, 7, 11), "").replace(": 60", ": 0"));

        assertProblem(answer, 422, "unprocessable");
        assertThat(answer.json().get("field").asText()).isEqualTo("maxConnectTokenLifetimeSeconds");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"clientId\": \"7\"  | \"clientId\": 7      | newcomers[0].clientId",
                "\"clientId\": \"7\"  | \"clientId\": \"-7\" | newcomers[0].clientId",
                "\"clientId\": \"7\"  | \"x\": 1             | newcomers[0].clientId",
                "\"clientId\": \"7\"  | \"x\": 1, \"clientId\": \"7\" | newcomers[0].x",
                "\"expiresAt\": 19    | \"expiresAt\": -19   | newcomers[0].expiresAt",
                "\"expiresAt\": 19    | \"expiresAt\": 1e99, \"x\": 19 | newcomers[0].expiresAt",
                "\"tokenTag\": \"0    | \"tokenTag\": \"x    | newcomers[0].tokenTag",
                "\"connectionId\": \"0| \"connectionId\": \"00 | newcomers[0].connectionId",
                "\"newcomers\": [     | \"newcomers\": [7,   | newcomers",
                "\"newcomers\": [     | \"x\": [             | x",
                "\"startId\": \"0     | \"startId\": \"X     | startId",
                ": 60,                | : -1,                | maxConnectTokenLifetimeSeconds",
            })
    void whatIsNoQuestionIsToldWhere(String right, String wrong, String field) {
        String question =
                question(1, newcomer(1, 7, 11), "")
                        .replaceFirst("\"expiresAt\": [0-9]+", "\"expiresAt\": 1900000000");
        assertThat(question).contains(right);

        ServiceRig.Answer answer =
                rig.server("POST", "a/admissions", question.replace(right, wrong));

        assertProblem(answer, 400, "invalid-request");
        assertThat(answer.json().get("field").asText()).isEqualTo(field);
    }

    // ---- Drained, kicked, banned

    @Test
    void aDrainedServerIsOfferedToNobodyAndSeatsOnlyWhoIsThere() {
        announce("a", 1);
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));

        ServiceRig.Answer drained =
                rig.operator(
                        "POST", "servers/a/drain", "{\"withinSeconds\": 600, \"text\": \"v2\"}");

        assertThat(drained.json().get("startId").asText()).isEqualTo(startId(1));
        assertProblem(rig.token("bob", "{}"), 503, "no-server");
        JsonNode command = commands("a", 1).get(0);
        assertThat(command.get("type").asText()).isEqualTo("drain");
        assertThat(command.get("withinSeconds").asInt()).isEqualTo(600);
        assertThat(command.get("text").asText()).isEqualTo("v2");
        assertProblem(rig.token("bob", "{}"), 503, "no-server");
        JsonNode refused = admission("a", 1, newcomer(2, 8, 12));
        assertThat(refused.get("outcome").asText()).isEqualTo("draining");
        assertThat(refused.get("retryAfterSeconds").asInt()).isPositive();
        assertOutcome("admitted", "a", 1, newcomer(3, 7, 13));
        JsonNode listed = rig.operator("GET", "servers", "").json().get("servers").get(0);
        assertThat(listed.get("draining").asBoolean()).isTrue();
        assertThat(audited(AuditEntry.SERVER_DRAINED)).containsExactly("null [a] v2");
        announce("a", 2);
        assertThat(rig.token("bob", "{}").status()).isEqualTo(200);
        assertProblem(
                rig.operator("POST", "servers/x/drain", "{\"withinSeconds\": 0}"),
                404,
                "unknown-server");
    }

    /// It is offered to nobody, and its players stay known.
    @Test
    void aServerThatDrainsByItselfIsStillThereForItsPlayers() {
        announce("a", 1);
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));
        isDraining = true;

        announce("a", 1);

        assertProblem(rig.token("bob", "{}"), 503, "no-server");
        assertOutcome("draining", "a", 1, newcomer(2, 8, 12));
        assertThat(where(7).status()).isEqualTo(200);
        isDraining = false;
        announce("a", 1);
        assertThat(rig.token("bob", "{}").status()).isEqualTo(200);
    }

    @Test
    void aKickIsForTheConnectionThatThePlayerHas() {
        announce("a", 1);
        assertProblem(rig.operator("POST", "players/7/kick", "{}"), 404, "not-present");
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));

        assertThat(
                        rig.operator("POST", "players/7/kick", "{\"text\": \"bye\"}")
                                .json()
                                .get("connectionId")
                                .asText())
                .isEqualTo("%032x".formatted(11));

        JsonNode kick = commands("a", 1).get(0);
        assertThat(kick.get("why").asText()).isEqualTo("kicked");
        assertThat(kick.get("text").asText()).isEqualTo("bye");
        assertThat(audited(AuditEntry.PLAYER_KICKED)).containsExactly("7 [] bye");
    }

    @Test
    void whoIsBannedGetsNoTokenIsAdmittedNowhereAndIsEndedWhereHeIs() {
        announce("a", 1);
        long clientId =
                Long.parseUnsignedLong(
                        rig.operator("GET", "client-ids?issuer=test&subject=ada", "")
                                .json()
                                .get("clientId")
                                .asText());
        String path = "bans/" + Long.toUnsignedString(clientId);
        assertThat(rig.token("ada", "{}").json().get("clientId").asText())
                .isEqualTo(Long.toUnsignedString(clientId));
        assertOutcome("admitted", "a", 1, newcomer(1, clientId, 11));

        JsonNode banned =
                rig.operator("PUT", path, "{\"forSeconds\": 7200, \"why\": \"was rude\"}").json();

        assertThat(banned.get("present").get("serverId").asText()).isEqualTo("a");
        ServiceRig.Answer answer = rig.token("ada", "{}");
        assertProblem(answer, 403, "banned");
        assertThat(answer.json().get("why").asText()).isEqualTo("was rude");
        assertThat(answer.json().get("until")).isEqualTo(banned.get("until"));
        assertThat(rig.audited.getLast().outcome()).isEqualTo("banned");
        assertThat(rig.audited.getLast().clientId()).isEqualTo(clientId);
        JsonNode refused = admission("a", 1, newcomer(2, clientId, 12));
        assertThat(refused.get("outcome").asText()).isEqualTo("banned");
        assertThat(refused.get("why").asText()).isEqualTo("was rude");
        assertThat(refused.get("until")).isEqualTo(banned.get("until"));
        assertThat(commands("a", 1).get(0).get("why").asText()).isEqualTo("banned");
        assertThat(rig.operator("GET", "bans", "").json().get("bans")).hasSize(1);

        assertThat(rig.operator("DELETE", path, "").status()).isEqualTo(204);
        assertProblem(rig.operator("DELETE", path, ""), 404, "not-banned");
        assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
        assertThat(audited(AuditEntry.PLAYER_BANNED)).containsExactly(clientId + " [] was rude");
        assertThat(audited(AuditEntry.PLAYER_UNBANNED)).containsExactly(clientId + " [] null");
    }

    @Test
    void aBanWithoutEndSaysNone() {
        rig.announce("one", 5);
        String clientId =
                rig.operator("GET", "client-ids?issuer=test&subject=ada", "")
                        .json()
                        .get("clientId")
                        .asText();

        assertThat(rig.operator("PUT", "bans/" + clientId, "{}").json().has("until")).isFalse();

        ServiceRig.Answer answer = rig.token("ada", "{}");
        assertProblem(answer, 403, "banned");
        assertThat(answer.json().has("until")).isFalse();
    }

    @Test
    void whatNobodyKnowsIsAuditedAsThat() {
        rig.registryFailure = new IllegalStateException("10.1.2.3:6379 refused");

        ServiceRig.Answer answer = rig.operator("PUT", "bans/7", "{\"why\": \"x\"}");

        assertProblem(answer, 503, "unavailable");
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(answer.toString()).doesNotContain("6379");
        assertThat(audited(AuditEntry.PLAYER_BANNED + AuditEntry.NOT_KNOWN))
                .containsExactly("7 [] x");
    }

    // ---- Who means ill

    /// A credential opens what it is for, and nothing else; a right one at the wrong door costs its
    /// owner's address what a guess costs.
    @Test
    void eachCredentialOpensItsOwnDoorsOnly() {
        for (String credential : List.of(SERVER_CREDENTIAL, "player:ada", "guess")) {
            assertProblem(
                    rig.ask(credential, "GET", "/v1/fleet/servers", ""), 401, "not-authenticated");
            assertProblem(
                    rig.ask(credential, "PUT", "/v1/fleet/bans/7", "{}"), 401, "not-authenticated");
        }
        for (String credential : List.of(OPERATOR_CREDENTIAL, "player:ada", "guess")) {
            assertProblem(
                    rig.ask(
                            credential,
                            "POST",
                            "/v1/servers/a/admissions",
                            question(1, newcomer(1, 7, 11), "")),
                    401,
                    "not-authenticated");
            assertProblem(
                    rig.ask(credential, "POST", "/v1/servers/a/presences", "{}"),
                    401,
                    "not-authenticated");
        }
        assertProblem(
                rig.ask(OPERATOR_CREDENTIAL, "POST", "/v1/connect-token", "{}"),
                401,
                "not-authenticated");
        assertThat(rig.inner.stats().bans()).isZero();
        assertThat(rig.inner.stats().marks()).isZero();
    }

    /// What is not configured is not there, whatever somebody shows.
    @ParameterizedTest
    @ValueSource(strings = {OPERATOR_CREDENTIAL, SERVER_CREDENTIAL, "guess"})
    void withoutACredentialForOperatorsThereIsNothing(String credential) {
        try (ServiceRig without = new ServiceRig(TokenService.Builder::operatorCredentials)) {
            assertProblem(
                    without.ask(credential, "GET", "/v1/fleet/servers", ""), 404, "not-found");
            assertProblem(
                    without.ask(credential, "PUT", "/v1/fleet/bans/7", "{}"), 404, "not-found");
        }
    }

    @Test
    void aCredentialOfOperatorsMustBeTheirsAlone() {
        assertThatThrownBy(() ->
                        new ServiceRig(builder -> builder.operatorCredentials(SERVER_CREDENTIAL)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("operatorCredentials");
        assertThatThrownBy(() -> TokenService.builder().operatorCredentials("short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
    }

    /// A stolen credential can do what servers can: name another server, and use up its tokens. It
    /// cannot end a connection whose id it does not know, and neither ban nor look.
    @Test
    void aStolenServerCredentialFreesNoConnectionThatItDoesNotKnow() {
        announce("a", 1);
        assertOutcome("admitted", "a", 1, newcomer(1, 7, 11));

        ask(
                "a",
                1,
                "",
                IntStream.range(100, 300)
                        .mapToObj(i -> ended(7, i))
                        .collect(Collectors.joining(",")));

        assertThat(where(7).json().get("connectionId").asText()).isEqualTo("%032x".formatted(11));
    }

    @Test
    void arraysAndBodiesHaveLimits() {
        String newcomers =
                IntStream.range(0, 65)
                        .mapToObj(i -> newcomer(i, i + 1, i))
                        .collect(Collectors.joining(","));
        assertProblem(ask("a", 1, newcomers, ""), 400, "invalid-request");
        String ended =
                IntStream.range(0, 257).mapToObj(i -> ended(i, i)).collect(Collectors.joining(","));
        assertProblem(ask("a", 1, "", ended), 400, "invalid-request");
        String present =
                IntStream.range(0, 1001)
                        .mapToObj(i -> newcomer(i, i + 1, i))
                        .collect(Collectors.joining(","));
        assertProblem(
                rig.server(
                        "POST",
                        "a/presences",
                        question(1, present, "")
                                .replace("newcomers", "present")
                                .replace(", \"ended\": []", "")),
                400,
                "invalid-request");
        assertProblem(
                rig.server("POST", "a/admissions", " ".repeat((512 << 10) + 1)), 413, "too-large");
        assertProblem(
                rig.operator("PUT", "bans/7", "{\"why\": \"" + "x".repeat(125) + "\"}"),
                400,
                "invalid-request");
        for (String path :
                List.of(
                        "servers?max=1001",
                        "servers/a/players?max=99999999999999999999",
                        "servers/a/players?cursor=" + "x".repeat(500),
                        "bans?cursor=-1",
                        "bans?cursor=18446744073709551616",
                        "bans?max=1&max=2",
                        "players/18446744073709551616",
                        "players/+7",
                        "client-ids?issuer=&subject=x")) {
            assertProblem(rig.operator("GET", path, ""), 400, "invalid-request");
        }
        assertThat(rig.inner.stats().marks()).isZero();
        assertThat(rig.inner.stats().bans()).isZero();
    }

    /// Whoever floods a store until it is full keeps newcomers out, and gets no token used twice.
    @Test
    void aFloodOfAdmissionsEndsAtTheLimitAndIsCounted() {
        InMemoryFleetStore small = InMemoryFleetStore.builder().tokensMax(100).build();
        try (ServiceRig full =
                new ServiceRig(
                        builder -> builder.store(small).operatorCredentials(OPERATOR_CREDENTIAL))) {
            int[] statuses = new int[4];
            for (int i = 0; i < statuses.length; i++) {
                int from = i * 64;
                String newcomers =
                        IntStream.range(from, from + 64)
                                .mapToObj(n -> newcomer(n, n + 1, n))
                                .collect(Collectors.joining(","));
                statuses[i] =
                        full.server("POST", "a/admissions", question(1, newcomers, "")).status();
            }

            assertThat(statuses).containsExactly(200, 503, 503, 503);
            assertThat(small.stats().marks()).isEqualTo(100);
            assertThat(small.stats().newcomersRefused()).isEqualTo(3);
            assertThat(
                            full.server("POST", "b/admissions", question(2, newcomer(0, 1, 0), ""))
                                    .json()
                                    .get("answers")
                                    .get(0)
                                    .get("outcome")
                                    .asText())
                    .isEqualTo("token-used");
        }
    }

    @Test
    void aRightCredentialCostsNothingOfTheLimits() {
        for (int i = 0; i < 400; i++) {
            assertThat(rig.operator("GET", "bans", "").status()).isEqualTo(200);
        }
        assertThat(ask("a", 1, newcomer(1, 7, 11), "").status()).isEqualTo(200);
    }

    /// One service's limits are those of the others that share its store.
    @Test
    void twoServicesOfOneStoreAreOne() {
        try (ServiceRig second =
                new ServiceRig(builder -> builder.store(rig.inner).keyRing(rig.keys))) {
            announce("a", 1);
            assertThat(second.token("ada", "{}").status()).isEqualTo(200);
            for (int i = 1; i < 30; i++) {
                assertThat(rig.token("ada", "{}").status()).isEqualTo(200);
            }
            assertProblem(second.token("ada", "{}"), 429, "too-many-requests");
            assertThat(
                            second.server(
                                            "POST",
                                            "a/admissions",
                                            question(1, newcomer(1, 7, 11), ""))
                                    .json()
                                    .toString())
                    .contains("admitted");
            assertOutcome("token-used", "b", 2, newcomer(1, 7, 12));
        }
    }
}
