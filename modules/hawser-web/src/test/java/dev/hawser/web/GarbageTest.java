package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.webtransport.Inside;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever bytes come, from whoever: nothing is thrown where nobody catches it, nothing is logged,
/// no buffer is lost, and the server serves.
class GarbageTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int RAW_PACKETS = 50_000;
    private static final int CAPSULES = 30_000;
    private static final int SESSION_DATAGRAMS = 10_000;
    private static final int CONNECTIONS = 60;
    private static final int STREAMS = 15;
    private static final int WEB_SOCKETS = 150;
    private static final int MESSAGES = 60;

    private final Random random = new Random(7);
    private LogWatch log;
    private SessionServer server;

    @BeforeEach
    void watch() {
        log = new LogWatch();
    }

    @AfterEach
    void nothingWasSeen() throws Exception {
        if (server != null) {
            server.close();
        }
        // Leaks are found when the collector takes a buffer, and told at one of the next.
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 100; j++) {
                Unpooled.directBuffer(1).release();
                io.netty.buffer.ByteBufAllocator.DEFAULT.directBuffer(1).release();
            }
        }
        log.close();
        assertThat(log.seen()).isEmpty();
    }

    private void open(Web web) throws IOException {
        server = web.server(WebServerOptions.builder().sessionsMax(1000, 1000).build());
        server.open();
    }

    private byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void serves(Web web) throws IOException {
        try (SessionClient client = web.client(web.url(server))) {
            client.open();
            Web.untilOpen(client, NAMED);
            int[] answers = {0};
            Web.until(
                    () -> {
                        // A datagram may find a buffer full of garbage.
                        client.send(
                                NAMED,
                                ByteBuffer.wrap("still there?".getBytes(StandardCharsets.UTF_8)));
                        client.flush();
                        server.await(TimeUnit.MILLISECONDS.toNanos(1));
                        server.receive(server::send, 10_000);
                        server.flush();
                        client.receive((_, _) -> answers[0]++, 1);
                        return answers[0] > 0;
                    },
                    "an echo: " + client.lastFailure());
        }
    }

    @Test
    void packetsThatAreNoQuic() throws Exception {
        open(Web.WEB_TRANSPORT);
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        try (var socket = new DatagramSocket()) {
            for (int i = 0; i < RAW_PACKETS; i++) {
                byte[] packet = bytes(1400);
                if (packet.length > 5 && i % 2 == 0) {
                    // The head of a first packet: a long header, version 1 or one that nobody has.
                    packet[0] = (byte) (0xc0 | (packet[0] & 0x3f));
                    packet[1] = packet[2] = packet[3] = 0;
                    packet[4] = (byte) (i % 4 == 0 ? 1 : 9);
                    if (packet.length > 24) {
                        packet[5] = (byte) (i % 21);
                    }
                }
                socket.send(new DatagramPacket(packet, packet.length, address));
            }
        }
        serves(Web.WEB_TRANSPORT);
    }

    @Test
    void capsulesThatAreNone() {
        for (int i = 0; i < CAPSULES; i++) {
            var reader = Inside.newCapsuleReader();
            for (int piece = random.nextInt(4); piece >= 0; piece--) {
                byte[] bytes = bytes(60);
                if (bytes.length > 3 && i % 3 == 0) {
                    bytes[0] = 0x68;
                    bytes[1] = 0x43;
                }
                ByteBuf in = Unpooled.wrappedBuffer(bytes);
                while (in.isReadable()) {
                    // It stops where a session is closed, and could go on.
                    reader.accept(in);
                }
            }
        }
    }

    @Test
    void datagramsForSessionsThatDoNotExist() throws Exception {
        open(Web.WEB_TRANSPORT);
        try (SessionClient client = Web.WEB_TRANSPORT.client(Web.WEB_TRANSPORT.url(server))) {
            client.open();
            Web.untilOpen(client, NAMED);
            QuicChannel channel = Inside.connectionOf(client);
            // QUIC sends no more of them than the path seems to carry.
            Web.until(
                    () -> {
                        sendGarbage(channel);
                        return server.webStats().drops().getOrDefault(WebDrop.UNKNOWN_SESSION, 0L)
                                >= SESSION_DATAGRAMS;
                    },
                    "drops");
            serves(Web.WEB_TRANSPORT);
        }
    }

    private void sendGarbage(QuicChannel channel) {
        channel.eventLoop()
                .submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        byte[] bytes = bytes(200);
                        if (bytes.length > 0 && bytes[0] == 0) {
                            bytes[0] = 1;
                        }
                        channel.write(Unpooled.copiedBuffer(bytes));
                    }
                    channel.flush();
                })
                .awaitUninterruptibly();
    }

    @Test
    void streamsThatAreNoHttp() throws Exception {
        open(Web.WEB_TRANSPORT);
        try (var quic = new RawQuic()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                misbehave(quic);
            }
        }
        serves(Web.WEB_TRANSPORT);
        assertThat(server.webStats().protocolErrors()).isPositive();
    }

    private void misbehave(RawQuic quic) throws Exception {
        QuicChannel connection =
                quic.connect(server.localAddress(), new HostilePeer.Deaf()).sync().getNow();
        for (int i = 0; i < STREAMS && connection.isActive(); i++) {
            QuicStreamType type =
                    random.nextBoolean()
                            ? QuicStreamType.BIDIRECTIONAL
                            : QuicStreamType.UNIDIRECTIONAL;
            Future<QuicStreamChannel> created =
                    connection.createStream(type, new HostilePeer.Deaf()).await();
            if (!created.isSuccess()) {
                break;
            }
            QuicStreamChannel stream = created.getNow();
            for (int j = 0; j < 5; j++) {
                stream.writeAndFlush(Unpooled.copiedBuffer(nearly(bytes(200)))).await();
            }
            if (random.nextBoolean()) {
                stream.shutdownOutput().await();
            }
        }
        connection.close().await();
    }

    /// Half of it begins as something that the server knows.
    private byte[] nearly(byte[] bytes) {
        byte[][] beginnings = {
            {0x00, 0x04}, {0x02}, {0x03}, {0x01, 0x10}, {0x00}, {0x40, 0x54, 0x00}, {0x40, 0x41, 0}
        };
        byte[] beginning = beginnings[random.nextInt(beginnings.length)];
        if (random.nextBoolean() && bytes.length >= beginning.length) {
            System.arraycopy(beginning, 0, bytes, 0, beginning.length);
        }
        return bytes;
    }

    @Test
    void framesThatAreNoWebSocket() throws Exception {
        open(Web.WEB_SOCKET_PLAIN);
        InetSocketAddress address = Addresses.toSocketAddress(server.localAddress());
        for (int i = 0; i < WEB_SOCKETS; i++) {
            try (var socket = new Socket(address.getAddress(), address.getPort())) {
                socket.setSoTimeout(120_000);
                if (i % 3 != 0) {
                    upgrade(socket);
                }
                for (int j = 0; j < MESSAGES; j++) {
                    byte[] frame = bytes(300);
                    if (frame.length > 6 && random.nextInt(4) != 0) {
                        // Whole, masked, of a known kind, and of the length that it says.
                        frame[0] = (byte) (0x80 | random.nextInt(11));
                        frame[1] = (byte) (0x80 | Math.min(125, frame.length - 6));
                    }
                    socket.getOutputStream().write(frame);
                }
            } catch (IOException e) {
                // The server has hung up.
            }
        }
        serves(Web.WEB_SOCKET_PLAIN);
        assertThat(server.webStats().sessionsOpened()).isGreaterThan(WEB_SOCKETS / 2);
        assertThat(server.webStats().protocolErrors()).isPositive();
    }

    private static void upgrade(Socket socket) throws IOException {
        HostilePeer.write(socket, HostilePeer.UPGRADE);
        int lineEnds = 0;
        while (lineEnds < 4) {
            int read = socket.getInputStream().read();
            if (read < 0) {
                throw new IOException("hung up");
            }
            lineEnds = read == '\r' || read == '\n' ? lineEnds + 1 : 0;
        }
    }
}
