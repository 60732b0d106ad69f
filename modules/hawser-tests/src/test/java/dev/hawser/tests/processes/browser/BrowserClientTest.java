package dev.hawser.tests.processes.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.StatedReason;
import dev.hawser.web.SessionRefusal;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `@hawser/client` in a real browser and a server of this process. The page knows where the token
/// service is, and nothing else.
@Execution(ExecutionMode.CONCURRENT)
class BrowserClientTest {
    private static final int FAILED_ATTEMPTS = 10;
    private static final int PACKETS_PER_SECOND = 60;
    private static final int SECONDS = 3;
    private static final int PACKETS = SECONDS * PACKETS_PER_SECOND;
    private static final long PATIENCE_MILLIS = 600_000;

    /// Longer than the timeout of a connection.
    private static final long UNHEARD_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int TRIES = 5;

    /// In which a transport that works opens, whatever else the machine does.
    private static final long OPEN_TIMEOUT_MILLIS = 60_000;

    private static final long LOOK_MILLIS = 20;

    private static final StatedReason SERVERS_REASON = StatedReason.of(1234, "the round is over");
    private static final StatedReason PAGES_REASON = StatedReason.of(2345, "the page was left");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static ChromiumProcess chromium;
    private static final Queue<Integer> TABS = new ConcurrentLinkedQueue<>();
    private static WebEchoServer server;

    @BeforeAll
    static void start() throws Exception {
        chromium = ChromiumProcess.shared();
        int tab = openDriver();
        server = new WebEchoServer(chromium.evaluate(tab, "location.origin").asText());
    }

    @AfterAll
    static void stop() {
        TABS.forEach(chromium::close);
        if (server != null) {
            server.close();
        }
    }

    private static int openDriver(String... without) {
        int tab = chromium.openDriver(without);
        TABS.add(tab);
        return tab;
    }

    /// Side by side, since each takes seconds.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aGameGoesByWebTransportAndWithoutItByWebSocket() {
        Executor threads = task -> Thread.ofVirtual().start(task);
        CompletableFuture<Void> webTransport =
                CompletableFuture.runAsync(
                        () -> play(openDriver(), WebEchoServer.WEB_TRANSPORT), threads);
        CompletableFuture<Void> webSocket =
                CompletableFuture.runAsync(
                        () -> play(openDriver("WebTransport"), WebEchoServer.WEB_SOCKET), threads);

