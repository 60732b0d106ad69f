package dev.hawser.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
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

/// A client's end of WebSocket, for Java clients where nothing but web traffic passes.
///
/// ```java
/// var transport =
///         WebSocketClientTransport.to(
///                 URI.create("wss://play.example.org:7778/hawser"), List.of());
/// ```
///
/// It has no port that could be told: [#localAddress()] is `0.0.0.0`.
public final class WebSocketClientTransport extends WebClientTransport {
    static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

    private static final long LINGER_MILLIS = 300;
    private static final NetAddress NO_ADDRESS = NetAddress.ipv4(0, 0);

    private final @Nullable SSLContext tls;
    private @Nullable HttpClient http;

    private WebSocketClientTransport(
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

    /// {@return a transport that reaches every server at one URL}
    ///
    /// @param url for example `wss://play.example.org:7778/hawser`
    /// @param certificateHashes SHA-256 in 64 hex digits each: a server must show a certificate
    ///   with one of them, and nothing else is asked of it; empty to trust as this JDK does
    /// @throws IllegalArgumentException when a hash is none
    public static WebSocketClientTransport to(URI url, List<String> certificateHashes) {
        return to(_ -> url, certificateHashes);
    }

    /// {@return a transport that reaches each server at its own URL}
    ///
    /// @param urls from the address that a connect token names a server with to its URL, or to null
    ///   where it has none
    /// @param certificateHashes SHA-256 in 64 hex digits each: a server must show a certificate
    ///   with one of them, and nothing else is asked of it; empty to trust as this JDK does
    /// @throws IllegalArgumentException when a hash is none
    public static WebSocketClientTransport to(
            Function<NetAddress, @Nullable URI> urls, List<String> certificateHashes) {
        return new WebSocketClientTransport(urls, certificateHashes);
    }

    @Override
    void open(EventLoop loop) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(DIAL_TIMEOUT);
        if (tls != null) {
            builder.sslContext(tls);
        }
        http = builder.build();
    }

    @Override
    ClientSession newSession(EventLoop loop, PeerAddress server, URI url) {
        HttpClient http = this.http;
        if (http == null) {
            throw new AssertionError("a transport that is open has a client");
        }
        return new WebSocketClientSession(this, loop, http, server, url);
    }

    @Override
    void shut(EventLoop loop, Runnable then) {
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
