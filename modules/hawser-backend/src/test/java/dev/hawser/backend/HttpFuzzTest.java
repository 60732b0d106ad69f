package dev.hawser.backend;

import static dev.hawser.backend.ServiceRig.SERVER_CREDENTIAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.protocol.NetAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static Caller caller;

    @BeforeContainer
    static void start() throws IOException {
        rig =
                new ServiceRig(builder ->
                        builder.plainHttp()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .requestsPerMinute(10_000_000, 10_000_000)
                                .allowedOrigins("https://game.example.org")
                                .proxies("127.0.0.1"));
        rig.announce("one", 60);
        caller = new Caller(rig.service.uri().getPort());
    }

    @AfterContainer
    static void stop() throws IOException {
        caller.close();
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
                        "survivesMoves",
                        "resumes",
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
                                rig.key.id().toString(),
                                "00112233445566778899aabbccddeeff"),
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

    private static void check(String start, byte[] body, String... headers) {
        Caller.Answer answer = caller.send(start, body, headers);
        if (!STATUSES.contains(answer.status())) {
            throw new AssertionError("not documented: " + answer);
        }
        if (answer.status() == 204) {
            return;
        }
        JsonNode json = answer.json();
        assertThat(json.isObject()).isTrue();
        if (answer.status() != 200) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(json.get("status").asInt()).isEqualTo(answer.status());
            assertThat(answer.body())
                    .doesNotContain("Exception", "com.fasterxml", "dev.hawser.backend");
        }
    }

    @Property(tries = 1500)
    void anyBodyFromAPlayer(@ForAll("bodies") byte[] body) {
        check(
                "POST /v1/connect-token",
                body,
                "Authorization: Bearer player:ada",
                "Content-Type: application/json");
    }

    @Property(tries = 1500)
    void anyBodyFromAServer(@ForAll("bodies") byte[] body) {
        check(
                "PUT /v1/servers/fuzz",
                body,
                "Authorization: Bearer " + SERVER_CREDENTIAL,
                "Content-Type: application/json");
    }

    @Property(tries = 1500)
    void anyHeaders(
            @ForAll("headerValues") String authorization,
            @ForAll("headerValues") String type,
            @ForAll("headerValues") String other) {
        for (String name :
                List.of("X-Forwarded-For", "Origin", "Content-Encoding", "Accept", "X-Other")) {
            check(
                    "POST /v1/connect-token",
                    "{}".getBytes(StandardCharsets.UTF_8),
                    "Authorization: " + authorization,
                    "Content-Type: " + type,
                    name + ": " + other);
        }
    }

    /// Asks one thing after the other over one connection. The client of the JDK takes more of the
    /// processor for a request than the service does.
    private static final class Caller implements AutoCloseable {
        private static final ObjectMapper MAPPER = new ObjectMapper();
        private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) [ -~]*");
        private static final Pattern HEADER = Pattern.compile("([!#-'*+.^_`|~\\w-]+): *([ -~]*)");
        private static final int READ_TIMEOUT_MILLIS = 600_000;

        private final int port;
        private Socket socket = new Socket();
        private InputStream in = InputStream.nullInputStream();

        /// Whether an answer came over the connection, which the service may close from then on.
        private boolean isUsed;

        Caller(int port) throws IOException {
            this.port = port;
            dial();
        }

        private void dial() throws IOException {
            socket.close();
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            isUsed = false;
        }

        Answer send(String start, byte[] body, String... headers) {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(
                    (start
                                    + " HTTP/1.1\r\nContent-Length: "
                                    + body.length
                                    + "\r\nHost: localhost:"
                                    + port
                                    + "\r\nUser-Agent: Java-http-client/25\r\n"
                                    + String.join("\r\n", headers)
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(body);
            try {
                if (isUsed && !begins(request)) {
                    dial();
                }
                if (!isUsed && !begins(request)) {
                    throw new AssertionError("no answer to " + request);
                }
                isUsed = true;
                return answer();
            } catch (IOException e) {
                throw new UncheckedIOException(request.toString(StandardCharsets.UTF_8), e);
            }
        }

        /// {@return whether an answer to the request begins}
        private boolean begins(ByteArrayOutputStream request) throws IOException {
            try {
                request.writeTo(socket.getOutputStream());
                in.mark(1);
                boolean isThere = in.read() >= 0;
                in.reset();
                return isThere;
            } catch (SocketException e) {
                return false;
            }
        }

        private Answer answer() throws IOException {
            int status = Integer.parseInt(matching(STATUS, line()).group(1));
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line = line(); !line.isEmpty(); line = line()) {
                Matcher header = matching(HEADER, line);
                headers.put(header.group(1), header.group(2));
            }
            int length =
                    status == 204
                            ? 0
                            : Integer.parseInt(headers.getOrDefault("Content-Length", "none"));
            byte[] body = in.readNBytes(length);
            assertThat(body).hasSize(length);
            if (headers.getOrDefault("Connection", "").equalsIgnoreCase("close")) {
                assertThat(in.read()).as("behind the end").isNegative();
                dial();
            }
            return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
        }

        private static Matcher matching(Pattern pattern, String line) {
            Matcher matcher = pattern.matcher(line);
            if (!matcher.matches()) {
                throw new AssertionError("no HTTP: " + line);
            }
            return matcher;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\r'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("in the middle of: " + line);
                }
                line.append((char) c);
            }
            assertThat(in.read()).isEqualTo('\n');
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        private record Answer(int status, Map<String, String> headers, String body) {
            String header(String name) {
                return headers.getOrDefault(name, "");
            }

            JsonNode json() {
                try {
                    return MAPPER.readTree(body);
                } catch (IOException e) {
                    throw new AssertionError("not JSON: " + body, e);
                }
            }
        }
    }
}
