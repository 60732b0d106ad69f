package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.SERVER_CREDENTIAL;
import static dev.hawser.backend.ServiceRig.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.hawser.backend.player.PlayerAdmission;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `openapi.yaml` says what the service does: no path, method, status, header or member more or
/// less.
class OpenApiTest {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private final JsonNode openapi = openapi();
    private final ServiceRig rig =
            new ServiceRig(builder ->
                    builder.requestsPerMinute(40, 4).allowedOrigins("https://game.example.org"));

    /// What the requests of this test have met.
    private final Set<String> seen = new TreeSet<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private static JsonNode openapi() {
        try (InputStream file = TokenService.class.getResourceAsStream("openapi.yaml")) {
            return new YAMLMapper().readTree(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText("");
        return reference.isEmpty() ? node : openapi.at(reference.substring(1));
    }

    /// {@return a schema with all that it may refer to}
    private JsonSchema schema(JsonNode schema) {
        ObjectNode whole = new ObjectMapper().createObjectNode();
        whole.set("components", openapi.get("components"));
        whole.setAll((ObjectNode) schema);
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole);
    }

    /// Compares an answer with what the document says of it.
    private void check(String path, String method, ServiceRig.Answer answer) {
        String status = Integer.toString(answer.status());
        seen.add(method + " " + path + " " + status);
        JsonNode operation = openapi.path("paths").path(path).path(method);
        assertThat(operation.isObject()).as("%s %s is documented", method, path).isTrue();
        JsonNode response = resolved(operation.path("responses").path(status));
        assertThat(response.isObject())
                .as("%s %s %s is documented: %s", method, path, status, answer)
                .isTrue();
        response.path("headers")
                .fieldNames()
                .forEachRemaining(name -> assertThat(answer.header(name)).as(name).isNotEmpty());
        JsonNode content = response.path("content");
        if (content.isMissingNode()) {
            assertThat(answer.response().body()).isEmpty();
            return;
        }
        String type = content.fieldNames().next();
        assertThat(answer.header("Content-Type")).isEqualTo(type);
        Set<ValidationMessage> wrong =
                schema(content.get(type).get("schema")).validate(answer.json());
        assertThat(wrong).as("%s", answer).isEmpty();
        // Members that the document does not know would be members that nobody reads.
        JsonNode described = resolved(content.get(type).get("schema")).get("properties");
        answer.json()
                .fieldNames()
                .forEachRemaining(name -> assertThat(described.has(name)).as(name).isTrue());
    }

    private void token(String authorization, String type, String json) {
        check(
                "/v1/connect-token",
                "post",
                rig.send(
                        rig.request("/v1/connect-token")
                                .header("Authorization", authorization)
                                .header("Content-Type", type)
                                .POST(body(json))));
    }

    private void server(String method, String credential, String type, String json) {
        check(
                "/v1/servers/{serverId}",
                method,
                rig.send(
                        rig.request("/v1/servers/one")
                                .header("Authorization", "Bearer " + credential)
                                .header("Content-Type", type)
                                .method(method.toUpperCase(java.util.Locale.ROOT), body(json))));
    }

    private static final String JSON = "application/json";

    @Test
    void everyAnswerIsDocumented() {
        String announcement =
                """
                {"startId": "00112233445566778899aabbccddeeff", "sequence": %s, "acknowledged": ["1"],
                 "publicAddress": "1.2.3.4:5", "internalAddress": "10.0.0.1:5", "region": "eu",
                 "protocolId": "119", "maxClients": 64, "freeSlots": 64, "keyIds": ["%s"],
                 "maxConnectTokenLifetimeSeconds": 30,
                 "webTransportCertificateHashes": ["%s"],
                 "webTransport": "https://play.example.org:7778/hawser",
                 "webSocket": "wss://play.example.org:7778/hawser", "draining": false,
                 "connectedSince": ["7"],
                 "disconnectedSince": ["8"]}\
                """
                        .formatted(1, rig.key.id(), "ab".repeat(32));
        assertMatchesItsSchema("Announcement", announcement);
        server("put", SERVER_CREDENTIAL, JSON, announcement);
        String other = announcement.replace("\"00", "\"01");
        fleet();
        server("put", SERVER_CREDENTIAL, JSON, announcement.replace(": 1,", ": 2,"));
        server("put", SERVER_CREDENTIAL, JSON, other);
        ask("/v1/servers/{serverId}/admissions", "post", admissions(1));
        ask("/v1/servers/{serverId}/presences", "post", presences(1));
        server("put", SERVER_CREDENTIAL, JSON, announcement.replace(": 1,", ": 3,"));
        server("put", SERVER_CREDENTIAL, JSON, other);
        server("put", SERVER_CREDENTIAL, JSON, "{}");
        server("put", "player:ada", JSON, "{}");
        server("put", SERVER_CREDENTIAL, "text/plain", "{}");
        server("put", SERVER_CREDENTIAL, JSON, announcement.replace("\"119\"", "\"120\""));

        String wanted =
                "{\"region\": \"eu\", \"protocolId\": \"119\", \"statesReasons\": true,"
                        + " \"survivesMoves\": true,"
                        + " \"resumes\": \"00112233445566778899AABBccddeeff\"}";
        assertMatchesItsSchema("TokenRequest", wanted);
        token("Bearer player:ada", JSON, wanted);
        token("Bearer player:ada", JSON, "{");
        token("Bearer nobody", JSON, "{}");
        token("Bearer player:ada", "text/plain", "{}");
        token("Bearer player:ada", JSON, " ".repeat(20_000));
        token("Bearer player:ada", JSON, "{}");
        token("Bearer player:bob", JSON, "{\"protocolId\": \"120\"}");
        rig.admission = (_, _) -> new PlayerAdmission.Answer.Refused("no");
        token("Bearer player:bob", JSON, "{}");
        rig.admission = (_, _) -> null;
        token("Bearer player:bob", JSON, "{}");

        check(
                "/v1/connect-token",
                "options",
                rig.send(
                        rig.request("/v1/connect-token")
                                .header("Origin", "https://game.example.org")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())));
        check("/health/live", "get", rig.send(rig.request("/health/live").GET()));
        check("/health/ready", "get", rig.send(rig.request("/health/ready").GET()));
        check("/health/live", "head", rig.send(rig.request("/health/live").HEAD()));
        check("/health/ready", "head", rig.send(rig.request("/health/ready").HEAD()));
        drained();
        rig.registryFailure = new IllegalStateException("away");
        check("/health/ready", "get", rig.send(rig.request("/health/ready").GET()));
        check("/health/ready", "head", rig.send(rig.request("/health/ready").HEAD()));
        token("Bearer player:eve", JSON, "{}");
        server("put", SERVER_CREDENTIAL, JSON, announcement);
        server("delete", SERVER_CREDENTIAL, JSON, "");
        fleetAway();
        rig.registryFailure = null;
        check("/v1/servers/{serverId}", "delete", rig.server("DELETE", "one?sequence=1", ""));
        server("delete", SERVER_CREDENTIAL, JSON, "");
        server("delete", "guess", JSON, "");
        server("put", "guess", JSON, "");
        fleetWithoutCredential();
        for (int i = 0; i < 41; i++) {
            server("delete", "guess", JSON, "");
        }
        server("put", "guess", JSON, "");
        fleetWithoutCredential();

        Set<String> documented = documented();
        // Where the document has a status for every path, one path shows that it is true.
        documented.removeIf(each -> each.endsWith(" 405"));
        documented.removeIf(each -> each.endsWith(" 500") || each.endsWith(" 413"));
        assertThat(seen).containsAll(documented);
    }

