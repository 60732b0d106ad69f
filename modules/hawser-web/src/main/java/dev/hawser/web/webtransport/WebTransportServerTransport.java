package dev.hawser.web.webtransport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.web.SessionCut;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.PeerErrorHandler;
import dev.hawser.web.session.SessionServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The server of WebTransport: connections of QUIC, each with sessions over HTTP/3.
final class WebTransportServerTransport extends SessionServer {
    /// How long a connection of the network may be without a session.
    private static final long SESSION_LESS_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    /// How many connections may be in their handshake whose addresses nobody has proven. Whoever
    /// comes on top proves its address first, which costs a round trip and the server no memory.
    static final int HALF_OPEN_MAX = 64;

    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private final DatagramIo io = DatagramIo.best();
    private final CertificateSource certificates;
    private final Set<WebTransportConnection> connections = new LinkedHashSet<>();
    private final PeerErrorHandler errorHandler = new PeerErrorHandler(counters);
    private final AddressTokens addressTokens =
            new AddressTokens(counters, () -> halfOpen() >= HALF_OPEN_MAX, System::nanoTime);
    private int halfOpen;
    private @Nullable ServerCertificate shown;
    private @Nullable QuicSslContext tls;

    /// One, or one for each address of the machine besides; of the network's thread.
    final Map<Channel, AckDelay> sockets = new LinkedHashMap<>();

    /// The addresses that a wildcard stands for; a test has others.
    Function<InetAddress, List<InetAddress>> localAddresses = LocalSockets::of;

    WebTransportServerTransport(
            NetAddress address, CertificateSource certificates, WebServerOptions options) {
        super(address, options, WebTransport.PACKET_BYTES_MAX);
        this.certificates = certificates;
    }

    @Override
    public IoHandlerFactory handlers() {
        return io.handlers();
    }

    @Override
    public ChannelFuture bind(EventLoop loop, InetSocketAddress address) {
        Bootstrap bootstrap = bootstrap(loop);
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess() && address.getAddress().isAnyLocalAddress()) {
            LocalSockets.bind(
                    bound.channel(), bootstrap, localAddresses.apply(address.getAddress()));
        }
        return bound;
    }

    private Bootstrap bootstrap(EventLoop loop) {
        return io.configure(new Bootstrap())
                .group(loop)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel socket) {
                                var ackDelay = new AckDelay();
                                sockets.put(socket, ackDelay);
                                socket.closeFuture().addListener(_ -> sockets.remove(socket));
                                socket.pipeline()
                                        .addLast(
                                                new SocketLimit(counters),
                                                ackDelay,
                                                newCodec(),
                                                errorHandler);
                            }
                        });
    }

    private ChannelHandler newCodec() {
        return WebTransport.configure(
                        Http3.newQuicServerCodecBuilder(), options.idleTimeout().toNanos())
                .tokenHandler(addressTokens)
                .sslEngineProvider(this::newTlsEngine)
                .handler(new ConnectionInitializer())
                .streamHandler(errorHandler)
                .build();
    }

    private QuicSslEngine newTlsEngine(QuicChannel connection) {
        ServerCertificate current = certificates.current();
        QuicSslContext context = tls;
        if (context == null || current != shown) {
            context =
                    QuicSslContextBuilder.forServer(current.keyManagers(), null)
                            .applicationProtocols(WebTransport.ALPN)
                            .build();
            tls = context;
            shown = current;
        }
        return context.newEngine(connection.alloc());
    }

    private final class ConnectionInitializer extends ChannelInitializer<QuicChannel> {
        @Override
        protected void initChannel(QuicChannel quic) {
            InetAddress remote = Addresses.remoteOf(quic.remoteSocketAddress());
            if (!admits(quic, remote) || (addressTokens.isProven() && !admitsFrom(quic, remote))) {
                quic.close();
                return;
            }
            if (!addressTokens.isProven()) {
                quic.pipeline().addLast(new HalfOpen(quic, remote));
            }
            var connection = new WebTransportConnection(quic, counters);
            connections.add(connection);
            quic.closeFuture().addListener(_ -> connections.remove(connection));
            quic.pipeline()
                    .addLast(
                            connection,
                            new Http3ServerConnectionHandler(
                                    new StreamInitializer(connection),
                                    new ControlStreamReader(counters, () -> {}),
                                    connection::readerOf,
                                    WebTransport.settings(),
                                    true,
                                    (_, _) -> true),
                            connection.errorHandler());
        }
    }

    /// A connection whose address is proven when its handshake is over, and not before.
    private final class HalfOpen extends ChannelInboundHandlerAdapter {
        private final InetAddress remote;
        private boolean isOver;

        HalfOpen(QuicChannel quic, InetAddress remote) {
            this.remote = remote;
            halfOpen++;
            quic.closeFuture().addListener(_ -> end());
        }

        private void end() {
            if (!isOver) {
                isOver = true;
                halfOpen--;
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            end();
            ctx.pipeline().remove(this);
            if (admitsFrom(ctx.channel(), remote)) {
                ctx.fireChannelActive();
            } else {
                ctx.channel().close();
            }
        }
    }

    private int halfOpen() {
        return halfOpen;
    }

    private final class StreamInitializer extends ChannelInitializer<QuicStreamChannel> {
        private final WebTransportConnection connection;

        StreamInitializer(WebTransportConnection connection) {
            this.connection = connection;
        }

        @Override
        protected void initChannel(QuicStreamChannel stream) {
            stream.pipeline()
                    .addLast(
                            new SessionRequestReader(WebTransportServerTransport.this, connection));
        }
    }

    @Override
    public void flushed() {
        sockets.values().forEach(AckDelay::letGo);
    }

    @Override
    public void lookRound(long nowNanos) {
        for (WebTransportConnection connection : List.copyOf(connections)) {
            if (!connection.hasSessions()
                    && nowNanos - connection.withoutSessionSinceNanos > SESSION_LESS_NANOS_MAX) {
                counters.cut(SessionCut.NO_SESSION);
                connection.end();
            }
        }
    }

    @Override
    public Future<?> closeConnections(EventLoop loop) {
        var all = new PromiseCombiner(loop);
        for (WebTransportConnection connection : connections) {
            all.add((Future<?>) connection.over());
        }
        var ended = loop.<Void>newPromise();
        all.finish(ended);
        return ended;
    }

    @Override
    public void closeChannels() {
        for (WebTransportConnection connection : new ArrayList<>(connections)) {
            connection.end();
        }
        List.copyOf(sockets.keySet()).forEach(Channel::close);
        connections.clear();
    }

    @Override
    public String toString() {
        return "WebTransportServerTransport[" + localAddress() + "]";
    }
}
