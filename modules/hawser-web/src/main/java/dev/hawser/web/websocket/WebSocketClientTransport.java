package dev.hawser.web.websocket;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.token.WebUrls;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.ServerTrust;
import dev.hawser.web.session.SessionClient;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The client of WebSocket.
final class WebSocketClientTransport extends SessionClient {
    static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

    private static final long LINGER_MILLIS = 300;
    private static final NetAddress NO_ADDRESS = NetAddress.ipv4(0, 0);

    private final @Nullable SSLContext tls;
    private @Nullable HttpClient http;

    WebSocketClientTransport(
            Function<NetAddress, @Nullable URI> urls, List<String> certificateHashes) {
        super(urls, WebSocketServerTransport.PACKET_BYTES_MAX);
        tls = certificateHashes.isEmpty() ? null : pinned(certificateHashes);
    }

    private static SSLContext pinned(List<String> certificateHashes) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new ServerTrust(certificateHashes)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has TLS", e);
        }
    }

    /// @throws IllegalArgumentException when nothing of this kind is at such a URL
    static void checkUrl(URI url) {
        var _ = new WebUrls(null, url);
    }

    @Override
    public void check(URI url) {
        checkUrl(url);
    }

    @Override
    public void open(EventLoop loop) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(DIAL_TIMEOUT);
        if (tls != null) {
            builder.sslContext(tls);
        }
        http = builder.build();
    }

    @Override
    public ClientSession newSession(EventLoop loop, PeerAddress server, URI url) {
        HttpClient http = this.http;
        if (http == null) {
            throw new AssertionError("a transport that is open has a client");
        }
        return new WebSocketClientSession(this, loop, http, server, url);
    }

    @Override
    public void shut(EventLoop loop, Runnable then) {
        HttpClient last = http;
        http = null;
        loop.schedule(
                () -> {
                    if (last != null) {
                        last.shutdownNow();
                    }
                    then.run();
                },
                LINGER_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public NetAddress localAddress() {
        return NO_ADDRESS;
    }

    @Override
    public String toString() {
        return "WebSocketClientTransport[" + (isOpen() ? "open" : "closed") + "]";
    }
}