    // ---- The fleet

    private static final String NEWCOMER =
            "{\"tokenTag\": \"%032x\", \"clientId\": \"%d\", \"expiresAt\": %d,"
                    + " \"connectionId\": \"%032X\"}";

    private String newcomer(int number) {
        return NEWCOMER.formatted(
                number, number, java.time.Instant.now().getEpochSecond() + 20, number);
    }

    private String admissions(int... newcomers) {
        return """
        {"startId": "00112233445566778899aabbccddeeff", "maxConnectTokenLifetimeSeconds": 60,
         "newcomers": [%s],
         "ended": [{"clientId": "1", "connectionId": "00112233445566778899aabbccddeeff"}]}\
        """
                .formatted(
                        java.util.Arrays.stream(newcomers)
                                .mapToObj(this::newcomer)
                                .collect(java.util.stream.Collectors.joining(",")));
    }

    private String presences(int number) {
        return """
        {"startId": "00112233445566778899aabbccddeeff", "maxConnectTokenLifetimeSeconds": 60,
         "present": [%s]}\
        """
                .formatted(newcomer(number));
    }

    /// Sends a request with the right credential, and checks the answer.
    private ServiceRig.Answer ask(String path, String method, String json) {
        return ask(path, "", method, json);
    }

    private ServiceRig.Answer ask(String path, String query, String method, String json) {
        String credential =
                path.startsWith("/v1/fleet") ? ServiceRig.OPERATOR_CREDENTIAL : SERVER_CREDENTIAL;
        ServiceRig.Answer answer =
                rig.ask(
                        credential,
                        method.toUpperCase(java.util.Locale.ROOT),
                        url(path) + query,
                        json);
        check(path, method, answer);
        return answer;
    }

