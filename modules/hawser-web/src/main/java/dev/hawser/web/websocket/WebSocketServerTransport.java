package dev.hawser.web.websocket;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.web.SessionCut;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.PeerErrorHandler;
import dev.hawser.web.session.SessionServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The server of WebSocket: connections of TCP, each with one session.
final class WebSocketServerTransport extends SessionServer {
    /// The largest packet, the same as over UDP.
    static final int PACKET_BYTES_MAX = 1232;

    /// The largest message that is read at all, to be dropped; one that is larger ends its session.
    static final int MESSAGE_BYTES_MAX = 4096;

    private static final int REQUEST_LINE_BYTES_MAX = 4096;
    private static final int HEADER_BYTES_MAX = 8192;
    private static final int BODY_BYTES_MAX = 1024;

    /// What waits for one session in memory, and then in the system: about 256 packets.
    private static final WriteBufferWaterMark WAITING_BYTES =
            new WriteBufferWaterMark(128 << 10, 256 << 10);

    /// What waits at most with all that nobody asks before it is written. More ends the connection.
    static final int UNREAD_BYTES_MAX = 512 << 10;

    /// How long a connection may be without a session, with all that comes before one.
    private static final long SESSION_LESS_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final @Nullable CertificateSource certificates;
    private final PeerErrorHandler errorHandler = new PeerErrorHandler(counters);

    /// Each connection, with when it came.
    private final Map<Channel, Long> connections = new LinkedHashMap<>();

    private @Nullable ServerCertificate shown;
    private @Nullable SslContext tls;
    private @Nullable Channel listening;

    WebSocketServerTransport(
            NetAddress address,
            @Nullable CertificateSource certificates,
            WebServerOptions options) {
        super(address, options, PACKET_BYTES_MAX);
        this.certificates = certificates;
    }

    @Override
    public IoHandlerFactory handlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public ChannelFuture bind(EventLoop loop, InetSocketAddress address) {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING_BYTES)
                        .childHandler(new ConnectionInitializer())
                        .bind(address);
        listening = bound.channel();
        return bound;
    }

    private SslHandler newTlsHandler(CertificateSource source, Channel channel)
            throws SSLException {
        ServerCertificate current = source.current();
        SslContext context = tls;
        if (context == null || current != shown) {
            context =
                    SslContextBuilder.forServer(current.keyManagers())
                            .sslProvider(SslProvider.JDK)
                            .build();
            tls = context;
            shown = current;
        }
        SslHandler handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(SESSION_LESS_NANOS_MAX));
        return handler;
    }

    private final class ConnectionInitializer extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) throws SSLException {
            // Who has a TCP connection has proven its address.
            InetAddress remote = Addresses.remoteOf(channel.remoteAddress());
            if (!admits(channel, remote) || !admitsFrom(channel, remote)) {
                channel.close();
                return;
            }
            connections.put(channel, System.nanoTime());
            channel.closeFuture().addListener(_ -> connections.remove(channel));
            channel.pipeline().addLast(new UnreadLimit(counters, UNREAD_BYTES_MAX));
            if (certificates != null) {
                channel.pipeline().addLast(newTlsHandler(certificates, channel));
            }
            channel.pipeline()
                    .addLast(
                            new HttpServerCodec(
                                    new HttpDecoderConfig()
                                            .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                                            .setMaxHeaderSize(HEADER_BYTES_MAX)),
                            new RequestAggregator(),
                            new WebSocketRequestReader(WebSocketServerTransport.this),
                            errorHandler);
        }
    }

    /// A request with a body that is too large ends its connection: Netty would answer each of any
    /// number, whether or not the answers are read.
    private final class RequestAggregator extends HttpObjectAggregator {
        RequestAggregator() {
            super(BODY_BYTES_MAX, true);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
            counters.refused(SessionRefusal.NOT_A_SESSION);
            ctx.close();
        }
    }

    @Override
    public void lookRound(long nowNanos) {
        connections.entrySet().stream()
                .filter(entry -> nowNanos - entry.getValue() > SESSION_LESS_NANOS_MAX)
                .map(Map.Entry::getKey)
                .filter(channel -> !WebSocketSession.isOpenOn(channel))
                .toList()
                .forEach(channel -> {
                    counters.cut(SessionCut.NO_SESSION);
                    channel.close();
                });
    }

    @Override
    public Future<?> closeConnections(EventLoop loop) {
        var all = new PromiseCombiner(loop);
        for (Channel channel : connections.keySet()) {
            all.add((Future<?>) channel.closeFuture());
        }
        var ended = loop.<Void>newPromise();
        all.finish(ended);
        return ended;
    }

    @Override
    public void closeChannels() {
        List.copyOf(connections.keySet()).forEach(Channel::close);
        Channel last = listening;
        if (last != null) {
            last.close();
        }
        listening = null;
        connections.clear();
    }

    @Override
    public String toString() {
        return "WebSocketServerTransport[" + localAddress() + "]";
    }
}
