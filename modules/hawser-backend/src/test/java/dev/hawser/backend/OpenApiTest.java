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
                {"startId": "00112233445566778899aabbccddeeff",
                 "publicAddress": "1.2.3.4:5", "internalAddress": "10.0.0.1:5", "region": "eu",
                 "protocolId": "119", "maxClients": 64, "freeSlots": 64, "keyIds": ["%s"],
                 "maxConnectTokenLifetimeSeconds": 30,
                 "webTransportCertificateHashes": ["%s"],
                 "webTransport": "https://play.example.org:7778/hawser",
                 "webSocket": "wss://play.example.org:7778/hawser", "connectedSince": ["7"],
                 "disconnectedSince": ["8"]}\
                """
                        .formatted(rig.key.id(), "ab".repeat(32));
        assertMatchesItsSchema("Announcement", announcement);
        server("put", SERVER_CREDENTIAL, JSON, announcement);
        String other = announcement.replace("\"00", "\"01");
        server("put", SERVER_CREDENTIAL, JSON, other);
        server("put", SERVER_CREDENTIAL, JSON, announcement);
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
        rig.registryFailure = new IllegalStateException("away");
        check("/health/ready", "get", rig.send(rig.request("/health/ready").GET()));
        check("/health/ready", "head", rig.send(rig.request("/health/ready").HEAD()));
        token("Bearer player:eve", JSON, "{}");
        server("put", SERVER_CREDENTIAL, JSON, announcement);
        server("delete", SERVER_CREDENTIAL, JSON, "");
        rig.registryFailure = null;
        server("delete", SERVER_CREDENTIAL, JSON, "");
        for (int i = 0; i < 41; i++) {
            server("delete", "guess", JSON, "");
            server("put", "guess", JSON, "");
        }

        Set<String> documented = documented();
        // Where the document has a status for every path, one path shows that it is true.
        documented.removeIf(each -> each.endsWith(" 405"));
        documented.removeIf(each -> each.endsWith(" 500") || each.endsWith(" 413"));
        assertThat(seen).containsAll(documented);
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
                    String url = path.getKey().replace("{serverId}", "one");
                    ServiceRig.Answer answer =
                            rig.send(rig.request(url).method("PATCH", body("{}")));
                    assertThat(answer.status()).isEqualTo(405);
                    assertThat(new TreeSet<>(Set.of(answer.header("Allow").split(", "))))
                            .isEqualTo(methods);
                });
    }
}
