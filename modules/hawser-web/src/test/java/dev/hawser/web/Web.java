package dev.hawser.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The kinds of transports for the web, on the loopback.
enum Web {
    WEB_TRANSPORT,
    WEB_SOCKET,
    WEB_SOCKET_PLAIN;

    static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");
    static final ServerCertificate CERTIFICATE = Certificates.selfSigned();
    static final List<String> PIN = List.of(CERTIFICATE.sha256());

    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final long LOOK_NANOS = 200_000;
    private static final long WAIT_NANOS_MAX = 120_000_000_000L;

    /// {@return a server, still closed}
    WebServerTransport server(WebServerOptions options) {
        return server(LOOPBACK, options);
    }

    /// What a test does not set itself does not run out on a busy machine either.
    WebServerTransport server(NetAddress address, WebServerOptions options) {
        WebServerOptions patient = options;
        if (options.connectTimeout().equals(WebServerOptions.DEFAULT.connectTimeout())) {
            patient = patient.withConnectTimeout(PATIENCE);
        }
        if (options.idleTimeout().equals(WebServerOptions.DEFAULT.idleTimeout())) {
            patient = patient.withIdleTimeout(PATIENCE);
        }
        return unchangedServer(address, patient);
    }

    WebServerTransport unchangedServer(NetAddress address, WebServerOptions options) {
        CertificateSource certificates = CertificateSource.of(CERTIFICATE);
        return switch (this) {
            case WEB_TRANSPORT -> WebTransportServerTransport.bind(address, certificates, options);
            case WEB_SOCKET -> WebSocketServerTransport.bind(address, certificates, options);
            case WEB_SOCKET_PLAIN -> WebSocketServerTransport.bindPlain(address, options);
        };
    }

    /// {@return where a server is that is open}
    URI url(WebServerTransport server) {
        return url(server.localAddress(), "/hawser");
    }

    URI url(NetAddress address, String path) {
        String scheme =
                switch (this) {
                    case WEB_TRANSPORT -> "https";
                    case WEB_SOCKET -> "wss";
                    case WEB_SOCKET_PLAIN -> "ws";
                };
        return URI.create(scheme + "://" + address + path);
    }

    /// {@return a client, still closed}
    WebClientTransport client(URI url) {
        return client(url, PIN);
    }

    WebClientTransport client(URI url, List<String> pin) {
        return this == WEB_TRANSPORT
                ? WebTransportClientTransport.to(url, pin)
                : WebSocketClientTransport.to(url, pin);
    }

    /// Waits until clients have sessions, and the server no others. Who was given up by one of its
    /// own limits, since the machine had other work, dials again.
    static void untilOpen(
            WebServerTransport server, PeerAddress name, List<WebClientTransport> clients) {
        until(
                () -> {
                    boolean areOpen = true;
                    for (WebClientTransport client : clients) {
                        ClientSession session = client.session();
                        boolean isOpen =
                                session != null && session.stage == ClientSession.Stage.OPEN;
                        if (!isOpen && !client.isDialling()) {
                            client.dial(name);
                        }
                        areOpen &= isOpen;
                    }
                    return areOpen && server.peers().size() == clients.size();
                },
                clients.size() + " sessions");
    }

    /// Waits until a client has a session, likewise.
    static void untilOpen(WebClientTransport client, PeerAddress name) {
        until(
                () -> {
                    ClientSession session = client.session();
                    if (session == null || session.stage == ClientSession.Stage.ENDED) {
                        client.dial(name);
                        return false;
                    }
                    return session.stage == ClientSession.Stage.OPEN;
                },
                "a session: " + client);
    }

    /// Waits, without a limit that a busy machine could come near to.
    static void until(BooleanSupplier condition, String what) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > WAIT_NANOS_MAX) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
