package dev.hawser.web.webtransport;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.TransportFailure;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.PeerErrorHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A client's WebTransport session: a QUIC connection, and the one session on it.
final class WebTransportClientSession extends ClientSession
        implements WebTransportConnection.Receiver {
    private static final long DIAL_SECONDS_MAX = 10;
    private static final long LINGER_MILLIS = 250;

    private final WebTransportClientTransport transport;
    private final EventLoop loop;
    private final Channel socket;
    private final URI url;
    private @Nullable WebTransportConnection connection;
    private @Nullable QuicStreamChannel stream;
    private volatile @Nullable WebTransportPath path;

    WebTransportClientSession(
            WebTransportClientTransport transport,
            EventLoop loop,
            Channel socket,
            PeerAddress server,
            URI url) {
        super(transport, server, url);
        this.transport = transport;
        this.loop = loop;
        this.socket = socket;
        this.url = url;
    }

    // ---- Dialling

    @Override
    public void dial() {
        loop.schedule(
                () -> {
                    if (stage == Stage.DIALLING) {
                        fail(TransportFailure.Kind.UNREACHABLE, "no session within 10 seconds");
                    }
                },
                DIAL_SECONDS_MAX,
                TimeUnit.SECONDS);
        // Looking up a name waits, which the network's thread must not.
        Thread.startVirtualThread(this::lookUp);
    }

    private void lookUp() {
        try {
            var address =
                    new InetSocketAddress(
                            InetAddress.getByName(url.getHost()),
                            WebTransportClientTransport.port(url));
            loop.execute(() -> connect(address));
        } catch (UnknownHostException e) {
            loop.execute(() -> fail(TransportFailure.Kind.UNKNOWN_HOST, "its name has no address"));
        }
    }

    private void connect(InetSocketAddress address) {
        if (stage != Stage.DIALLING) {
            return;
        }
        QuicChannel.newBootstrap(socket)
                .attr(WebTransportClientTransport.URL, url)
                .handler(
                        new ChannelInitializer<QuicChannel>() {
                            @Override
                            protected void initChannel(QuicChannel quic) {
                                initConnection(quic);
                            }
                        })
                .streamHandler(new PeerErrorHandler(transport.counters))
                .remoteAddress(address)
                .connect()
                .addListener((Future<QuicChannel> connected) -> {
                    if (!connected.isSuccess()) {
                        failConnecting(connected.cause());
                    }
                });
    }

    private void initConnection(QuicChannel quic) {
        var begun = new WebTransportConnection(quic, transport.counters);
        connection = begun;
        quic.closeFuture()
                .addListener(
                        _ -> fail(TransportFailure.Kind.UNREACHABLE, "the connection was closed"));
        quic.pipeline()
                .addLast(
                        begun,
                        new Http3ClientConnectionHandler(
                                new ControlStreamReader(
                                        transport.counters, () -> askForSession(begun)),
                                null,
                                begun::readerOf,
                                WebTransport.settings(),
                                true,
                                (_, _) -> true),
                        begun.errorHandler());
    }

    private void failConnecting(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof CertificateException || each instanceof SSLException) {
                fail(TransportFailure.Kind.CERTIFICATE, transport.certificateFailure(each));
                return;
            }
        }
        fail(TransportFailure.Kind.UNREACHABLE, String.valueOf(cause));
    }

    /// The server's settings have come: only then is it known to be one.
    private void askForSession(WebTransportConnection begun) {
        Http3.newRequestStream(begun.channel(), new AnswerReader(begun))
                .addListener((Future<QuicStreamChannel> created) -> {
                    if (created.isSuccess()) {
                        created.getNow().writeAndFlush(request());
                        begun.ackDelay().letGoSoon();
                    } else {
                        fail(TransportFailure.Kind.REFUSED, "the server takes no request");
                    }
                });
    }

    private DefaultHttp3HeadersFrame request() {
        String query = url.getRawQuery() == null ? "" : url.getRawQuery() + "&";
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var request = new DefaultHttp3HeadersFrame();
        request.headers()
                .method("CONNECT")
                .protocol("webtransport")
                .scheme("https")
                .authority(url.getRawAuthority())
                .path(path + "?" + query + WebTransport.TAKES_STREAMS_QUERY);
        return request;
    }

    private final class AnswerReader extends SessionStreamReader {
        AnswerReader(WebTransportConnection connection) {
            super(connection);
        }

        @Override
        public void readHeaders(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            String status = String.valueOf(frame.headers().status());
            if (!status.equals("200")) {
                fail(
                        TransportFailure.Kind.REFUSED,
                        "the server answers with HTTP status " + status);
                return;
            }
            var stream = (QuicStreamChannel) ctx.channel();
            boolean takesStreams = frame.headers().get(WebTransport.TAKES_STREAMS_HEADER) != null;
            WebTransportClientSession.this.stream = stream;
            path = new WebTransportPath(connection, stream, takesStreams);
            connection.add(stream.streamId(), WebTransportClientSession.this);
            opened();
        }

        @Override
        public void ended(SessionEnd end) {
            WebTransportClientSession.this.ended(end);
        }
    }

    private void fail(TransportFailure.Kind kind, String text) {
        failed(kind, "no session at " + url + ": " + text);
        closeConnection();
    }

    // ---- The session

    @Override
    public int maxPacketBytes() {
        WebTransportPath path = this.path;
        return path == null ? WebTransport.PACKET_BYTES_MAX : path.maxPacketBytes();
    }

    @Override
    public boolean hasRoom() {
        WebTransportPath path = this.path;
        return path == null || path.hasRoom();
    }

    @Override
    public void tryAgain() {
        WebTransportConnection begun = connection;
        if (begun != null) {
            begun.datagrams().tryAgain();
        }
    }

    @Override
    public @Nullable WebDrop write(ByteBuffer packet) {
        WebTransportPath path = this.path;
        return path == null ? WebDrop.NOT_WRITTEN : path.write(packet);
    }

    @Override
    public void flush() {
        WebTransportPath path = this.path;
        WebTransportConnection begun = connection;
        if (path != null && begun != null) {
            path.flush();
            begun.ackDelay().letGo();
        }
    }

    @Override
    public void receive(ByteBuf packet) {
        receivePacket(packet.nioBuffer());
    }

    @Override
    public void ended(SessionEnd end) {
        endedByPeer(end);
        WebTransportPath path = this.path;
        if (path != null) {
            path.end();
        }
        closeConnection();
    }

    @Override
    public void close(SessionEnd end) {
        stage = Stage.ENDED;
        WebTransportPath path = this.path;
        if (path == null) {
            closeConnection();
            return;
        }
        path.close(end);
        // The server is to read it before the connection is gone; it answers with its own end.
        loop.schedule(this::closeConnection, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Nullable WebTransportConnection connection() {
        return connection;
    }

    @Nullable QuicStreamChannel stream() {
        return stream;
    }

    private void closeConnection() {
        WebTransportConnection begun = connection;
        if (begun != null) {
            begun.end();
        }
    }
}
