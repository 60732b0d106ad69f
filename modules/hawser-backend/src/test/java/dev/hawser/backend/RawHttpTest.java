package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client does that is no HTTP client: broken requests, slow ones, and many at a time.
class RawHttpTest {
    private static final int READ_TIMEOUT_MILLIS = 300_000;

    private final ServiceRig rig =
            new ServiceRig(builder ->
                    builder.plainHttp()
                            .bind(NetAddress.parse("127.0.0.1:0"))
                            .requestTimeout(Duration.ofSeconds(1))
                            .concurrency(100, 2)
                            .requestsPerMinute(10_000, 10_000));

    /// What the web server itself has to say, which should be nothing.
    private final List<String> webServerLog = new CopyOnWriteArrayList<>();

    private final Logger webServer = Logger.getLogger("io.helidon");
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                        webServerLog.add(line.getMessage() + " " + line.getThrown());
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    RawHttpTest() {
        webServer.addHandler(handler);
    }

    @AfterEach
    void close() {
        webServer.removeHandler(handler);
        rig.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.service.uri().getPort());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        return socket;
    }

    /// {@return what comes until the service closes the connection, or half a response was read}
    private static String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                if (text.indexOf("}") >= 0) {
                    break;
                }
            }
        } catch (SocketException e) {
            // Closed while there was something to read for the service: as good as an end.
        }
        return text.toString();
    }

    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NONSENSE                                            | 400",
                "GET /                                               | 400",
                "GET / HTTP/3.0\\r\\nHost: a\\r\\n\\r\\n             | 400",
                "GET / HTTP/1.1\\r\\n\\r\\n                          | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nno colon\\r\\n\\r\\n | 400",
                "GET /%NUL% HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n      | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: %LONG%\\r\\n\\r\\n | 400",
                "GET /%LONG% HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n       | 414",
                "PUT /v1/servers/a HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 4194304\\r\\n\\r\\n | 413",
                "POST /v1/connect-token HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: x\\r\\n\\r\\n | 400",
                "GET / HTTP/1.0\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 505",
                "GET / HTTP/1.0\\r\\nX: a\\r\\n folded\\r\\n\\r\\n | 505",
                "GET / HTTP/1.0\\r\\nX: %LONG%\\r\\n\\r\\n      | 505",
                "GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n        | 400",
                "GET /health/live HTTP/1.0\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n | 400",
                "GET / HTTP/1.1\\r\\nHost: a b\\r\\n\\r\\n      | 400",
                "GET / HTTP/1.1\\r\\nHost: a:b\\r\\n\\r\\n      | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nX\\1: b\\r\\n\\r\\n | 400",
                "GET / HTTP/1.1\\nHost: a\\n\\n                    | 400",
                "GET / HTTP/1.1\\rHost: a\\r\\r                    | 400",
                "\\26\\3\\1\\2\\0\\1\\r\\n    | 400",
                "GET %zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n      | 400",
                "GET /?a=%zz&\\1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n | 501",
                "POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 501",
                "POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 3\\r\\n\\r\\n | 400",
                "POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -1\\r\\n\\r\\n | 400",
                "POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 99999999999999999999\\r\\n\\r\\n | 400",
            })
    void brokenHttpGetsProblemDetailsToo(String request, int status) throws IOException {
        try (Socket socket = connect()) {
            HostileCaller.write(
                    socket,
                    request.translateEscapes()
                                    .replace("%NUL%", "\0")
                                    .replace("%LONG%", "x".repeat(40_000))
                            + "\r\n");
            String answer = read(socket);
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            assertThat(answer)
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("https://hawser.dev/problems/")
                    .doesNotContainIgnoringCase("helidon")
                    .doesNotContain("Exception", "java.");
        }
        assertServes();
        assertThat(webServerLog).isEmpty();
        assertThat(rig.log.lines).noneMatch(line -> line.startsWith("ERROR"));
        assertThat(rig.service.stats().requestsMalformed()).isPositive();
    }

    /// What the body is shows only when it is read, and that is the player's fault too.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-5\r\n",
                "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n",
                "Content-Length: 10\r\n\r\n{}",
                "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                "Content-Length: 3000000\r\n\r\n{}"
            })
    void aBodyThatIsNoneIsThePlayersFault(String rest) throws IOException {
        try (Socket socket = connect()) {
            HostileCaller.write(
                    socket,
                    "POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer player:a"
                            + "\r\nContent-Type: application/json\r\n"
                            + rest);
            socket.shutdownOutput();
            assertThat(read(socket)).containsPattern("^(HTTP/1.1 4\\d\\d |$)");
        }
        assertServes();
        assertThat(webServerLog).isEmpty();
        assertThat(rig.log.lines).noneMatch(line -> line.startsWith("ERROR"));
    }

    /// Cut at each byte, the peer gone in both ways that there are.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoGoesAwayInTheMiddleIsNoLineInAnyLog(boolean isReset) throws IOException {
        String request =
                "POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer player:a\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        for (int length = 0; length <= request.length(); length++) {
            try (Socket socket = connect()) {
                HostileCaller.write(socket, request.substring(0, length));
                if (isReset) {
                    socket.setSoLinger(true, 0);
                } else {
                    socket.shutdownOutput();
                    read(socket);
                }
            }
        }
        assertServes();
        assertThat(webServerLog).isEmpty();
        assertThat(rig.log.lines).noneMatch(line -> line.startsWith("ERROR"));
    }

    /// What proxies and their health checks speak.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /health/live HTTP/1.0\\r\\n\\r\\n                       | 200",
                "GET /health/ready HTTP/1.0\\r\\nConnection: close\\r\\n\\r\\n | 200",
                "GET /health/live HTTP/1.0\\r\\nHost: a\\r\\nConnection: keep-alive\\r\\nKeep-Alive: 5\\r\\n\\r\\n | 200",
                "OPTIONS / HTTP/1.0\\r\\n\\r\\n                             | 404",
                "POST /v1/connect-token HTTP/1.0\\r\\nAuthorization: Bearer player:a\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\nExpect: 100-continue\\r\\n\\r\\n{} | 200",
                "POST /v1/connect-token HTTP/1.0\\r\\nHost: a\\r\\n\\r\\n      | 401",
            })
    void http10IsServedOneRequestAConnection(String request, int status) throws IOException {
        rig.announce("one", 5);
        for (boolean isInPieces : new boolean[] {false, true}) {
            try (Socket socket = connect()) {
                String text = request.translateEscapes();
                for (int i = 0; isInPieces && i < text.length(); i++) {
                    HostileCaller.write(socket, text.substring(i, i + 1));
                }
                if (!isInPieces) {
                    HostileCaller.write(socket, text);
                }
                String answer = readToEnd(socket);
                assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
                assertThat(answer)
                        .containsIgnoringCase("connection: close")
                        .containsIgnoringCase("content-length: ")
                        .doesNotContain("100 Continue")
                        .endsWith("}");
            }
        }
        assertThat(webServerLog).isEmpty();
    }

    /// Nobody waits for the timeout of a connection that is over.
    @Test
    void aConnectionThatIsToCloseCloses() throws IOException {
        try (ServiceRig patient =
                        new ServiceRig(builder ->
                                builder.plainHttp()
                                        .bind(NetAddress.parse("127.0.0.1:0"))
                                        .requestTimeout(Duration.ofMinutes(5)));
                Socket socket =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                patient.service.uri().getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            HostileCaller.write(
                    socket,
                    "POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                            + "Content-Length: 1000000\r\n\r\n"
                            + " ".repeat(1_000_000));
            assertThat(readToEnd(socket)).startsWith("HTTP/1.1 401 ").endsWith("}");
        }
    }

    /// A connection of HTTP/1.1 stays one.
    @Test
    void http10BehindARequestOfHttp11IsRefusedAsWhatItIs() throws IOException {
        try (Socket socket = connect()) {
            String first = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
            HostileCaller.write(socket, first + first.replace("1.1", "1.0"));
            assertThat(readToEnd(socket))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("HTTP/1.1 505 ", "http-version")
                    .doesNotContain("500");
        }
        assertThat(webServerLog).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/health/live, 1.1, 200",
        "/health/ready, 1.1, 200",
        "/health/live, 1.0, 200",
        "/nowhere, 1.1, 404",
        "/v1/connect-token, 1.1, 405",
        "/v1/servers/a, 1.1, 405",
        "/%00, 9.9, 400"
    })
    void headGetsNoBody(String path, String version, int status) throws IOException {
        try (Socket socket = connect()) {
            HostileCaller.write(
                    socket,
                    "HEAD "
                            + path
                            + " HTTP/"
                            + version
                            + "\r\nHost: a\r\nConnection: close\r\n\r\n");
            String answer = readToEnd(socket);
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").endsWith("\r\n\r\n");
            assertThat(answer.indexOf("\r\n\r\n")).isEqualTo(answer.length() - 4);
        }
        assertThat(webServerLog).isEmpty();
    }

    /// Who asks whether to send the body is told at once when it is not wanted, and the next
    /// request on the connection is understood.
    @Test
    void expectedBodiesAreAskedForOnlyWhenTheyAreRead() throws IOException {
        String expecting =
                String.join(
                        "\r\n",
                        "POST /v1/connect-token HTTP/1.1",
                        "Host: a",
                        "Content-Type: application/json",
                        "Content-Length: 2",
                        "Expect: 100-continue",
                        "");
        rig.announce("one", 5);
        try (Socket socket = connect()) {
            HostileCaller.write(socket, expecting + "Authorization: Bearer nobody\r\n\r\n");
            assertThat(read(socket)).startsWith("HTTP/1.1 401 ").doesNotContain("100 Continue");
        }
        try (Socket socket = connect()) {
            HostileCaller.write(socket, expecting + "Authorization: Bearer player:a\r\n\r\n");
            byte[] first = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
            assertThat(first).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 100");
            HostileCaller.write(socket, "{}");
            assertThat(read(socket)).contains("HTTP/1.1 200 ");
        }
        assertThat(webServerLog).isEmpty();
    }

    /// A registry that is away, and whatever else fails behind a request, is a line a minute.
    @Test
    void strangersCannotFillTheLog() {
        rig.registryFailure = new IllegalStateException("away");
        for (int i = 0; i < 200; i++) {
            assertThat(rig.send(rig.request("/health/ready").GET()).status()).isEqualTo(503);
        }
        assertThat(rig.log.lines).filteredOn(line -> line.startsWith("WARNING")).hasSize(1);
        rig.authenticatorFailure = new IOException("away too");
        for (int i = 0; i < 200; i++) {
            ServiceRig.Answer answer = rig.token("ada" + i, "{}");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("2");
        }
        assertThat(rig.log.lines).filteredOn(line -> line.startsWith("WARNING")).hasSize(2);
        rig.nowNanos += Duration.ofMinutes(1).toNanos();
        rig.token("ada", "{}");
        assertThat(rig.log.lines.getLast()).contains("199 more");
    }

    private void assertServes() {
        assertThat(rig.send(rig.request("/health/live").GET()).status()).isEqualTo(200);
    }

    /// The longest that a request may take is a second here, and the service looks every second.
    @ParameterizedTest
    @CsvSource({
        "''",
        "'GET '",
        "'GET /health/live HTTP/1.1\r\nHost: a\r\nX: '",
        "'POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer player:a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n'"
    })
    void aClientThatDripsItsRequestIsCutOff(String start) throws IOException {
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        try (Socket socket = connect()) {
            socket.setSoTimeout(50);
            HostileCaller.write(socket, start);
            boolean isOpen = true;
            while (isOpen) {
                assertThat(System.nanoTime()).as("cut off by now").isLessThan(deadlineNanos);
                try {
                    HostileCaller.write(socket, " ");
                    isOpen = socket.getInputStream().read() >= 0;
                } catch (java.net.SocketTimeoutException e) {
                    // Nothing said yet: the next byte.
                } catch (SocketException e) {
                    isOpen = false;
                }
            }
        }
        assertServes();
    }

    @Test
    void moreRequestsAtATimeThanItTakesAreToldToComeBack() throws Exception {
        var inside = new java.util.concurrent.CountDownLatch(2);
        var goOn = new java.util.concurrent.CountDownLatch(1);
        rig.announce("one", 5);
        rig.admission = ServiceRig.refusingLate(inside, goOn);
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> rig.token("ada", "{}"));
            var second = threads.submit(() -> rig.token("bob", "{}"));
            assertThat(inside.await(120, java.util.concurrent.TimeUnit.SECONDS)).isTrue();

            ServiceRig.Answer third = rig.token("eve", "{}");

            goOn.countDown();
            assertThat(third.status()).as("%s", third).isEqualTo(503);
            assertThat(third.header("Retry-After")).isEqualTo("5");
            assertThat(third.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(first.get().status()).isEqualTo(403);
            assertThat(second.get().status()).isEqualTo(403);
        }
    }
}
