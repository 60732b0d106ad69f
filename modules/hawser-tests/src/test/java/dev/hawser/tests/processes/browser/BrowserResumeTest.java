package dev.hawser.tests.processes.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.tests.Built;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A page in a real browser whose session is broken by a relay that drops it: the page comes back
/// by itself, and is the same client to the game.
///
/// How long that took is written to `target`, for people.
@Execution(ExecutionMode.CONCURRENT)
class BrowserResumeTest {
    private static final long PATIENCE_MILLIS = 600_000;
    private static final int WITHIN_MILLIS = 1_200_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChromiumProcess chromium = ChromiumProcess.shared();

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aDroppedWebTransportIsGoneOnWith() throws IOException {
        goOn(List.of(WebEchoServer.WEB_TRANSPORT), DroppingRelay::drop);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aDroppedWebSocketIsGoneOnWith() throws IOException {
        goOn(List.of(WebEchoServer.WEB_SOCKET), DroppingRelay::drop);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whereWebTransportIsGoneThePageComesBackByWebSocket() throws IOException {
        goOn(
                List.of(WebEchoServer.WEB_TRANSPORT, WebEchoServer.WEB_SOCKET),
                DroppingRelay::dropUdp);
    }

    /// @param ways in the order of the page; the first one is lost, the last one is there after it
    private void goOn(List<String> ways, Consumer<DroppingRelay> loss) throws IOException {
        int tab = chromium.openDriver();
        try (WebEchoServer server =
                WebEchoServer.behindRelay(chromium.evaluate(tab, "location.origin").asText())) {
            connect(tab, server, ways);
            int connects = server.connects();

            loss.accept(server.relay());
            awaitResumed(tab, server, ways.getLast());

            assertThat(server.connects()).as(all(tab, server)).isEqualTo(connects);
            assertThat(server.ended()).as(all(tab, server)).isEmpty();
            JsonNode look = chromium.act(tab, "look", wish());
            assertThat(look.path("stats").path("resumes").asInt()).isPositive();
            JsonNode echo = echo(tab);
            assertThat(echo.path("isBack").asBoolean()).as(all(tab, server)).isTrue();
            note(ways, resumedMillis(look.path("states")));
        } finally {
            chromium.close(tab);
        }
    }

    /// By the first of the ways, again where a busy browser went another one.
    private void connect(int tab, WebEchoServer server, List<String> ways) {
        long startNanos = System.nanoTime();
        while (true) {
            ObjectNode wish = wish();
            ways.forEach(wish.withObject("options").putArray("transports")::add);
            wish.withObject("options")
                    .put("openTimeoutMillis", 60_000)
                    .put("resumeWithinMillis", WITHIN_MILLIS);
            wish.putObject("service")
                    .put("endpoint", server.tokenEndpoint())
                    .put("credential", "resumes-" + tab);
            JsonNode state = chromium.act(tab, "connect", wish);
            if (state.path("transport").asText().equals(ways.getFirst())) {
                return;
            }
            checkPatience(tab, server, startNanos);
        }
    }

    private void awaitResumed(int tab, WebEchoServer server, String way) {
        long startNanos = System.nanoTime();
        while (!server.resumed().contains(way) || !isConnected(tab)) {
            checkPatience(tab, server, startNanos);
            ChromiumProcess.pause(20);
        }
    }

    private boolean isConnected(int tab) {
        JsonNode state = chromium.act(tab, "look", wish()).path("state");
        return state.path("kind").asText().equals("connected");
    }

    /// A datagram may be lost.
    private JsonNode echo(int tab) {
        JsonNode echo = JSON.createObjectNode();
        for (int i = 0; i < 100 && !echo.path("isBack").asBoolean(); i++) {
            echo = chromium.act(tab, "payload", wish().put("bytes", 100));
        }
        return echo;
    }

    /// For people, in `target`: how long it takes depends on the machine.
    private static void note(List<String> ways, long millis) throws IOException {
        Files.writeString(
                Built.root().resolve("modules/hawser-tests/target/resumed-in-browser.txt"),
                "%s: resumed %d ms after the page noticed the loss%n"
                        .formatted(String.join(", then ", ways), millis),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static long resumedMillis(JsonNode states) {
        double lostAtMillis = 0;
        for (JsonNode state : states) {
            if (state.path("kind").asText().equals("resuming") && lostAtMillis == 0) {
                lostAtMillis = state.path("atMillis").asDouble();
            } else if (state.path("kind").asText().equals("connected") && lostAtMillis != 0) {
                return Math.round(state.path("atMillis").asDouble() - lostAtMillis);
            }
        }
        throw new AssertionError("never resumed: " + states);
    }

    private void checkPatience(int tab, WebEchoServer server, long startNanos) {
        if (System.nanoTime() - startNanos > PATIENCE_MILLIS * 1_000_000) {
            throw new AssertionError("not in ten minutes; " + all(tab, server));
        }
    }

    private String all(int tab, WebEchoServer server) {
        return "tab " + tab + ": " + chromium.act(tab, "look", wish()) + "; " + server.said();
    }

    private static ObjectNode wish() {
        return JSON.createObjectNode();
    }
}
