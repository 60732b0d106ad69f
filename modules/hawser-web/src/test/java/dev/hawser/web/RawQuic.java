package dev.hawser.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.ServerTrust;
import dev.hawser.web.webtransport.Inside;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Opens QUIC connections on which a test says what it likes, or nothing.
final class RawQuic implements AutoCloseable {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel socket;

    RawQuic() {
        this(Inside.configure(new QuicClientCodecBuilder(), TimeUnit.SECONDS.toNanos(60)));
    }

    /// @param settings what this side says of itself
    RawQuic(QuicClientCodecBuilder settings) {
        ChannelHandler codec =
                settings.sslContext(
                                QuicSslContextBuilder.forClient()
                                        .trustManager(new ServerTrust(Web.PIN))
                                        .applicationProtocols(Inside.ALPN)
                                        .build())
                        .build();
        socket =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(codec)
                        .bind(0)
                        .syncUninterruptibly()
                        .channel();
    }

    /// {@return a connection, when its handshake is over}
    ///
    /// @param handler of the connection and of the streams that the server opens; sharable
    Future<QuicChannel> connect(NetAddress server, ChannelHandler handler) {
        return QuicChannel.newBootstrap(socket)
                .handler(handler)
                .streamHandler(handler)
                .remoteAddress(Addresses.toSocketAddress(server))
                .connect();
    }

    @Override
    public void close() {
        socket.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
