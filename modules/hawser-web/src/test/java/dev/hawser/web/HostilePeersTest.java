package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.SendFailure;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionEnds;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.webtransport.Inside;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that want to make a server large or keep others out: each meets a bound and is counted,
/// and the server serves.
class HostilePeersTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final long PAST_EVERY_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(11);

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
        // A test says what time it is when the server looks round.
        server.looksRound = false;
        server.open();
        opened.add(server);
    }

    private SessionClient dial(Web web) throws IOException {
        return dial(web, web.url(server));
    }

    private SessionClient dial(Web web, URI url) throws IOException {
        SessionClient client = web.client(url);
        client.open();
        opened.add(client);
        Web.untilOpen(client, NAMED);
        return client;
    }

    private PeerAddress awaitPeer() {
        Web.until(() -> !server.peers().isEmpty(), "a session");
        return server.peers().getFirst();
    }

    private long drops(WebDrop drop) {
        return server.webStats().drops().getOrDefault(drop, 0L);
    }

    private long cuts(SessionCut cut) {
        return server.webStats().cuts().getOrDefault(cut, 0L);
    }

    private Socket socket() throws IOException {
        Socket socket = HostilePeer.hostileSocket(server.localAddress());
        opened.add(socket);
        return socket;
    }

    // ---- WebSocket

    @Test
    void aWebSocketThatPingsAndNeverReadsIsNotAnsweredWithoutEnd() throws Exception {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.DEFAULT);
        Socket socket = socket();
        HostilePeer.write(socket, HostilePeer.UPGRADE);
        awaitPeer();
        byte[] pings = HostilePeer.pings();
        Web.until(
                () -> {
                    send(socket, pings);
                    return drops(WebDrop.UNREAD_PING) > 10_000;
                },
                "pings without an answer");
        assertThat(cuts(SessionCut.NOT_READING)).isZero();

        server.retain(awaitPeer());
        server.lookRoundAt(System.nanoTime());
        assertThat(server.peers()).isNotEmpty();
        server.lookRoundAt(System.nanoTime() + PAST_EVERY_LIMIT_NANOS);
        assertThat(cuts(SessionCut.NOT_READING)).isEqualTo(1);
        Web.until(() -> server.webStats().connections() == 0, "the end of the connection");
        assertThat(server.peers()).isEmpty();
        dial(Web.WEB_SOCKET_PLAIN);
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTcpConnectionThatSaysNothingIsClosed() throws Exception {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.DEFAULT);
        Socket socket = socket();
        Web.until(() -> server.webStats().connections() == 1, "the connection");
        server.lookRoundAt(System.nanoTime());
        assertThat(cuts(SessionCut.NO_SESSION)).isZero();
        server.lookRoundAt(System.nanoTime() + PAST_EVERY_LIMIT_NANOS);
        assertThat(cuts(SessionCut.NO_SESSION)).isEqualTo(1);
        assertThat(socket.getInputStream().read()).isNegative();
    }

    /// Netty would answer each with 413, and leave the connection open.
    @Test
    void requestsWithBodiesThatAreTooLargeEndTheirConnection() throws Exception {
        open(Web.WEB_SOCKET_PLAIN, WebServerOptions.DEFAULT);
        Socket socket = socket();
        socket.setSoTimeout(60_000);
        HostilePeer.write(
                socket,
                """
                POST /hawser HTTP/1.1
                Host: localhost
                Content-Length: 100000

                """);
        assertThat(socket.getInputStream().read()).isNegative();
        assertThat(server.webStats().refusals()).containsOnlyKeys(SessionRefusal.NOT_A_SESSION);
    }

    // ---- Places

    @ParameterizedTest
    @EnumSource
    void aSessionWithoutAConnectedClientEndsHoweverMuchItSends(Web web) throws Exception {
        open(web, WebServerOptions.builder().connectTimeout(Duration.ofSeconds(1)).build());
        SessionClient player = dial(web);
        PeerAddress retained = awaitPeer();
        server.retain(retained);
        server.looksRound = true;
        SessionClient squatter = dial(web);
        Web.until(
                () -> {
                    squatter.send(NAMED, ByteBuffer.allocate(1));
                    squatter.flush();
                    player.send(NAMED, ByteBuffer.allocate(1));
                    player.flush();
                    server.receive((_, _) -> {}, 1000);
                    return cuts(SessionCut.NOT_CONNECTED) > 0 && squatter.lastEnd().isPresent();
                },
                "the end of the squatter");
        assertThat(squatter.lastEnd()).contains(SessionEnds.NOT_CONNECTED);
        Web.until(() -> server.peers().size() == 1, "the end at the server");
        assertThat(server.peers().getFirst().sameAs(retained)).isTrue();
    }

    /// Each packet is enough of a beginning for a server to keep a connection of it, and none says
    /// who sent it.
    @Test
    void beginningsOfConnectionsThatNobodyFinishesKeepNobodyOut() throws Exception {
        open(Web.WEB_TRANSPORT, WebServerOptions.builder().sessionsMax(10, 1).build());
        dial(Web.WEB_TRANSPORT).close();
        assertThat(server.webStats().addressChecks()).as("round trips in peace").isZero();

        beginConnections(300);
        Web.until(() -> server.webStats().addressChecks() > 100, "proofs that are asked for");
        assertThat(server.webStats().connections()).isBetween(1, Inside.HALF_OPEN_MAX + 1);
        assertThat(server.webStats().refusals()).isEmpty();

        SessionClient honest = dial(Web.WEB_TRANSPORT);
        server.retain(awaitPeer());
        honest.send(NAMED, ByteBuffer.allocate(5));
        honest.flush();
        Web.until(() -> server.packetsWaiting() == 1, "its packet");

        server.lookRoundAt(System.nanoTime() + PAST_EVERY_LIMIT_NANOS);
        Web.until(() -> server.webStats().connections() == 1, "the honest one alone");
        assertThat(cuts(SessionCut.NO_SESSION)).isPositive();
        assertThat(server.peers()).hasSize(1);

        long checks = server.webStats().addressChecks();
        honest.close();
        Web.until(() -> server.peers().isEmpty(), "the end of the honest one");
        dial(Web.WEB_TRANSPORT);
        assertThat(server.webStats().addressChecks()).as("peace again").isEqualTo(checks);
    }

    /// What others say first is sent from the address of the honest one: whoever sends can write
    /// there what it likes, and reads no answer.
    private void beginConnections(int count) throws IOException {
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        try (var liar = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (byte[] initial : HostilePeer.initials(count)) {
                liar.send(new DatagramPacket(initial, initial.length, address));
            }
        }
    }

    // ---- A socket that takes nothing

    /// The version of the long header is one that nobody has, or 1.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersToStrangersAreNotKeptForASocketThatTakesNothing(boolean isOfUnknownVersion)
            throws Exception {
        open(Web.WEB_TRANSPORT, WebServerOptions.DEFAULT);
        SessionClient honest = dial(Web.WEB_TRANSPORT);
        PeerAddress peer = awaitPeer();
        server.retain(peer);
        Channel socket = Inside.socketOf(server);
        var stuck = new Stuck();
        server.onNetworksThread(() -> socket.pipeline().addFirst(stuck));

        List<byte[]> packets = HostilePeer.initials(2 * Inside.HALF_OPEN_MAX);
        if (isOfUnknownVersion) {
            packets.forEach(packet -> packet[1] = 0x5a);
        }
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        try (var stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Web.until(
                    () -> {
                        packets.forEach(packet -> send(stranger, packet, address));
                        return drops(WebDrop.SOCKET_FULL) > 10_000;
                    },
                    "answers that were dropped");
        }
        // The first flights of those that got as far as a connection are among it.
        assertThat(waitingBytes(socket)).isLessThan(Inside.SOCKET_BYTES_MAX / 2);

        // Those who are there have room: no datagram is sent a second time.
        server.send(peer, ByteBuffer.allocate(5));
        server.flush();
        Web.until(server::isDrained, "the network's thread");
        assertThat(waitingBytes(socket)).isPositive();
        server.onNetworksThread(() -> {
            socket.pipeline().remove(stuck);
            socket.flush();
        });
        Web.until(() -> honest.packetsWaiting() == 1, "its packet");
        Web.until(() -> waitingBytes(socket) == 0, "an empty queue");
        dial(Web.WEB_TRANSPORT);
    }

    private static void send(DatagramSocket from, byte[] packet, InetSocketAddress to) {
        try {
            from.send(new DatagramPacket(packet, packet.length, to));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long waitingBytes(Channel socket) {
        var bytes = new AtomicLong();
        server.onNetworksThread(
                () -> bytes.set(socket.unsafe().outboundBuffer().totalPendingWriteBytes()));
        return bytes.get();
    }

    /// What a channel does whose socket is full: what is written waits.
    private static final class Stuck extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(ChannelHandlerContext ctx) {
            // The system takes nothing.
        }
    }

    // ---- Streams

    @Test
    void aPeerWithoutDatagramsThatNeverReadsHasNoMoreThanSoManyStreams() throws Exception {
        open(Web.WEB_TRANSPORT, WebServerOptions.DEFAULT);
        // It allows streams without end, and nothing on them.
        var quic = new RawQuic(HostilePeer.deafToStreams());
        opened.add(quic);
        HostilePeer.openSession(quic, server.localAddress());
        PeerAddress peer = awaitPeer();
        server.retain(peer);
        for (int i = 0; i < 1000; i++) {
            server.send(peer, ByteBuffer.allocate(1000));
            if (i % 20 == 0) {
                server.flush();
            }
        }
        server.flush();
        Web.until(
                () -> drops(WebDrop.SEND_SESSION_LIMIT) + drops(WebDrop.SEND_QUEUE_FULL) >= 936,
                "drops");
        assertThat(server.stats().packetsOut()).isEqualTo(Inside.STREAMS_WAITING_MAX);
        assertThat(server.stats().sendFailures()).containsEntry(SendFailure.BUFFER_FULL, 936L);
        assertThat(server.hasRoom(peer)).isFalse();

        server.lookRoundAt(System.nanoTime() + PAST_EVERY_LIMIT_NANOS);
        assertThat(cuts(SessionCut.NOT_READING)).isEqualTo(1);
        Web.until(() -> server.webStats().connections() == 0, "the end of the connection");
        assertThat(server.peers()).isEmpty();
        dial(Web.WEB_TRANSPORT);
    }

    /// HTTP/3 waits for a frame of a reserved type until it is whole.
    @ParameterizedTest
    @EnumSource
    void aFrameThatNeverEndsEndsItsConnection(QuicStreamType type) throws Exception {
        open(Web.WEB_TRANSPORT, WebServerOptions.DEFAULT);
        var quic = new RawQuic();
        opened.add(quic);
        QuicChannel connection =
                quic.connect(server.localAddress(), new HostilePeer.Deaf()).sync().getNow();
        QuicStreamChannel stream =
                connection.createStream(type, new HostilePeer.Deaf()).sync().getNow();
        ByteBuf head = Unpooled.buffer();
        if (type == QuicStreamType.UNIDIRECTIONAL) {
            // The control stream, with empty settings first.
            head.writeByte(0x00).writeByte(0x04).writeByte(0);
        }
        head.writeByte(0x21).writeInt(0x8000_0000 | (1 << 29));
        stream.writeAndFlush(head).sync();
        Web.until(
                () -> {
                    if (connection.isActive()) {
                        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]))
                                .awaitUninterruptibly(10);
                    }
                    return cuts(SessionCut.STREAM_TOO_LONG) > 0;
                },
                "the end of it");
        Web.until(() -> server.webStats().connections() == 0, "the end of the connection");
        dial(Web.WEB_TRANSPORT);
    }
}
