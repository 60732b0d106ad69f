package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a client does that is no HTTP client: broken requests, slow ones, and many at a time.
@Timeout(300)
class RawHttpTest {
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private final ServiceRig rig =
            new ServiceRig(builder ->
                    builder.plainHttp()
                            .bind(NetAddress.parse("127.0.0.1:0"))
                            .requestTimeout(Duration.ofSeconds(1))
                            .concurrency(100, 2));

    @AfterEach
    void close() {
        rig.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.service.uri().getPort());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
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
            })
    void brokenHttpGetsProblemDetailsToo(String request, int status) throws IOException {
        try (Socket socket = connect()) {
            write(
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
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        try (Socket socket = connect()) {
            socket.setSoTimeout(50);
            write(socket, start);
            boolean isOpen = true;
            while (isOpen) {
                assertThat(System.nanoTime()).as("cut off by now").isLessThan(deadlineNanos);
                try {
                    write(socket, " ");
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
        rig.admission =
                (_, _) -> {
                    inside.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new PlayerAdmission.Answer.Refused("too late");
                };
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