        assertAll(webTransport::join, webSocket::join);
    }

    private void play(int tab, String wayIn) {
        connectByService(tab, wayIn);
        JsonNode traffic =
                chromium.act(
                        tab,
                        "traffic",
                        wish().put("seconds", SECONDS)
                                .put("perSecond", PACKETS_PER_SECOND)
                                .put("bytes", 300));
        String said = wayIn + " moved " + traffic + "; " + all(tab);
        assertThat(traffic.path("sent").asInt()).as(said).isEqualTo(PACKETS);
        assertThat(traffic.path("damaged").asInt(-1)).as(said).isZero();
        // How many is the machine's affair.
        assertThat(traffic.path("received").asInt()).as(said).isBetween(1, PACKETS);

        chromium.act(
                tab,
                "disconnect",
                wish().put("code", PAGES_REASON.code()).put("text", PAGES_REASON.text()));
        awaitEnded(tab, wayIn, new DisconnectReason.ClientLeft(PAGES_REASON));

        connectByService(tab, wayIn);
        server.disconnect(wayIn, SERVERS_REASON);
        JsonNode reason = awaitDisconnected(tab);
        assertThat(reason.path("kind").asText()).as(all(tab)).isEqualTo("server-ended");
        assertThat(reason.path("stated").path("code").asInt()).isEqualTo(SERVERS_REASON.code());
        assertThat(reason.path("stated").path("text").asText()).isEqualTo(SERVERS_REASON.text());
    }

    /// What a session's end says is not heard by the game server: its disconnects say it, behind
    /// all that waits. A browser may close before it has sent them where it gets no processor, so
    /// there are several tries.
    @ParameterizedTest
    @ValueSource(strings = {WebEchoServer.WEB_TRANSPORT, WebEchoServer.WEB_SOCKET})
    @Execution(ExecutionMode.SAME_THREAD)
    void aPageThatLeavesWhileItsQueueIsFullIsHeardToLeave(String wayIn) {
        boolean isWebSocket = wayIn.equals(WebEchoServer.WEB_SOCKET);
        int tab = isWebSocket ? openDriver("WebTransport") : openDriver();
        for (int i = 0; i < TRIES; i++) {
            StatedReason reason = StatedReason.of(PAGES_REASON.code(), wayIn + " under load " + i);
            connectByService(tab, wayIn);
            ObjectNode wish = wish().put("bytes", 1000);
            wish.putObject("reason").put("code", reason.code()).put("text", reason.text());
            JsonNode left = chromium.act(tab, "leaveUnderLoad", wish);
            assertThat(left.path("sent").asInt()).as("until its queue was full").isPositive();
            if (hasEnded(wayIn, new DisconnectReason.ClientLeft(reason))) {
                return;
            }
        }
        throw new AssertionError("no end of a page was heard; " + all(tab));
    }

    /// {@return whether a connection ended like that, before its server heard nothing for too long}
    private static boolean hasEnded(String wayIn, DisconnectReason left) {
        WebEchoServer.Ended expected = new WebEchoServer.Ended(wayIn, left);
        long startNanos = System.nanoTime();
        while (!server.ended().contains(expected)) {
            if (System.nanoTime() - startNanos > UNHEARD_NANOS) {
                return false;
            }
            ChromiumProcess.pause(LOOK_MILLIS);
        }
        return true;
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aWrongCertificateHashFailsTheTransportAndSaysWhatToCheck() {
        int tab = openDriver();
        ObjectNode answer = fetchAnswer(tab);
        answer.putArray("webTransportCertificateHashes").add("5a".repeat(32));
        ObjectNode wish = connectWish();
        wish.set("answer", answer);
        wish.withObject("options").putArray("transports").add(WebEchoServer.WEB_TRANSPORT);

        chromium.act(tab, "connect", wish);

        JsonNode reason = awaitDisconnected(tab);
        assertThat(reason.path("kind").asText()).as(all(tab)).isEqualTo("transport-failed");
        assertThat(reason.path("usedHashes").asBoolean()).isTrue();
        JsonNode failure = reason.path("failures").path(0);
        assertThat(failure.path("transport").asText()).isEqualTo(WebEchoServer.WEB_TRANSPORT);
        assertThat(failure.path("url")).isEqualTo(answer.path("web").path(0).path("webTransport"));
        assertThat(reason.path("explanation").asText())
                .contains("hashes are not those", "nothing listens");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aPageOfAnOriginThatIsNotOnTheListGetsNoSession() throws IOException {
        int tab = openDriver();
        String ownOrigin = chromium.evaluate(tab, "location.origin").asText();
        try (var strict = new WebEchoServer("https://play.example.org", ownOrigin)) {
            ObjectNode wish = connectWish();
            wish.putObject("service")
                    .put("endpoint", strict.tokenEndpoint())
                    .put("credential", "tab-" + tab);

            chromium.act(tab, "connect", wish);

            JsonNode reason = awaitDisconnected(tab);
            assertThat(reason.path("kind").asText()).as(all(tab)).isEqualTo("transport-failed");
            assertThat(reason.path("failures")).as(all(tab)).hasSize(2);
            assertThat(reason.path("explanation").asText())
                    .contains("pages of this origin are not allowed");
            for (String wayIn : List.of(WebEchoServer.WEB_TRANSPORT, WebEchoServer.WEB_SOCKET)) {
                assertThat(strict.refusals(wayIn))
                        .as(wayIn)
                        .containsOnlyKeys(SessionRefusal.ORIGIN);
            }
        }
    }

    /// Chromium makes each WebTransport of a page wait longer that follows failed ones: after ten
    /// about five seconds, which used to be more than the client waited, and to go on until the
    /// page was loaded anew. A busy machine may need a second try, and gets it.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void afterManyFailedAttemptsAPageConnectsWithoutAReload() throws IOException {
        int tab = openDriver();
        URI nowhere = URI.create("https://127.0.0.1:" + closedPort() + "/hawser");
        for (int i = 0; i < FAILED_ATTEMPTS; i++) {
            JsonNode state = connectByWebTransportAlone(tab, nowhere);
            assertThat(state.path("kind").asText()).as(all(tab)).isEqualTo("disconnected");
        }
        for (int i = 0; i < 2; i++) {
            JsonNode state = connectByWebTransportAlone(tab, null);
            for (int more = 0; more < 3 && !isConnected(state); more++) {
                state = connectByWebTransportAlone(tab, null);
            }
            assertThat(state.path("kind").asText()).as(all(tab)).isEqualTo("connected");
        }
        // Nothing is left to wait for where there is another way.
        connectByService(tab, WebEchoServer.WEB_TRANSPORT, WebEchoServer.WEB_SOCKET);
    }

    private static boolean isConnected(JsonNode state) {
        return state.path("kind").asText().equals("connected");
    }

    /// @param elsewhere in place of where the server is
    private JsonNode connectByWebTransportAlone(int tab, @Nullable URI elsewhere) {
        ObjectNode answer = fetchAnswer(tab);
        if (elsewhere != null) {
            ((ObjectNode) answer.path("web").path(0)).put("webTransport", elsewhere.toString());
        }
        // With the patience that a client has by itself: more would hide that it has too little.
        ObjectNode wish = wish();
        wish.set("answer", answer);
        wish.putObject("options").putArray("transports").add(WebEchoServer.WEB_TRANSPORT);
        return chromium.act(tab, "connect", wish);
    }

    private static int closedPort() throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aTokenThatWasSpentInAnotherTabEndsAsRequestTimedOut() {
        int first = openDriver();
        int second = openDriver();
        ObjectNode wish =
                connect(
                        first,
                        () -> connectWish().set("answer", fetchAnswer(first)),
                        WebEchoServer.WEB_TRANSPORT);
        chromium.act(first, "disconnect", wish());

        chromium.act(second, "connect", wish);

        JsonNode reason = awaitDisconnected(second);
        assertThat(reason.path("kind").asText()).as(all(second)).isEqualTo("request-timed-out");
        assertThat(reason.path("explanation").asText())
                .contains("spent", "expired", "wrong address", "unreachable");
    }

    // ---- What a page does

    private void connectByService(int tab, String... transports) {
        connect(
                tab,
                () -> {
                    ObjectNode wish = connectWish();
                    wish.putObject("service")
                            .put("endpoint", server.tokenEndpoint())
                            .put("credential", "tab-" + tab);
                    return wish;
                },
                transports);
    }

    /// Connects, again where a browser that has waited for a processor has gone the other way or
    /// given up.
    ///
    /// @return what was wished for in the end
    private static ObjectNode connect(int tab, Supplier<ObjectNode> wishes, String... transports) {
        long startNanos = System.nanoTime();
        while (true) {
            ObjectNode wish = wishes.get();
            JsonNode state = chromium.act(tab, "connect", wish);
            if (state.path("kind").asText().equals("connected")
                    && List.of(transports).contains(state.path("transport").asText())) {
                return wish;
            }
            assertThat(System.nanoTime() - startNanos)
                    .as("for a connection by %s: %s", List.of(transports), all(tab))
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS));
            chromium.act(tab, "disconnect", wish());
        }
    }

    /// {@return what the token service answers to a page}
    private static ObjectNode fetchAnswer(int tab) {
        return (ObjectNode)
                chromium.evaluate(
                        tab,
                        """
                        fetch("%s/v1/connect-token", {
                            method: "POST",
                            headers: {
                                authorization: "Bearer tab-%d",
                                "content-type": "application/json",
                            },
                            body: JSON.stringify({ statesReasons: true }),
                        }).then((response) => response.json())
                        """
                                .formatted(server.tokenEndpoint(), tab));
    }

    private static JsonNode awaitDisconnected(int tab) {
        JsonNode state =
                chromium.act(
                        tab,
                        "until",
                        wish().put("kind", "disconnected").put("millis", PATIENCE_MILLIS));
        assertThat(state.path("kind").asText()).as(all(tab)).isEqualTo("disconnected");
        return state.path("reason");
    }

    private static void awaitEnded(int tab, String wayIn, DisconnectReason reason) {
        WebEchoServer.Ended expected = new WebEchoServer.Ended(wayIn, reason);
        long startNanos = System.nanoTime();
        while (!server.ended().contains(expected)) {
            if (System.nanoTime() - startNanos > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
                throw new AssertionError("no " + expected + "; " + all(tab));
            }
            ChromiumProcess.pause(LOOK_MILLIS);
        }
    }

    /// {@return what everybody has seen}
    private static String all(int tab) {
        return "tab " + tab + ": " + chromium.act(tab, "look", wish()) + "; " + server.said();
    }

    private static ObjectNode wish() {
        return JSON.createObjectNode();
    }

    /// {@return the wish for a connection, with the options of its client}
    private static ObjectNode connectWish() {
        ObjectNode wish = wish();
        wish.putObject("options").put("openTimeoutMillis", OPEN_TIMEOUT_MILLIS);
        return wish;
    }
}
