package dev.hawser.web.webtransport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.token.WebUrls;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.PeerErrorHandler;
import dev.hawser.web.session.ServerTrust;
import dev.hawser.web.session.SessionClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The client of WebTransport.
final class WebTransportClientTransport extends SessionClient {
    /// Where the TLS engine of a connection finds whom it is for.
    static final AttributeKey<URI> URL = AttributeKey.valueOf("hawser.web.url");

    static final int PORT_DEFAULT = 443;

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LINGER_MILLIS = 300;
    private static final int DATAGRAM_BYTES_MAX = 2048;
    private static final NetAddress ANY = NetAddress.ipv4(0, 0);

    private final QuicSslContext tls;
    private final @Nullable ServerTrust pinned;
    private volatile @Nullable Channel socket;
    private volatile NetAddress localAddress = ANY;

    WebTransportClientTransport(
            Function<NetAddress, @Nullable URI> urls, List<String> certificateHashes) {
        super(urls, WebTransport.PACKET_BYTES_MAX);
        QuicSslContextBuilder builder =
                QuicSslContextBuilder.forClient().applicationProtocols(WebTransport.ALPN);
        pinned = certificateHashes.isEmpty() ? null : new ServerTrust(certificateHashes);
        if (pinned != null) {
            builder.trustManager(pinned);
        }
        tls = builder.build();
    }

    /// @throws IllegalArgumentException when nothing of this kind is at such a URL
    static void checkUrl(URI url) {
        var _ = new WebUrls(url, null);
    }

    @Override
    public void check(URI url) {
        checkUrl(url);
    }

    @Override
    public void open(EventLoop loop) throws IOException {
        ChannelFuture bound =
                new Bootstrap()
                        .group(loop)
                        .channel(NioDatagramChannel.class)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX))
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel opened) {
                                        opened.pipeline()
                                                .addLast(
                                                        new SocketLimit(counters),
                                                        new AckDelay(),
                                                        WebTransport.configure(
                                                                        Http3
                                                                                .newQuicClientCodecBuilder(),
                                                                        IDLE_NANOS)
                                                                .sslEngineProvider(
                                                                        WebTransportClientTransport
                                                                                        .this
                                                                                ::newTlsEngine)
                                                                .build(),
                                                        new PeerErrorHandler(counters));
                                    }
                                })
                        .bind(0)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw Addresses.bindFailure(ANY, bound.cause());
        }
        socket = bound.channel();
        localAddress = Addresses.toNetAddress((InetSocketAddress) bound.channel().localAddress());
    }

    private QuicSslEngine newTlsEngine(QuicChannel connection) {
        URI url = connection.attr(URL).get();
        return tls.newEngine(connection.alloc(), url.getHost(), port(url));
    }

    /// {@return what was wrong with a certificate, as far as it is known}
    String certificateFailure(Throwable cause) {
        if (pinned == null) {
            return "no authority that this machine trusts vouches for its certificate, by this name;"
                    + " where that is on purpose, name the certificate's SHA-256 ("
                    + cause.getMessage()
                    + ")";
        }
        String refusal = pinned.latestRefusal();
        return refusal == null ? String.valueOf(cause.getMessage()) : refusal;
    }

    static int port(URI url) {
        return url.getPort() < 0 ? PORT_DEFAULT : url.getPort();
    }

    @Override
    public ClientSession newSession(EventLoop loop, PeerAddress server, URI url) {
        Channel socket = this.socket;
        if (socket == null) {
            throw new AssertionError("a transport that is open has a socket");
        }
        return new WebTransportClientSession(this, loop, socket, server, url);
    }

    @Override
    public void shut(EventLoop loop, Runnable then) {
        Channel last = socket;
        socket = null;
        if (last == null) {
            then.run();
            return;
        }
        // The other side is to hear of the end, and to have time to say that it did.
        loop.schedule(
                () -> last.close().addListener(_ -> then.run()),
                LINGER_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public NetAddress localAddress() {
        return localAddress;
    }

    @Override
    public String toString() {
        return "WebTransportClientTransport[" + localAddress + "]";
    }
}
