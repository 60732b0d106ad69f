package dev.hawser.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.webtransport.Inside;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// What a peer can do to make a server large, or to keep others out: over and over, until it is
/// told to stop. It keeps little itself, so that what grows is the server.
enum HostilePeer {
    /// A WebSocket that pings and never reads.
    PINGS(false) {
        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            byte[] pings = pings();
            try (Socket socket = target.socket()) {
                write(socket, UPGRADE);
                while (goesOn.getAsBoolean()) {
                    socket.getOutputStream().write(pings);
                    rest(2);
                }
            }
        }
    },

    /// HTTP requests one behind the other, whose answers nobody reads.
    REQUESTS(false) {
        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            String request =
                    "POST /hawser HTTP/1.1\nHost: localhost\nContent-Length: 1100\n\n"
                            + "x".repeat(1100);
            try (Socket socket = target.socket()) {
                while (goesOn.getAsBoolean()) {
                    write(socket, request.repeat(20));
                    rest(2);
                }
            }
        }
    },

    /// Sessions of both kinds that send a byte now and then, and are nobody.
    SQUATTERS(false) {
        private static final int SESSIONS = 12;

        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            List<SessionClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < SESSIONS; i++) {
                    SessionClient client =
                            i % 2 == 0
                                    ? Web.WEB_TRANSPORT.client(target.webTransportUrl())
                                    : Web.WEB_SOCKET_PLAIN.client(target.webSocketUrl());
                    client.open();
                    clients.add(client);
                }
                while (goesOn.getAsBoolean()) {
                    for (SessionClient client : clients) {
                        client.send(NAMED, ByteBuffer.allocate(1));
                        client.flush();
                        client.receive((_, _) -> {}, 100);
                    }
                    rest(300);
                }
            } finally {
                clients.forEach(SessionClient::close);
            }
        }
    },

    /// First packets of QUIC connections, from addresses that are not the sender's.
    BEGINNINGS(false) {
        private static final int PACKETS = 400;
        private static final int SOCKETS = 20;

        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            List<byte[]> initials = initials(PACKETS);
            List<DatagramSocket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < SOCKETS; i++) {
                    byte[] ip = {127, 7, 0, (byte) i};
                    sockets.add(new DatagramSocket(0, InetAddress.getByAddress(ip)));
                }
                for (int i = 0; goesOn.getAsBoolean(); i++) {
                    byte[] initial = initials.get(i % PACKETS);
                    sockets.get(i % SOCKETS)
                            .send(
                                    new DatagramPacket(
                                            initial, initial.length, target.webTransport()));
                    if (i % 10 == 0) {
                        rest(5);
                    }
                }
            } finally {
                sockets.forEach(DatagramSocket::close);
            }
        }
    },

    /// Streams with a frame of HTTP/3 that never ends.
    FRAMES(false) {
        @Override
        void work(Target target, BooleanSupplier goesOn) {
            try (var quic = new RawQuic()) {
                while (goesOn.getAsBoolean()) {
                    connect(quic, target.webTransportAddress());
                    rest(20);
                }
            }
        }

        private void connect(RawQuic quic, NetAddress address) {
            Future<QuicChannel> connected = quic.connect(address, new Deaf());
            if (!connected.awaitUninterruptibly(5000) || !connected.isSuccess()) {
                return;
            }
            QuicChannel connection = connected.getNow();
            for (int i = 0; i < 4 && connection.isActive(); i++) {
                endlessFrame(connection);
            }
            connection.close().awaitUninterruptibly(1000);
        }

        private void endlessFrame(QuicChannel connection) {
            Future<QuicStreamChannel> created =
                    connection.createStream(QuicStreamType.BIDIRECTIONAL, new Deaf());
            if (created.awaitUninterruptibly(1000) && created.isSuccess()) {
                ByteBuf head = Unpooled.buffer().writeByte(0x21).writeInt(0x8000_0000 | (1 << 29));
                created.getNow().write(head);
                created.getNow().writeAndFlush(Unpooled.wrappedBuffer(new byte[15_000]));
            }
        }
    },

    /// A WebTransport that takes no datagrams, allows streams without end, and reads none.
    STREAMS(true) {
        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            try (var quic = new RawQuic(deafToStreams())) {
                QuicChannel connection = openSession(quic, target.webTransportAddress());
                while (goesOn.getAsBoolean() && connection.isActive()) {
                    rest(50);
                }
            }
        }
    },

    /// A WebTransport whose path takes nothing any longer, to which a game goes on to send.
    STUCK_PATH(true) {
        @Override
        void work(Target target, BooleanSupplier goesOn) throws IOException {
            try (var proxy = new DroppingProxy(target.webTransport());
                    SessionClient client =
                            Web.WEB_TRANSPORT.client(
                                    URI.create("https://127.0.0.1:" + proxy.port() + "/hawser"))) {
                client.open();
                client.dial(NAMED);
                while (goesOn.getAsBoolean() && client.isDialling()) {
                    rest(10);
                }
                proxy.hold(true);
                for (int i = 0; i < 200 && goesOn.getAsBoolean(); i++) {
                    rest(50);
                }
            }
        }
    };

    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));

    static final String UPGRADE =
            """
            GET /hawser HTTP/1.1
            Host: localhost
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """;

    /// Where a server is that takes both.
    record Target(NetAddress webTransportAddress, NetAddress webSocketAddress) {
        InetSocketAddress webTransport() {
            return Addresses.toSocketAddress(webTransportAddress);
        }

        URI webTransportUrl() {
            return Web.WEB_TRANSPORT.url(webTransportAddress, "/hawser");
        }

        URI webSocketUrl() {
            return Web.WEB_SOCKET_PLAIN.url(webSocketAddress, "/hawser");
        }

        Socket socket() throws IOException {
            return hostileSocket(webSocketAddress);
        }
    }

    /// Whether it hurts only where the server sends to it as to a player.
    final boolean isFed;

    HostilePeer(boolean isFed) {
        this.isFed = isFed;
    }

    /// Does it once, until the server has enough of it or it is told to stop.
    abstract void work(Target target, BooleanSupplier goesOn) throws IOException;

    static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    // ---- What the tests have in common with it

    static Socket hostileSocket(NetAddress server) throws IOException {
        var socket = new Socket();
        // As little as possible waits in the system.
        socket.setReceiveBufferSize(4096);
        socket.connect(Addresses.toSocketAddress(server));
        return socket;
    }

    /// Answers whoever asks for a WebSocket, as RFC 6455, section 4.2.2, has it.
    static void acceptUpgrade(Socket socket) throws IOException {
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("hung up");
            }
            request.append((char) next);
        }
        String key =
                request.toString()
                        .lines()
                        .filter(line -> line.regionMatches(true, 0, "sec-websocket-key:", 0, 18))
                        .map(line -> line.substring(18).trim())
                        .findFirst()
                        .orElseThrow();
        byte[] digest;
        try {
            digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(
                                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                            .getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        write(
                socket,
                """
                HTTP/1.1 101 Switching Protocols
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Protocol: hawser
                Sec-WebSocket-Accept: %s

                """
                        .formatted(Base64.getEncoder().encodeToString(digest)));
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream()
                .write(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /// Five hundred of the largest, masked with zeros.
    static byte[] pings() {
        byte[] ping = new byte[2 + 4 + 125];
        ping[0] = (byte) 0x89;
        ping[1] = (byte) (0x80 | 125);
        byte[] pings = new byte[500 * ping.length];
        for (int i = 0; i < pings.length; i++) {
            pings[i] = ping[i % ping.length];
        }
        return pings;
    }

    /// {@return first packets of QUIC connections, caught where they went}
    static List<byte[]> initials(int count) throws IOException {
        List<byte[]> initials = new ArrayList<>();
        try (var quic = new RawQuic();
                var ear = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            NetAddress nowhere = NetAddress.ipv4(0x7f00_0001, ear.getLocalPort());
            while (initials.size() < count) {
                var _ = quic.connect(nowhere, new Deaf());
                var initial = new DatagramPacket(new byte[2048], 2048);
                ear.receive(initial);
                byte[] bytes = new byte[initial.getLength()];
                System.arraycopy(initial.getData(), 0, bytes, 0, bytes.length);
                initials.add(bytes);
            }
        }
        return initials;
    }

    static QuicClientCodecBuilder deafToStreams() {
        return new QuicClientCodecBuilder()
                .maxIdleTimeout(60, TimeUnit.SECONDS)
                .initialMaxData(1 << 20)
                .initialMaxStreamDataBidirectionalLocal(1 << 16)
                .initialMaxStreamDataBidirectionalRemote(1 << 16)
                .initialMaxStreamsUnidirectional(1L << 40)
                .initialMaxStreamDataUnidirectional(0)
                .initialMaxStreamsBidirectional(10);
    }

    /// {@return a connection on which a session was asked for}
    static QuicChannel openSession(RawQuic quic, NetAddress server) throws IOException {
        Future<QuicChannel> connected =
                quic.connect(
                                server,
                                new ChannelInitializer<QuicChannel>() {
                                    @Override
                                    protected void initChannel(QuicChannel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new Http3ClientConnectionHandler(
                                                                new Deaf(),
                                                                null,
                                                                null,
                                                                Inside.settings(),
                                                                true,
                                                                (_, _) -> true),
                                                        new Deaf());
                                    }
                                })
                        .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new IOException("no connection", connected.cause());
        }
        QuicStreamChannel stream =
                Http3.newRequestStream(connected.getNow(), new Deaf())
                        .syncUninterruptibly()
                        .getNow();
        var request = new DefaultHttp3HeadersFrame();
        request.headers()
                .method("CONNECT")
                .protocol("webtransport")
                .scheme("https")
                .authority("localhost")
                .path("/hawser?streams=1");
        stream.writeAndFlush(request);
        return connected.getNow();
    }

    /// Hears nothing, and does not mind what it is told of its manners.
    static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // It knows.
        }
    }
}