    private static String url(String path) {
        return path.replace("{serverId}", "one").replace("{clientId}", "7");
    }

    /// Operations of a path under `/v1/fleet`, or of those that only fleets need.
    private void eachOfFleet(java.util.function.BiConsumer<String, String> action) {
        openapi.get("paths")
                .properties()
                .forEach(path -> {
                    if (path.getKey().matches("/v1/fleet.*|.*/(admissions|presences)")) {
                        path.getValue().properties().stream()
                                .filter(method -> METHODS.contains(method.getKey()))
                                .forEach(method -> action.accept(path.getKey(), method.getKey()));
                    }
                });
    }

    private static String bodyOf(String path, String method) {
        return switch (method) {
            case "get", "delete" -> "";
            default -> path.endsWith("drain") ? "{\"withinSeconds\": 9}" : "{}";
        };
    }

    private void fleet() {
        String admissions = "/v1/servers/{serverId}/admissions";
        String presences = "/v1/servers/{serverId}/presences";
        ask("/v1/fleet/bans/{clientId}", "put", "{}");
        assertMatchesItsSchema("AdmissionsRequest", admissions(1));
        assertMatchesItsSchema("Newcomer", newcomer(1));
        assertMatchesItsSchema("PresencesRequest", presences(1));
        String late = admissions(3).replaceFirst("\"expiresAt\": [0-9]+", "\"expiresAt\": 3");
        ask(admissions, "post", late);
        assertThat(ask(admissions, "post", admissions(7, 8)).toString())
                .contains("banned", "admitted");
        ask("/v1/fleet/bans/{clientId}", "delete", "");
        ask("/v1/fleet/bans/{clientId}", "delete", "");
        ask(presences, "post", presences(7));
        ask(presences, "post", presences(7).replace("0007\"}", "0001\"}"));
        for (String path : Set.of(admissions, presences)) {
            ask(path, "post", "{}");
            ask(path, "post", admissions(1).replace(": 60", ": 0"));
            ask(
                    path,
                    "post",
                    (path.equals(admissions) ? admissions(1) : presences(1))
                            .replace(": 60", ": 0"));
        }

        ask("/v1/fleet/servers", "get", "");
        ask("/v1/fleet/servers", "?max=0", "get", "");
        ask("/v1/fleet/servers/{serverId}/players", "get", "");
        ask("/v1/fleet/servers/{serverId}/players", "?cursor=x", "get", "");
        ask("/v1/fleet/players/{clientId}", "get", "");
        ask("/v1/fleet/players/{clientId}", "?x=1", "get", "");
        assertMatchesItsSchema("Kick", "{\"text\": \"bye\"}");
        ask("/v1/fleet/players/{clientId}/kick", "post", "{\"text\": \"bye\"}");
        ask("/v1/fleet/players/{clientId}/kick", "post", "{\"txt\": \"bye\"}");
        String ban = "{\"forSeconds\": 60, \"why\": \"rude\"}";
        assertMatchesItsSchema("BanRequest", ban);
        ask("/v1/fleet/bans/{clientId}", "put", ban);
        ask("/v1/fleet/bans/{clientId}", "put", ban.replace("60", "0"));
        ask("/v1/fleet/bans", "get", "");
        ask("/v1/fleet/bans", "?max=1001", "get", "");
        ask("/v1/fleet/bans/{clientId}", "?x", "delete", "");
        ask("/v1/fleet/client-ids", "?issuer=test&subject=ada%20l", "get", "");
        ask("/v1/fleet/client-ids", "?issuer=test", "get", "");
        eachOfFleet((path, method) -> {
            if (method.equals("post") || method.equals("put")) {
                check(
                        path,
                        method,
                        rig.send(
                                rig.request(url(path))
                                        .header(
                                                "Authorization",
                                                "Bearer "
                                                        + (path.startsWith("/v1/fleet")
                                                                ? ServiceRig.OPERATOR_CREDENTIAL
                                                                : SERVER_CREDENTIAL))
                                        .header("Content-Type", "text/plain")
                                        .method(
                                                method.toUpperCase(java.util.Locale.ROOT),
                                                body("{}"))));
            }
        });
    }

