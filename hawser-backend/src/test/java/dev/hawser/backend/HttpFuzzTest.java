package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.SERVER_CREDENTIAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.NetAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Whatever a body or a header holds, the answer is one of those that are documented, well-formed,
/// and the service goes on.
class HttpFuzzTest {
    private static final Set<Integer> STATUSES =
            Set.of(200, 204, 400, 401, 403, 413, 415, 422, 429, 503);

    private static ServiceRig rig;

    @BeforeContainer
    static void start() {
        rig =
                new ServiceRig(builder ->
                        builder.plainHttp()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .requestsPerMinute(10_000_000, 10_000_000)
                                .allowedOrigins("https://game.example.org")
                                .proxies("127.0.0.1"));
        rig.announce("one", 60);
    }

    @AfterContainer
    static void stop() {
        rig.close();
    }

    /// Members as they are, members of other kinds, and text that is nearly JSON.
    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<String> names =
                Arbitraries.of(
                        "region",
                        "protocolId",
                        "statesReasons",
                        "publicAddress",
                        "internalAddress",
                        "maxClients",
                        "freeSlots",
                        "keyIds",
                        "connectedSince",
                        "maxConnectTokenLifetimeSeconds",
                        "webTransportCertificateHashes",
                        "webTransport",
                        "webSocket",
                        "__proto__",
                        "");
        Arbitrary<String> texts =
                Arbitraries.oneOf(
                        Arbitraries.of(
                                "119",
                                "eu",
                                "1.2.3.4:5",
                                "[::1]:5",
                                "https://play.example.org:7778/hawser",
                                "wss://a@b:99999/#",
                                "0",
                                "-1",
                                "18446744073709551616",
                                rig.key.id().toString()),
                        Arbitraries.strings().ofMaxLength(80));
        Arbitrary<String> plain =
                Arbitraries.oneOf(
                        texts.map(HttpFuzzTest::quoted),
                        Arbitraries.of(
                                "null",
                                "true",
                                "false",
                                "0",
                                "64",
                                "-1",
                                "1e999",
                                "1.5",
                                "{}",
                                "[]",
                                "NaN",
                                "99999999999999999999999999"),
                        Arbitraries.longs().map(String::valueOf));
        Arbitrary<String> values =
                Arbitraries.oneOf(plain, plain.list().ofMaxSize(5).map(Object::toString));
        Arbitrary<String> objects =
                Combinators.combine(names, values)
                        .as((name, value) -> quoted(name) + ":" + value)
                        .list()
                        .ofMaxSize(12)
                        .map(members -> "{" + String.join(",", members) + "}");
        return Arbitraries.oneOf(
                objects.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Combinators.combine(objects, Arbitraries.integers().between(0, 200))
                        .as((text, cut) -> text.substring(0, Math.min(cut, text.length())))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(300));
    }

    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", "")
                + "\"";
    }

    @Provide
    Arbitrary<String> headerValues() {
        Arbitrary<String> visible =
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(300).map(String::strip);
        return Arbitraries.oneOf(
                visible,
                visible.map(text -> "Bearer " + text),
                Arbitraries.of(
                        "Bearer player:ada",
                        "bearer player:ada",
                        "Bearer " + SERVER_CREDENTIAL,
                        "application/json",
                        "application/json;charset=UTF-8",
                        "gzip",
                        "1.2.3.4, 5.6.7.8",
                        ",,,,",
                        "::1"));
    }

    private void check(HttpRequest.Builder request) {
        ServiceRig.Answer answer = rig.send(request);
        assertThat(STATUSES).as("%s", answer).contains(answer.status());
        if (answer.status() == 204) {
            return;
        }
        JsonNode json = answer.json();
        assertThat(json.isObject()).isTrue();
        if (answer.status() != 200) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(json.get("status").asInt()).isEqualTo(answer.status());
            assertThat(answer.response().body())
                    .doesNotContain("Exception", "com.fasterxml", "dev.hawser.backend");
        }
    }

    @Property(tries = 1500)
    void anyBodyFromAPlayer(@ForAll("bodies") byte[] body) {
        check(
                rig.request("/v1/connect-token")
                        .header("Authorization", "Bearer player:ada")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Property(tries = 1500)
    void anyBodyFromAServer(@ForAll("bodies") byte[] body) {
        check(
                rig.request("/v1/servers/fuzz")
                        .header("Authorization", "Bearer " + SERVER_CREDENTIAL)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Property(tries = 1500)
    void anyHeaders(
            @ForAll("headerValues") String authorization,
            @ForAll("headerValues") String type,
            @ForAll("headerValues") String other) {
        for (String name :
                List.of("X-Forwarded-For", "Origin", "Content-Encoding", "Accept", "X-Other")) {
            check(
                    rig.request("/v1/connect-token")
                            .header("Authorization", authorization)
                            .header("Content-Type", type)
                            .header(name, other)
                            .POST(ServiceRig.body("{}")));
        }
    }
}
