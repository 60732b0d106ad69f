package dev.hawser.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hawser.cli.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// `hawser server --agones`, beside a double of Agones' sidecar that says little.
class AgonesOptionTest {
    @Test
    void aServerTellsAgonesOfItsLifeAndTakesItsAddressFromThere() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        CountDownLatch ready = new CountDownLatch(1);
        HttpServer sidecar =
                HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        try {
            sidecar.setExecutor(runnable -> Thread.ofVirtual().start(runnable));
            sidecar.createContext("/", exchange -> serve(exchange, requests, ready));
            sidecar.start();
            // All interfaces, of which the identity has to come from somewhere else.
            Output out = new Output();
            Cli.Result result =
                    Cli.runInto(
                            out,
                            true,
                            Map.of(
                                    "AGONES_SDK_HTTP_PORT",
                                    "" + sidecar.getAddress().getPort(),
                                    "HAWSER_PRIVATE_KEY",
                                    "11".repeat(32)),
                            "server",
                            "--agones",
                            "--bind=0.0.0.0:0");
            assertThat(result.err()).doesNotContain("identity");
            assertThat(out.text()).contains("listening on 0.0.0.0:", "agones Ready");
            assertThat(requests).contains("/ready", "/health").last().isEqualTo("/shutdown");
        } finally {
            sidecar.stop(0);
        }
    }

    private static void serve(HttpExchange exchange, List<String> requests, CountDownLatch ready)
            throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            exchange.getRequestBody().readAllBytes();
            boolean isWatch = path.equals("/watch/gameserver");
            if (!isWatch) {
                requests.add(path);
            }
            String gameServer = isWatch ? "Scheduled" : "Starting";
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            if (isWatch) {
                body.write(line(gameServer));
                body.flush();
                ready.await();
                body.write(line("Ready"));
                body.flush();
            } else if (path.equals("/gameserver")) {
                body.write(gameServer(gameServer).getBytes(StandardCharsets.UTF_8));
            } else {
                body.write("{}".getBytes(StandardCharsets.UTF_8));
                if (path.equals("/ready")) {
                    ready.countDown();
                }
            }
        } catch (InterruptedException e) {
            // The test is over.
        }
    }

    private static byte[] line(String state) {
        return ("{\"result\":" + gameServer(state) + "}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String gameServer(String state) {
        return "{\"object_meta\":{\"name\":\"arena\"},\"status\":{\"state\":\""
                + state
                + "\",\"address\":\"203.0.113.5\",\"ports\":[{\"name\":\"game\",\"port\":7123}]}}";
    }

    /// Whoever reads the output goes away when Agones has said that the server is ready, which ends
    /// the server.
    private static final class Output extends OutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            if (text().contains("agones Ready")) {
                throw new IOException("Broken pipe");
            }
            written.write(bytes, offset, length);
            if (text().contains("agones Ready")) {
                throw new IOException("Broken pipe");
            }
        }

        synchronized String text() {
            return written.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void elsewhereItSaysThatThereIsNoAgones() {
        assertThat(Cli.run("server", "--agones"))
                .isEqualTo(
                        new Cli.Result(
                                1,
                                "",
                                "hawser: --agones, but AGONES_SDK_HTTP_PORT is not set:"
                                        + " Agones sets it in the containers of a GameServer, so"
                                        + " leave --agones out elsewhere\n"));
        assertThat(Cli.run(Map.of("AGONES_SDK_HTTP_PORT", "x"), "server", "--agones").err())
                .contains("is no port");
    }
}
