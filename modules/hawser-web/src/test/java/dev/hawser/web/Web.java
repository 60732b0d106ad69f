package dev.hawser.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.websocket.WebSocketClient;
import dev.hawser.web.websocket.WebSocketServer;
import dev.hawser.web.webtransport.WebTransportClient;
import dev.hawser.web.webtransport.WebTransportServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The kinds of transports for the web, on the loopback.
public enum Web {
    WEB_TRANSPORT,
    WEB_SOCKET,
    WEB_SOCKET_PLAIN;

    public static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");
    public static final ServerCertificate CERTIFICATE = Certificates.selfSigned();
    public static final List<String> PIN = List.of(CERTIFICATE.sha256());

    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final long LOOK_NANOS = 200_000;
    private static final long WAIT_NANOS_MAX = 120_000_000_000L;

    /// {@return a server, still closed}
    public SessionServer server(WebServerOptions options) {
        return server(LOOPBACK, options);
    }

    /// What a test does not set itself does not run out on a busy machine either.
    public SessionServer server(NetAddress address, WebServerOptions options) {
        WebServerOptions.Builder patient = options.toBuilder();
        if (options.connectTimeout().equals(WebServerOptions.DEFAULT.connectTimeout())) {
            patient.connectTimeout(PATIENCE);
        }
        if (options.idleTimeout().equals(WebServerOptions.DEFAULT.idleTimeout())) {
            patient.idleTimeout(PATIENCE);
        }
        return unchangedServer(address, patient.build());
    }

    public SessionServer unchangedServer(NetAddress address, WebServerOptions options) {
        CertificateSource certificates = CertificateSource.of(CERTIFICATE);
        WebServerTransport server =
                switch (this) {
                    case WEB_TRANSPORT -> WebTransportServer.bind(address, certificates, options);
                    case WEB_SOCKET -> WebSocketServer.bind(address, certificates, options);
                    case WEB_SOCKET_PLAIN -> WebSocketServer.bindPlain(address, options);
                };
        return (SessionServer) server;
    }

    /// {@return where a server is that is open}
    public URI url(SessionServer server) {
        return url(server.localAddress(), "/hawser");
    }

    public URI url(NetAddress address, String path) {
        String scheme =
                switch (this) {
                    case WEB_TRANSPORT -> "https";
                    case WEB_SOCKET -> "wss";
                    case WEB_SOCKET_PLAIN -> "ws";
                };
        return URI.create(scheme + "://" + address + path);
    }

    /// {@return a client, still closed}
    public SessionClient client(URI url) {
        return client(url, PIN);
    }

    public SessionClient client(URI url, List<String> pin) {
        WebClientTransport client =
                this == WEB_TRANSPORT
                        ? WebTransportClient.to(url, pin)
                        : WebSocketClient.to(url, pin);
        return (SessionClient) client;
    }

    /// Waits until clients have sessions, and the server no others. Who was given up by one of its
    /// own limits, since the machine had other work, dials again.
    public static void untilOpen(
            SessionServer server, PeerAddress name, List<SessionClient> clients) {
        until(
                () -> {
                    boolean areOpen = true;
                    for (SessionClient client : clients) {
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
    public static void untilOpen(SessionClient client, PeerAddress name) {
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
    public static void until(BooleanSupplier condition, String what) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > WAIT_NANOS_MAX) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
