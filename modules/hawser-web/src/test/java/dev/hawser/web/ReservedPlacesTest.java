package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import dev.hawser.web.session.ServerSession;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// However many payloads wait, between the network's thread and the owner's and in either
/// direction, the end of a connection finds its place behind them: over a WebSocket, which loses
/// nothing on the way.
class ReservedPlacesTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final byte PAYLOAD = 0x15;
    private static final byte DISCONNECT = 0x16;
    private static final int GOODBYES = 10;
    private static final int BATCH = 50;

    private final List<SessionClient> clients = new ArrayList<>();
    private SessionServer server;

    @AfterEach
    void close() {
        clients.forEach(SessionClient::close);
        server.close();
    }

    private void open(WebServerOptions options, int sessions) throws IOException {
        server = Web.WEB_SOCKET_PLAIN.server(options);
        server.open();
        for (int i = 0; i < sessions; i++) {
            SessionClient client = Web.WEB_SOCKET_PLAIN.client(Web.WEB_SOCKET_PLAIN.url(server));
            clients.add(client);
            client.open();
        }
        Web.untilOpen(server, NAMED, clients);
    }

    private static void send(Transport from, PeerAddress to, byte type, int packets) {
        for (int i = 0; i < packets; i++) {
            from.send(to, ByteBuffer.allocate(20).put(0, type));
        }
    }

    /// So few at a time that they are not too many on the way, however slow that is.
    private void sendFromClient(byte type, int packets) {
        SessionClient client = clients.getFirst();
        for (int left = packets; left > 0; left -= BATCH) {
            int now = Math.min(left, BATCH);
            long before = arrived(server.packetsWaiting(), server.webStats());
            send(client, NAMED, type, now);
            client.flush();
            Web.until(
                    () -> arrived(server.packetsWaiting(), server.webStats()) == before + now,
                    "the server, for all that was sent");
        }
    }

    private void sendFromServer(byte type, int packets) {
        SessionClient client = clients.getFirst();
        for (int left = packets; left > 0; left -= BATCH) {
            int now = Math.min(left, BATCH);
            long before = arrived(client.packetsWaiting(), client.webStats());
            send(server, server.peers().getFirst(), type, now);
            server.flush();
            Web.until(
                    () -> arrived(client.packetsWaiting(), client.webStats()) == before + now,
                    "the client, for all that was sent");
        }
    }

    /// {@return how many packets came, also those that found no room}
    private static long arrived(int waiting, WebStats stats) {
        return waiting
                + drops(stats, WebDrop.RECEIVE_SESSION_LIMIT)
                + drops(stats, WebDrop.RECEIVE_QUEUE_FULL);
    }

    private static long drops(WebStats stats, WebDrop drop) {
        return stats.drops().getOrDefault(drop, 0L);
    }

    @Test
    void ofOneSessionAtAServer() throws IOException {
        open(WebServerOptions.DEFAULT, 1);
        sendFromClient(PAYLOAD, ServerSession.QUEUE_PACKETS_MAX + 40);
        Web.until(
                () -> drops(server.webStats(), WebDrop.RECEIVE_SESSION_LIMIT) == 40,
                "payloads too many");
        sendFromClient(DISCONNECT, GOODBYES);
        Web.until(
                () -> server.packetsWaiting() == ServerSession.QUEUE_PACKETS_MAX + GOODBYES,
                "the goodbyes");
        sendFromClient(DISCONNECT, GOODBYES);
        Web.until(
                () ->
                        drops(server.webStats(), WebDrop.RECEIVE_SESSION_LIMIT)
                                == 40 + 2 * GOODBYES - ServerSession.RESERVED_PACKETS,
                "goodbyes too many");
    }

    @Test
    void ofAllSessionsAtAServer() throws IOException {
        open(WebServerOptions.builder().queuePackets(64).build(), 1);
        sendFromClient(PAYLOAD, 60);
        Web.until(
                () -> drops(server.webStats(), WebDrop.RECEIVE_QUEUE_FULL) == 12,
                "payloads too many");
        sendFromClient(DISCONNECT, GOODBYES);
        Web.until(() -> server.packetsWaiting() == 48 + GOODBYES, "the goodbyes");
    }

    @Test
    void ofAClientThatDoesNotLook() throws IOException {
        open(WebServerOptions.DEFAULT, 1);
        SessionClient client = clients.getFirst();
        sendFromServer(PAYLOAD, 1000);
        Web.until(
                () -> drops(client.webStats(), WebDrop.RECEIVE_QUEUE_FULL) == 40,
                "payloads too many");
        sendFromServer(DISCONNECT, GOODBYES);
        Web.until(() -> client.packetsWaiting() == 960 + GOODBYES, "the goodbyes");
    }

    /// Nobody has more than its share of what a thread that is behind has to do.
    @Test
    void ofWhatAServerSendsWhileItsNetworkIsBehind() throws Exception {
        open(WebServerOptions.builder().queuePackets(512).build(), 3);
        List<PeerAddress> peers = server.peers();
        var goesOn = new CountDownLatch(1);
        Thread held = holdNetwork(server, goesOn);
        try {
            send(server, peers.getFirst(), PAYLOAD, ServerSession.QUEUE_PACKETS_MAX + 40);
            assertThat(server.webStats().drops())
                    .containsExactly(Map.entry(WebDrop.SEND_SESSION_LIMIT, 40L));
            assertThat(server.hasRoom(peers.getFirst())).isFalse();
            assertThat(server.hasRoom(peers.get(1))).isTrue();
            send(server, peers.getFirst(), DISCONNECT, GOODBYES);
            send(server, peers.get(1), PAYLOAD, 512 - 64 - 256 - GOODBYES);
            assertThat(drops(server.webStats(), WebDrop.SEND_QUEUE_FULL)).isZero();
            send(server, peers.get(2), PAYLOAD, 1);
            assertThat(drops(server.webStats(), WebDrop.SEND_QUEUE_FULL)).isEqualTo(1);
            assertThat(server.hasRoom(peers.get(2))).isFalse();
            send(server, peers.get(2), DISCONNECT, GOODBYES);
            assertThat(drops(server.webStats(), WebDrop.SEND_QUEUE_FULL)).isEqualTo(1);
        } finally {
            goesOn.countDown();
            held.join();
        }
        server.flush();
        Web.until(
                () ->
                        clients.stream().mapToInt(SessionClient::packetsWaiting).sum()
                                == 512 - 64 + GOODBYES,
                "all that found room");
        assertThat(server.hasRoom(peers.getFirst())).isTrue();
    }

    @Test
    void ofWhatAClientSendsBetweenTwoFlushes() throws IOException {
        open(WebServerOptions.DEFAULT, 1);
        SessionClient client = clients.getFirst();
        send(client, NAMED, PAYLOAD, 300);
        assertThat(client.hasRoom(NAMED)).isFalse();
        send(client, NAMED, DISCONNECT, GOODBYES);
        assertThat(drops(client.webStats(), WebDrop.SEND_QUEUE_FULL)).isEqualTo(300 - 256 + 64);
        client.flush();
        Web.until(() -> server.packetsWaiting() == 256 - 64 + GOODBYES, "the goodbyes");
    }

    /// {@return what has the network's thread of a server wait}
    private static Thread holdNetwork(SessionServer server, CountDownLatch goesOn)
            throws InterruptedException {
        var isHeld = new CountDownLatch(1);
        Thread holder =
                Thread.ofVirtual()
                        .start(() ->
                                server.onNetworksThread(() -> {
                                    isHeld.countDown();
                                    try {
                                        goesOn.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                }));
        isHeld.await();
        return holder;
    }
}