    private void drained() {
        String drain = "{\"withinSeconds\": 60, \"text\": \"a new version\"}";
        assertMatchesItsSchema("Drain", drain);
        ask("/v1/fleet/servers/{serverId}/drain", "post", drain);
        ask("/v1/fleet/servers/{serverId}/drain", "post", "{}");
        assertThat(ask("/v1/servers/{serverId}/admissions", "post", admissions(9)).toString())
                .contains("draining");
    }

    /// The store is away: nothing is known, and nobody is told otherwise.
    private void fleetAway() {
        eachOfFleet((path, method) -> {
            String json =
                    path.endsWith("admissions")
                            ? admissions(1)
                            : path.endsWith("presences") ? presences(1) : bodyOf(path, method);
            String query = path.endsWith("client-ids") ? "?issuer=a&subject=b" : "";
            assertThat(ask(path, query, method, json).status()).as(path).isEqualTo(503);
        });
        rig.registryFailure = null;
        rig.memory.withdraw(new dev.hawser.backend.registry.ServerStart("one", ""), 0);
        ask("/v1/fleet/servers/{serverId}/drain", "post", "{\"withinSeconds\": 60}");
        rig.nowNanos += 60_000_000_000L;
        ask("/v1/fleet/players/{clientId}", "get", "");
        ask("/v1/fleet/players/{clientId}/kick", "post", "{}");
    }

    private void fleetWithoutCredential() {
        eachOfFleet((path, method) ->
                check(
                        path,
                        method,
                        rig.ask(
                                "guess",
                                method.toUpperCase(java.util.Locale.ROOT),
                                url(path),
                                bodyOf(path, method))));
    }

    private Set<String> documented() {
        Set<String> documented = new TreeSet<>();
        openapi.get("paths")
                .properties()
                .forEach(path ->
                        path.getValue().properties().stream()
                                .filter(method -> METHODS.contains(method.getKey()))
                                .forEach(method ->
                                        method.getValue()
                                                .get("responses")
                                                .fieldNames()
                                                .forEachRemaining(status ->
                                                        documented.add(
                                                                method.getKey()
                                                                        + " "
                                                                        + path.getKey()
                                                                        + " "
                                                                        + status))));
        return documented;
    }

    private void assertMatchesItsSchema(String name, String json) {
        JsonNode schema = openapi.at("/components/schemas/" + name);
        try {
            JsonNode node = new ObjectMapper().readTree(json);
            assertThat(schema(schema).validate(node)).isEmpty();
            // All members that the document knows are in the request that the service took.
            assertThat(node.properties()).hasSameSizeAs(schema.get("properties").properties());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theMethodsAreThoseThatTheServiceSaysItHas() {
        openapi.get("paths")
                .properties()
                .forEach(path -> {
                    Set<String> methods = new TreeSet<>();
                    path.getValue()
                            .fieldNames()
                            .forEachRemaining(name -> {
                                if (METHODS.contains(name)) {
                                    methods.add(name.toUpperCase(java.util.Locale.ROOT));
                                }
                            });
                    String url = url(path.getKey());
                    ServiceRig.Answer answer =
                            rig.send(rig.request(url).method("PATCH", body("{}")));
                    assertThat(answer.status()).isEqualTo(405);
                    assertThat(new TreeSet<>(Set.of(answer.header("Allow").split(", "))))
                            .isEqualTo(methods);
                });
    }
}
