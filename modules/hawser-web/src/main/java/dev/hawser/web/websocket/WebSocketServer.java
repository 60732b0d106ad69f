package dev.hawser.web.websocket;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import java.util.Objects;

/// The server's end of WebSocket: a packet is a binary message, on a TCP port. It is there for
/// browsers that cannot do WebTransport; TCP delivers late what UDP would have lost.
///
/// Browsers open `wss://` only where they trust the certificate, hash or no hash; `ws://` they open
/// to their own machine. Behind a proxy that does TLS, plain is right too.
public final class WebSocketServer {
    private WebSocketServer() {}

    /// {@return a transport for `wss://` that will be bound to a TCP port}
    ///
    /// @param address with port 0 to have one chosen
    /// @param certificates asked for each connection
    public static WebServerTransport bind(
            NetAddress address, CertificateSource certificates, WebServerOptions options) {
        return new WebSocketServerTransport(
                Objects.requireNonNull(address, "address"),
                Objects.requireNonNull(certificates, "certificates"),
                Objects.requireNonNull(options, "options"));
    }

    /// {@return a transport for `ws://` that will be bound to a TCP port: for browsers on this
    /// machine, or for a proxy that does TLS}
    ///
    /// @param address with port 0 to have one chosen
    public static WebServerTransport bindPlain(NetAddress address, WebServerOptions options) {
        return new WebSocketServerTransport(
                Objects.requireNonNull(address, "address"),
                null,
                Objects.requireNonNull(options, "options"));
    }
}
