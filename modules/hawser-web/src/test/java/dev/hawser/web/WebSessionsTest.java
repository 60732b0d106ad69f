package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportFailure;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.webtransport.Inside;
import dev.hawser.web.webtransport.WebTransportClient;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Who gets a session, how it ends, and what it carries.
class WebSessionsTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));

    private final List<AutoCloseable> opened = new ArrayList<>();
    private SessionServer server;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private void open(Web web, WebServerOptions options) throws IOException {
        server = web.server(options);
        server.looksRound = !options.idleTimeout().equals(WebServerOptions.DEFAULT.idleTimeout());
        server.open();
        opened.add(server);
    }

    private SessionClient dial(Web web) throws IOException {
        return dial(web, web.url(server));
    }

    private SessionClient dial(Web web, URI url) throws IOException {
        return dial(web.client(url));
    }

    private SessionClient dial(SessionClient client) throws IOException {
        client.open();
        opened.add(client);
        client.dial(NAMED);
        return client;
    }

    private static void awaitOpen(SessionClient client) {
        Web.untilOpen(client, NAMED);
    }

    private static TransportFailure awaitFailure(SessionClient client) {
        Web.until(() -> client.lastFailure().isPresent(), "a failure");
        return client.lastFailure().orElseThrow();
    }

    private PeerAddress awaitPeer() {
        Web.until(() -> !server.peers().isEmpty(), "a session");
        return server.peers().getFirst();
    }

    // ---- Who gets one

    @ParameterizedTest
    @EnumSource(value = Web.class, names = "WEB_SOCKET_PLAIN", mode = Mode.EXCLUDE)
    void aWrongPinIsRefused(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web.client(web.url(server), List.of("00".repeat(32))));
        TransportFailure failure = awaitFailure(client);
        assertThat(failure.kind()).isEqualTo(TransportFailure.Kind.CERTIFICATE);
        assertThat(failure.text()).contains(Web.CERTIFICATE.sha256()).contains("fetch a new token");
        assertThat(server.webStats().sessionsOpened()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Web.class, names = "WEB_SOCKET_PLAIN", mode = Mode.EXCLUDE)
    void withoutAPinTheJdksTrustDecides(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web.client(web.url(server), List.of()));
        assertThat(awaitFailure(client).kind()).isEqualTo(TransportFailure.Kind.CERTIFICATE);
    }

    @ParameterizedTest
    @EnumSource
    void aWrongPathIsRefused(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web, web.url(server.localAddress(), "/elsewhere"));
        assertThat(awaitFailure(client).kind()).isEqualTo(TransportFailure.Kind.REFUSED);
        assertThat(server.webStats().refusals()).containsOnlyKeys(SessionRefusal.PATH);
        assertThat(server.webStats().sessionsOpened()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aQueryIsNoPartOfThePath(Web web) throws IOException {
        open(web, WebServerOptions.builder().path("/arena").build());
        awaitOpen(dial(web, web.url(server.localAddress(), "/arena?room=7")));
    }

    @ParameterizedTest
    @EnumSource
    void oneSessionTooManyFromAnAddressIsRefused(Web web) throws IOException {
        open(web, WebServerOptions.builder().sessionsMax(10, 2).build());
        awaitOpen(dial(web));
        awaitOpen(dial(web));
        assertThat(awaitFailure(dial(web)).kind()).isEqualTo(TransportFailure.Kind.REFUSED);
        assertThat(server.webStats().refusals()).containsOnlyKeys(SessionRefusal.ADDRESS_LIMIT);
        assertThat(server.webStats().sessions()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void oneSessionTooManyInAllIsRefusedAndAFreedOneIsFree(Web web) throws IOException {
        open(web, WebServerOptions.builder().sessionsMax(1, 10).build());
        SessionClient first = dial(web);
        awaitOpen(first);
        assertThat(awaitFailure(dial(web)).kind()).isEqualTo(TransportFailure.Kind.REFUSED);
        assertThat(server.webStats().refusals()).containsOnlyKeys(SessionRefusal.SESSION_LIMIT);
        first.close();
        Web.until(() -> server.peers().isEmpty(), "the end of the first session");
        awaitOpen(dial(web));
    }

    @ParameterizedTest
    @EnumSource
    void twoSessionsOfOneMachineAreTwoPeers(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        awaitOpen(dial(web));
        awaitOpen(dial(web));
        Web.until(() -> server.peers().size() == 2, "two sessions");
        PeerAddress first = server.peers().getFirst();
        PeerAddress second = server.peers().getLast();
        assertThat(first.sameAs(second)).isFalse();
        assertThat(first.low()).isEqualTo(second.low());
        assertThat(first.toNetAddress().withPort(0)).isEqualTo(NetAddress.parse("127.0.0.1"));
    }

    /// Connections whose session has not begun may be 16 more than an address may have sessions.
    @Test
    void whoOpensConnectionsAndAsksForNoSessionIsStopped() throws IOException {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.builder().sessionsMax(10, 2).build());
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 2 + 16; i++) {
            var socket = new Socket(address.getAddress(), address.getPort());
            opened.add(socket);
            silent.add(socket);
        }
        try (var oneMore = new Socket(address.getAddress(), address.getPort())) {
            oneMore.setSoTimeout(120_000);
            assertThat(hasEnded(oneMore)).isTrue();
        }
        assertThat(server.webStats().refusals())
                .containsExactlyEntriesOf(Map.of(SessionRefusal.ADDRESS_LIMIT, 1L));

        silent.getFirst().close();
        // The server hears of it in its own time.
        Web.until(() -> opensSession(Web.WEB_SOCKET_PLAIN), "room for one more");
    }

    @Test
    void whoOpensConnectionsOfQuicAndAsksForNoSessionIsStopped() throws Exception {
        open(Web.WEB_TRANSPORT, WebServerOptions.builder().sessionsMax(10, 2).build());
        var quic = new RawQuic();
        opened.add(quic);
        List<QuicChannel> silent = new ArrayList<>();
        for (int i = 0; i < 2 + 16; i++) {
            silent.add(quic.connect(server.localAddress(), new HostilePeer.Deaf()).sync().getNow());
        }
        assertThat(server.webStats().refusals()).isEmpty();

        Future<QuicChannel> oneMore = quic.connect(server.localAddress(), new HostilePeer.Deaf());
        Web.until(() -> !server.webStats().refusals().isEmpty(), "a refusal");
        assertThat(server.webStats().refusals()).containsOnlyKeys(SessionRefusal.ADDRESS_LIMIT);
        assertThat(oneMore.isDone()).isFalse();

        // It was told nothing, and asks again.
        silent.getFirst().close().sync();
        Web.until(oneMore::isDone, "an end of asking");
        assertThat(oneMore.isSuccess()).as(() -> String.valueOf(oneMore.cause())).isTrue();
    }

    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // Reset.
            return true;
        }
    }

    private boolean opensSession(Web web) {
        try {
            SessionClient client = dial(web);
            Web.until(() -> !client.isDialling(), "the end of dialling");
            return client.session() != null && client.session().stage == ClientSession.Stage.OPEN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nobodyThereIsAFailureWithAReason() throws IOException {
        SessionClient client = dial(Web.WEB_SOCKET_PLAIN, URI.create("ws://127.0.0.1:1/hawser"));
        assertThat(awaitFailure(client).kind()).isEqualTo(TransportFailure.Kind.UNREACHABLE);
    }

    @Test
    void aServerWithoutAUrlIsAFailureWithAReason() throws IOException {
        SessionClient client = dial((SessionClient) WebTransportClient.to(_ -> null, List.of()));
        TransportFailure failure = awaitFailure(client);
        assertThat(failure.kind()).isEqualTo(TransportFailure.Kind.NO_URL);
        assertThat(failure.text()).contains("203.0.113.5:7777");
        client.send(NAMED, ByteBuffer.allocate(1));
        assertThat(client.stats().sendFailures()).containsEntry(SendFailure.UNREACHABLE, 1L);
    }

    @ParameterizedTest
    @EnumSource
    void aPortInUseIsNamedWithTheRemedy(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionServer second = web.server(server.localAddress(), WebServerOptions.DEFAULT);
        Assertions.assertThatThrownBy(second::open)
                .isInstanceOf(BindException.class)
                .hasMessageContaining(server.localAddress().toString())
                .hasMessageContaining("is in use")
                .hasMessageContaining("port 0");
        assertThat(second.isOpen()).isFalse();
        server.close();
        second.open();
        opened.add(second);
        awaitOpen(dial(web, web.url(second)));
    }

    @ParameterizedTest
    @EnumSource
    void aPortIsFreeWhenCloseReturnsAlsoToWhoWasInterrupted(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        awaitOpen(dial(web));
        NetAddress address = server.localAddress();
        Thread.currentThread().interrupt();
        server.close();
        assertThat(Thread.interrupted()).isTrue();
        SessionServer second = web.server(address, WebServerOptions.DEFAULT);
        second.open();
        opened.add(second);
    }

    /// However late the network's thread gets to it.
    @ParameterizedTest
    @EnumSource
    void aCloseWaitsForTheNetworksThreadAlsoWhenInterrupted(Web web) throws Exception {
        open(web, WebServerOptions.DEFAULT);
        NetAddress address = server.localAddress();
        var isHeld = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        Thread holder =
                Thread.ofPlatform()
                        .start(() ->
                                server.onNetworksThread(() -> {
                                    isHeld.countDown();
                                    hold(goesOn);
                                }));
        isHeld.await();
        Thread closer =
                Thread.ofPlatform()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            server.close();
                        });
        Web.until(
                () ->
                        closer.getState() == Thread.State.TIMED_WAITING
                                || closer.getState() == Thread.State.TERMINATED,
                "the close");
        assertThat(closer.isAlive()).as("it waits").isTrue();
        goesOn.countDown();
        closer.join();
        holder.join();
        assertThat(canBind(web, address)).isTrue();
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPortIsFreeSoonAfterACloseByTheNetworksThread(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        awaitOpen(dial(web));
        NetAddress address = server.localAddress();
        assertThat(server.onNetworksThread(server::close).isSuccess()).isTrue();
        Web.until(() -> canBind(web, address), "the port");
    }

    private boolean canBind(Web web, NetAddress address) {
        SessionServer second = web.server(address, WebServerOptions.DEFAULT);
        try {
            second.open();
            opened.add(second);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anOpenThatFailsLeavesNoThread() throws IOException {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.DEFAULT);
        long before = networkThreads();
        for (int i = 0; i < 3; i++) {
            SessionServer second =
                    Web.WEB_SOCKET_PLAIN.server(server.localAddress(), WebServerOptions.DEFAULT);
            Assertions.assertThatThrownBy(second::open).isInstanceOf(BindException.class);
        }
        // A group has ended before its thread has.
        Web.until(() -> networkThreads() <= before, "the end of the threads");
    }

    private static long networkThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hawser-web-server"))
                .count();
    }

    // ---- How it ends

    @ParameterizedTest
    @EnumSource
    void whoIsReleasedReadsTheCodeAndTheReasonAfterTheLastPacket(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web);
        awaitOpen(client);
        PeerAddress peer = awaitPeer();
        server.send(peer, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        server.release(peer, new StatedReason(StatedReason.BANNED, 0, "cheating"));
        server.flush();
        Web.until(() -> client.lastEnd().isPresent(), "the end");
        assertThat(client.lastEnd()).contains(new SessionEnd(4005, "cheating"));
        assertThat(client.packetsWaiting()).isEqualTo(1);
        Web.until(() -> server.webStats().sessions() == 0, "the end at the server");
        server.send(peer, ByteBuffer.allocate(1));
        assertThat(server.stats().sendFailures()).containsEntry(SendFailure.UNREACHABLE, 1L);
    }

    /// A goodbye of netcode is ten packets, in the middle of a game.
    @ParameterizedTest
    @EnumSource
    void theGoodbyesBeforeAnEndArriveAlsoInTheMiddleOfAGame(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        for (int i = 0; i < 10; i++) {
            SessionClient client = dial(web);
            awaitOpen(client);
            PeerAddress peer = awaitPeer();
            client.send(NAMED, ByteBuffer.allocate(300));
            client.flush();
            Web.until(() -> server.packetsWaiting() == 1, "the packet");
            server.receive((_, _) -> {}, 1);
            for (int packet = 0; packet < 10; packet++) {
                server.send(peer, ByteBuffer.allocate(300));
            }
            server.release(peer, new StatedReason(StatedReason.BANNED, 0, "cheating"));
            server.flush();
            Web.until(() -> client.lastEnd().isPresent(), "the end");
            assertThat(client.packetsWaiting()).isEqualTo(10);
            Web.until(() -> server.webStats().sessions() == 0, "the end at the server");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theGoodbyesOfAClientArriveAlsoInTheMiddleOfAGame(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        for (int i = 0; i < 10; i++) {
            SessionClient client = dial(web);
            awaitOpen(client);
            server.send(awaitPeer(), ByteBuffer.allocate(300));
            server.flush();
            Web.until(() -> client.packetsWaiting() == 1, "the packet");
            for (int packet = 0; packet < 10; packet++) {
                client.send(NAMED, ByteBuffer.allocate(300));
            }
            client.close();
            Web.until(() -> server.webStats().sessions() == 0, "the end");
            assertThat(server.receive((_, _) -> {}, 100)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatStopsSaysSo(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web);
        awaitOpen(client);
        awaitPeer();
        server.close();
        Web.until(() -> client.lastEnd().isPresent(), "the end");
        assertThat(client.lastEnd()).contains(new SessionEnd(1001, "the server has stopped"));
    }

    @ParameterizedTest
    @EnumSource
    void theServerHearsHowAClientLeft(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web);
        awaitOpen(client);
        awaitPeer();
        client.release(NAMED, new StatedReason(900, 0, "dinner"));
        Web.until(() -> server.latestEnd() != null, "the end");
        assertThat(server.latestEnd()).isEqualTo(new SessionEnd(4900, "dinner"));
        assertThat(server.peers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void afterItsEndTheNextPacketOpensAnother(Web web) throws IOException {
        open(web, WebServerOptions.DEFAULT);
        SessionClient client = dial(web);
        awaitOpen(client);
        PeerAddress first = awaitPeer();
        client.release(NAMED, StatedReason.NONE);
        client.send(NAMED, ByteBuffer.wrap(new byte[] {42}));
        client.flush();
        Web.until(() -> server.packetsWaiting() == 1, "the packet");
        server.receive((from, _) -> assertThat(from.sameAs(first)).isFalse(), 1);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatBringsNothingIsClosed(Web web) throws IOException {
        open(web, WebServerOptions.builder().idleTimeout(Duration.ofSeconds(1)).build());
        SessionClient client = dial(web);
        awaitOpen(client);
        Web.until(() -> client.lastFailure().isPresent(), "the end");
        Web.until(() -> server.peers().isEmpty(), "the end at the server");
    }

    // ---- What it carries

    @Test
    void aPacketThatFitsNoDatagramGoesOnAStream() throws IOException {
        open(Web.WEB_TRANSPORT, WebServerOptions.DEFAULT);
        SessionClient client = dial(Web.WEB_TRANSPORT);
        awaitOpen(client);
        PeerAddress peer = awaitPeer();
        assertThat(client.maxPacketBytes(NAMED)).isEqualTo(1225);
        assertThat(server.maxPacketBytes(peer)).isEqualTo(1225);
        for (int i = 0; i < 200; i++) {
            ByteBuffer packet = ByteBuffer.allocate(1225).put(0, (byte) i);
            client.send(NAMED, packet);
            client.flush();
            Web.until(() -> server.packetsWaiting() == 1, "a packet at the server");
            server.receive(server::send, 1);
            server.flush();
            Web.until(() -> client.packetsWaiting() == 1, "a packet at the client");
            byte number = (byte) i;
            client.receive(
                    (_, answer) -> {
                        assertThat(answer.remaining()).isEqualTo(1225);
                        assertThat(answer.get(0)).isEqualTo(number);
                    },
                    1);
        }
    }

    @Test
    void aPeerThatTakesNoStreamsGetsWhatFitsADatagram() throws IOException {
        open(Web.WEB_TRANSPORT, WebServerOptions.DEFAULT);
        // What says that a client takes streams is in its query; the last of two is the client's.
        SessionClient client = dial(Web.WEB_TRANSPORT);
        awaitOpen(client);
        awaitPeer();
        var withoutStreams = new Inside.WayWithoutStreams(client);
        int most = withoutStreams.maxPacketBytes();
        assertThat(most).isBetween(1078, 1225);
        if (most < 1225) {
            assertThat(withoutStreams.write(ByteBuffer.allocate(most + 1)))
                    .isEqualTo(WebDrop.NOT_WRITTEN);
        }
    }

    @Test
    void aTextIsNoPacketAndALargeMessageEndsTheSession() throws Exception {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.DEFAULT);
        try (var http = java.net.http.HttpClient.newHttpClient()) {
            var socket =
                    http.newWebSocketBuilder()
                            .buildAsync(
                                    Web.WEB_SOCKET_PLAIN.url(server),
                                    new java.net.http.WebSocket.Listener() {})
                            .get(120, TimeUnit.SECONDS);
            awaitPeer();
            socket.sendText("hello?", true).get(120, TimeUnit.SECONDS);
            socket.sendBinary(ByteBuffer.allocate(0), true).get(120, TimeUnit.SECONDS);
            socket.sendBinary(ByteBuffer.allocate(1233), true).get(120, TimeUnit.SECONDS);
            socket.sendBinary(ByteBuffer.allocate(1232), true).get(120, TimeUnit.SECONDS);
            Web.until(() -> server.packetsWaiting() == 1, "the packet");
            assertThat(server.webStats().drops())
                    .containsEntry(WebDrop.NO_PACKET, 2L)
                    .containsEntry(WebDrop.OVERSIZE, 1L);
            assertThat(server.peers()).hasSize(1);
            socket.sendBinary(ByteBuffer.allocate(5000), true).get(120, TimeUnit.SECONDS);
            Web.until(() -> server.peers().isEmpty(), "the end");
            socket.abort();
        }
    }
}
