package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A path that takes less than is sent: what counts as sent has left, all else is counted as what
/// it is, and whoever asks is told.
class SlowPathTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int PACKETS = 3000;
    private static final int PACKET_BYTES = 300;
    private static final int TICK_PACKETS = 20;

    private int refused;
    private long received;

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whatCountsAsSentHasLeft(boolean sendsServer) throws Exception {
        SessionServer server = Web.WEB_TRANSPORT.server(WebServerOptions.DEFAULT);
        server.open();
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        try (var proxy = new DroppingProxy(address);
                SessionClient client =
                        Web.WEB_TRANSPORT.client(
                                URI.create("https://127.0.0.1:" + proxy.port() + "/hawser"))) {
            client.open();
            Web.untilOpen(server, NAMED, List.of(client));
            PeerAddress peer = server.peers().getFirst();
            server.retain(peer);
            if (sendsServer) {
                crowd(proxy, server, server::isDrained, peer, client, client::webStats);
                assertThat(server.webStats().drops()).containsOnlyKeys(WebDrop.SEND_SESSION_LIMIT);
            } else {
                crowd(proxy, client, client::isDrained, NAMED, server, server::webStats);
                assertThat(client.webStats().drops()).containsOnlyKeys(WebDrop.SEND_SESSION_LIMIT);
            }
        } finally {
            server.close();
        }
    }

    /// The system has room for some megabytes, so it takes a while.
    @Test
    void aWebSocketThatDoesNotReadHasNoRoomUntilItReads() throws Exception {
        SessionServer server = Web.WEB_SOCKET_PLAIN.server(WebServerOptions.DEFAULT);
        server.looksRound = false;
        server.open();
        try (Socket socket = HostilePeer.hostileSocket(server.localAddress())) {
            HostilePeer.write(socket, HostilePeer.UPGRADE);
            Web.until(() -> !server.peers().isEmpty(), "a session");
            PeerAddress peer = server.peers().getFirst();
            fill(server, server::isDrained, peer);
            assertThat(server.webStats().drops()).containsOnlyKeys(WebDrop.SEND_SESSION_LIMIT);
            Thread.ofVirtual().start(() -> readAll(socket));
            Web.until(() -> server.hasRoom(peer), "room again");
        } finally {
            server.close();
        }
    }

    @Test
    void aWebSocketWhoseServerDoesNotReadHasNoRoomUntilItReads() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SessionClient client =
                        Web.WEB_SOCKET_PLAIN.client(
                                URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/"))) {
            client.open();
            client.dial(NAMED);
            try (Socket socket = listener.accept()) {
                HostilePeer.acceptUpgrade(socket);
                Web.until(() -> !client.isDialling(), "a session");
                fill(client, client::isDrained, NAMED);
                assertThat(client.webStats().drops()).containsOnlyKeys(WebDrop.SEND_SESSION_LIMIT);
                Thread.ofVirtual().start(() -> readAll(socket));
                Web.until(() -> client.hasRoom(NAMED), "room again");
            }
        }
    }

    private static void readAll(Socket socket) {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The test is over.
        }
    }

    /// Sends until there is no room, and then some more.
    private static void fill(Transport sender, BooleanSupplier isDrained, PeerAddress to) {
        Web.until(
                () -> {
                    for (int i = 0; i < TICK_PACKETS; i++) {
                        sender.send(to, ByteBuffer.allocate(1000).put(0, (byte) 0x15));
                    }
                    sender.flush();
                    Web.until(isDrained, "the network's thread");
                    return !sender.hasRoom(to);
                },
                "an end of the room");
        for (int i = 0; i < TICK_PACKETS; i++) {
            sender.send(to, ByteBuffer.allocate(1000).put(0, (byte) 0x15));
        }
        sender.flush();
        Web.until(isDrained, "the network's thread");
    }

    private void crowd(
            DroppingProxy proxy,
            Transport sender,
            BooleanSupplier isDrained,
            PeerAddress to,
            Transport receiver,
            Supplier<WebStats> ofReceiver) {
        long before = sender.stats().packetsOut();
        proxy.hold(true);
        for (int i = 0; i < PACKETS; i++) {
            if (sender.hasRoom(to)) {
                sender.send(to, ByteBuffer.allocate(PACKET_BYTES));
            } else {
                refused++;
            }
            if (i % TICK_PACKETS == 0) {
                sender.flush();
                // It is the path that is slow, not the network's thread.
                Web.until(isDrained, "the network's thread");
            }
        }
        sender.flush();
        proxy.hold(false);
        assertThat(refused).isPositive();
        // What comes in a burst may be too much for whoever receives, who says so.
        Web.until(
                () -> {
                    received += receiver.receive((_, _) -> {}, 1000);
                    return arrived(ofReceiver) >= sender.stats().packetsOut() - before;
                },
                "what counts as sent");
        assertThat(arrived(ofReceiver)).isEqualTo(sender.stats().packetsOut() - before);
        assertThat(arrived(ofReceiver)).isLessThan(PACKETS / 2);

        Web.until(
                () -> {
                    sender.flush();
                    return sender.hasRoom(to);
                },
                "room again");
    }

    private long arrived(Supplier<WebStats> ofReceiver) {
        return received + ofReceiver.get().packetsDropped();
    }
}
