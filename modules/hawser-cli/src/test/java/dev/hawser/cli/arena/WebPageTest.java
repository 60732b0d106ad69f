package dev.hawser.cli.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebPageTest {
    private static final String CLIENT = "export const client = 1;";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
    private WebPage page;

    @BeforeEach
    void startPage() throws IOException {
        page = WebPage.bind(0, CLIENT.getBytes(StandardCharsets.UTF_8));
        page.start(
                "{\"tokens\":\"http://127.0.0.1:1\"}",
                List.of("http://127.0.0.1:1", "https://127.0.0.1:2"));
    }

    @AfterEach
    void stopPage() {
        page.close();
        http.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/index.html, text/html; charset=utf-8",
        "/style.css, text/css; charset=utf-8",
        "/arena.js, text/javascript; charset=utf-8",
        "/hawser-client.js, text/javascript; charset=utf-8",
        "/settings.json, application/json",
        "/icon.svg, image/svg+xml",
    })
    void filesHaveTheirTypesAndThePolicy(String path, String type) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue(type);
        assertThat(response.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy)
                                .startsWith(
                                        "default-src 'self'; connect-src 'self' http://127.0.0.1:1"
                                                + " https://127.0.0.1:2; ")
                                .contains("base-uri 'none'", "frame-ancestors 'none'"));
        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(response.body()).isNotEmpty();
    }

    @Test
    void everythingThatThePageAsksForIsThere() throws Exception {
        Pattern reference = Pattern.compile("(?:from |src=|href=|fetch\\()\"([^\"]+)\"");
        for (String path : new String[] {"/", "/arena.js", "/connection.js", "/players.js"}) {
            Matcher references = reference.matcher(get(path).body());
            while (references.find()) {
                assertThat(get("/" + references.group(1).replaceFirst("^\\./", "")).statusCode())
                        .as("%s in %s", references.group(1), path)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void theClientAndTheSettingsAreThoseThatWereGiven() throws Exception {
        assertThat(get("/hawser-client.js").body()).isEqualTo(CLIENT);
        assertThat(get("/settings.json").body()).isEqualTo("{\"tokens\":\"http://127.0.0.1:1\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/../module-info.class",
                "/..%2f..%2f..%2fmodule-info.class",
                "/%2e%2e/cli/version.properties",
                "//style.css",
                "/./style.css",
                "/WebPage.class",
                "/style.css/",
                "http://127.0.0.1/etc/passwd",
                "*",
            })
    void noPathLeadsAnywhereElse(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1", authority())).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void anotherHostIsSentToThePagesOwn() throws Exception {
        assertThat(raw("GET / HTTP/1.1", "rebound.example:80"))
                .startsWith("HTTP/1.1 307 ")
                .contains("ocation: " + page.origin() + "/\r\n")
                .doesNotContain("<html");
    }

    @Test
    void onlyGetAndHeadAreAnswered() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/"));

        assertThat(status(request.POST(HttpRequest.BodyPublishers.ofString("x")))).isEqualTo(405);
        assertThat(status(request.DELETE())).isEqualTo(405);
        HttpResponse<String> head = http.send(request.HEAD().build(), BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        int port = uri("/").getPort();

        assertThatThrownBy(() -> WebPage.bind(port, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("port " + port, "--port");
    }

    private int status(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(page.origin() + path);
    }

    private String authority() {
        return uri("/").getAuthority();
    }

    /// What an HTTP client would set right first.
    private String raw(String requestLine, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), uri("/").getPort());
                InputStream in = socket.getInputStream()) {
            String request = requestLine + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
