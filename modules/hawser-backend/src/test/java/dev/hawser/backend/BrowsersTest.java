package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a page in a browser needs of the service: to be let in, and to learn where servers are.
class BrowsersTest {
    private static final String ORIGIN = "https://game.example.org";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private ServiceRig rig =
            new ServiceRig(builder -> builder.allowedOrigins(ORIGIN, "app://game"));

    @AfterEach
    void close() {
        rig.close();
    }

    private void restart(String... origins) {
        rig.close();
        rig = new ServiceRig(builder -> builder.allowedOrigins(origins));
    }

    private ServiceRig.Answer preflight(String path, String origin) {
        return rig.send(
                rig.request(path)
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "authorization,content-type")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    }

    private ServiceRig.Answer token(String origin, String player) {
        return rig.send(
                rig.request("/v1/connect-token")
                        .header("Origin", origin)
                        .header("Authorization", "Bearer player:" + player)
                        .header("Content-Type", "application/json")
                        .POST(body("{}")));
    }

    private static List<String> accessHeaders(ServiceRig.Answer answer) {
        return answer.response().headers().map().keySet().stream()
                .filter(name -> name.startsWith("access-control"))
                .toList();
    }

    // ---- Pages of other origins

    @ParameterizedTest
    @ValueSource(strings = {ORIGIN, "app://game"})
    void aPageThatIsAllowedMayAskForTokens(String origin) {
        rig.announce("one", 5);

        ServiceRig.Answer preflight = preflight("/v1/connect-token", origin);

        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header(ALLOWED)).isEqualTo(origin);
        assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("POST");
        assertThat(preflight.header("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type");
        assertThat(preflight.header("Access-Control-Max-Age")).isEqualTo("600");
        assertThat(preflight.header("Access-Control-Allow-Credentials")).isEmpty();
        assertThat(preflight.header("Vary")).isEqualTo("Origin");
        ServiceRig.Answer token = token(origin, "ada");
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.header(ALLOWED)).isEqualTo(origin);
        assertThat(token.header("Vary")).isEqualTo("Origin");
    }

    @Test
    void aPageSeesRefusalsAndWhenToComeBack() {
        ServiceRig.Answer noServer = token(ORIGIN, "ada");
        assertThat(noServer.status()).isEqualTo(503);
        assertThat(noServer.header(ALLOWED)).isEqualTo(ORIGIN);
        assertThat(noServer.header("Access-Control-Expose-Headers")).isEqualTo("Retry-After");
    }

    @Test
    void aPageSeesWhatTheWebServerRefusesByItself() {
        ServiceRig.Answer compressed =
                rig.send(
                        rig.request("/v1/connect-token")
                                .header("Origin", ORIGIN)
                                .header("Content-Encoding", "zip")
                                .POST(body("{}")));
        assertThat(compressed.status()).isEqualTo(415);
        assertThat(compressed.header(ALLOWED)).isEqualTo(ORIGIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://game.example.org.evil.example",
                "https://game.example.org:8443",
                "http://game.example.org",
                "https://GAME.example.org",
                "https://example.org",
                "null",
                "*",
                "https://game.example.org, https://evil.example",
            })
    void anyOtherPageIsToldNothing(String origin) {
        rig.announce("one", 5);
        for (ServiceRig.Answer answer :
                List.of(preflight("/v1/connect-token", origin), token(origin, "ada"))) {
            assertThat(accessHeaders(answer)).isEmpty();
            assertThat(answer.header("Vary")).isEqualTo("Origin");
        }
    }

    @Test
    void pagesMayAskForTokensOnly() {
        for (String path : List.of("/v1/servers/one", "/health/live", "/v1/connect-token/")) {
            ServiceRig.Answer answer = preflight(path, ORIGIN);
            assertThat(answer.status()).isIn(404, 405);
            assertThat(accessHeaders(answer)).isEmpty();
        }
    }

    @Test
    void nobodyIsAllowedUnlessSaid() {
        restart();
        rig.announce("one", 5);
        assertThat(preflight("/v1/connect-token", ORIGIN).status()).isEqualTo(204);
        assertThat(accessHeaders(preflight("/v1/connect-token", ORIGIN))).isEmpty();
        assertThat(accessHeaders(token(ORIGIN, "ada"))).isEmpty();
    }

    @Test
    void everybodyCanBeAllowed() {
        restart("*");
        rig.announce("one", 5);
        assertThat(preflight("/v1/connect-token", ORIGIN).header(ALLOWED)).isEqualTo("*");
        assertThat(token("null", "ada").header(ALLOWED)).isEqualTo("*");
        assertThat(rig.token("ada", "{}").header(ALLOWED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://game.example.org/, write scheme",
        "https://Game.example.org, write scheme",
        "HTTPS://game.example.org, write scheme",
        "https://ada@game.example.org, write scheme",
        "https://größe.example.org, write scheme",
        "game.example.org, write scheme",
        "null, write scheme",
        "https://*.example.org, write",
        "'', write scheme",
        "https://game.example.org:443, leave out the port",
        "http://game.example.org:80, leave out the port",
    })
    void anOriginThatNoPageHasIsRefused(String origin, String remedy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenService.builder().allowedOrigins(origin))
                .withMessageStartingWith("the allowed origin '" + origin + "' is never that")
                .withMessageContaining(remedy);
    }

    @Test
    void thereAreOnlySoManyOrigins() {
        String[] most =
                IntStream.range(0, 64).mapToObj(i -> "http://h" + i + ":1").toArray(String[]::new);
        TokenService.builder().allowedOrigins(most);
        String[] more = IntStream.range(0, 65).mapToObj(i -> "http://h" + i).toArray(String[]::new);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenService.builder().allowedOrigins(more))
                .withMessageContaining("65 allowed origins, but there can be 64");
    }

    @Test
    void besideEveryOriginNoOtherCounts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenService.builder().allowedOrigins("*", "https://a.example"))
                .withMessageContaining("hold '*'");
    }

    // ---- Where servers are

    @Test
    void aTokenSaysWhereItsServersAreReached() {
        rig.announce("one", 5);
        ServerAnnouncement udp = rig.server("two", 4);
        rig.memory
                .announce(
                        ServerAnnouncement.builder()
                                .serverId("two")
                                .publicAddress(udp.publicAddress())
                                .internalAddress(udp.internalAddress())
                                .region("eu")
                                .protocolId(ServiceRig.PROTOCOL)
                                .maxClients(64)
                                .freeSlots(4)
                                .keyIds(udp.keyIds())
                                .maxConnectTokenLifetimeSeconds(60)
                                .build())
                .toCompletableFuture()
                .join();
        rig.put(
                "three",
                """
                {"publicAddress": "[2001:db8::5]:1", "protocolId": "119",
                 "webSocket": "ws://127.0.0.1:9/a?b", "maxClients": 9, "freeSlots": 1,
                 "keyIds": ["%s"]}\
                """
                        .formatted(rig.key.id()));

        JsonNode json = rig.token("ada", "{}").json();

        assertThat(json.get("servers")).hasSize(3);
        assertThat(json.get("web").toString())
                .isEqualTo(
                        "[{\"server\":\""
                                + rig.server("one", 5).publicAddress()
                                + "\",\"webTransport\":\"https://one.example.org:7778/hawser\","
                                + "\"webSocket\":\"wss://one.example.org:7778/hawser\"},"
                                + "{\"server\":\"[2001:db8::5]:1\","
                                + "\"webSocket\":\"ws://127.0.0.1:9/a?b\"}]");
        assertThat(json.get("servers").get(2).asText()).isEqualTo("[2001:db8::5]:1");
    }

    @Test
    void serversThatTakeUdpOnlyHaveNoWeb() {
        rig.put(
                "three",
                """
                {"publicAddress": "203.0.113.2:1", "protocolId": "119", "webSocket": "",
                 "webTransport": null, "maxClients": 9, "freeSlots": 1, "keyIds": ["%s"]}\
                """
                        .formatted(rig.key.id()));
        JsonNode json = rig.token("ada", "{}").json();
        assertThat(json.get("servers")).hasSize(1);
        assertThat(json.has("web")).isFalse();
    }

    @Test
    void twoServersAtOneAddressAreToldOnce() {
        rig.announce("one", 5);
        ServerAnnouncement one = rig.server("one", 5);
        rig.put(
                "again",
                """
                {"publicAddress": "%s", "internalAddress": "10.0.0.1:40000", "protocolId": "119",
                 "webSocket": "wss://again.example.org/", "maxClients": 9, "freeSlots": 9,
                 "keyIds": ["%s"]}\
                """
                        .formatted(one.publicAddress(), rig.key.id()));
        JsonNode web = rig.token("ada", "{}").json().get("web");
        assertThat(web).hasSize(1);
        assertThat(web.get(0).get("webSocket").asText()).isEqualTo("wss://again.example.org/");
    }

    @ParameterizedTest
    @CsvSource({
        "webTransport, http://play.example.org/",
        "webSocket, https://play.example.org/",
        "webTransport, https://ada:secret@play.example.org/",
        "webSocket, there",
    })
    void anAnnouncementWithAUrlOfTheWrongKindIsRefusedByItsName(String field, String url) {
        ServiceRig.Answer answer =
                rig.put(
                        "one",
                        """
                        {"publicAddress": "203.0.113.2:1", "protocolId": "119", "%s": "%s",
                         "maxClients": 9, "freeSlots": 1, "keyIds": ["%s"]}\
                        """
                                .formatted(field, url, rig.key.id()));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").asText()).isEqualTo(field);
        assertThat(answer.response().body()).doesNotContain("secret");
        assertThat(rig.memory.servers()).isEmpty();
    }

    @Test
    void aPageThatCameOverPlainHttpFetchesItsTokenOverPlainHttp() {
        rig.close();
        String page = "http://127.0.0.1:8080";
        rig =
                new ServiceRig(builder ->
                        builder.plainHttp()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .allowedOrigins(page));
        rig.announce("one", 5);
        assertThat(rig.service.uri().getScheme()).isEqualTo("http");
        assertThat(preflight("/v1/connect-token", page).header(ALLOWED)).isEqualTo(page);
        assertThat(token(page, "ada").status()).isEqualTo(200);
    }
}
