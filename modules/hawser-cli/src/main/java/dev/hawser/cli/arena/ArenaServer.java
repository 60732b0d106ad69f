package dev.hawser.cli.arena;

import dev.hawser.NetServer;
import dev.hawser.backend.EmbeddedBackend;
import dev.hawser.backend.TokenService;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.spi.AbstractServer;
import dev.hawser.tls.CertificateSource;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.websocket.WebSocketServer;
import dev.hawser.web.webtransport.WebTransportServer;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The server of the arena: reached by UDP, WebTransport, WebSocket, and from this process, with
/// the backend that lets players in.
///
/// All ways lead to one server. It goes by the address of its UDP port, which is in every connect
/// token, and the token service tells browsers where else it is.
final class ArenaServer implements AutoCloseable {
    private static final long PROTOCOL_ID = 1;
    private static final NetAddress ANY_PORT = NetAddress.parse("127.0.0.1:0");
    private static final Duration LIFETIME = Duration.ofSeconds(30);

    /// A page that the browser holds up comes back: who closes a tab leaves by itself.
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /// About as long as the page tries to come back.
    private static final Duration KEEP_SLOT = Duration.ofSeconds(30);

    /// The service hands out as many tokens as the UDP server has slots, for players of all ways; a
    /// browser takes another one for each connect. How many may play is for the game to say.
    private static final int SLOTS = 256;

    private final UdpTransport udp = UdpTransport.bind(ANY_PORT);
    private final Transport webTransport;
    private final Transport webSocket;
    private final LocalServer local = LocalServer.builder().maxClients(1).build();
    private final EmbeddedBackend backend;
    private final MultiServer server;
    private final Map<AbstractServer, WayIn> waysIn = new LinkedHashMap<>();
    private final List<String> webOrigins;

    /// Creates a server that has its ports and does not run yet.
    ///
    /// @param pageOrigin of the page whose browsers may come
    /// @throws IOException when there is no port, or no certificate
    ArenaServer(String pageOrigin) throws IOException {
        CertificateSource certificates = CertificateSource.development();
        WebServerOptions options = WebServerOptions.builder().origins(pageOrigin).build();
        webTransport = WebTransportServer.bind(ANY_PORT, certificates, options);
        webSocket = WebSocketServer.bindPlain(ANY_PORT, options);
        try {
            // Before the servers are made, which have to know the ports.
            udp.open();
            webTransport.open();
            webSocket.open();
            NetAddress identity = udp.localAddress();
            URI webTransportUrl = url("https", webTransport, options);
            URI webSocketUrl = url("ws", webSocket, options);
            KeyRing keys = KeyRing.of(PrivateKey.random(new SecureRandom()::nextBytes));
            backend =
                    EmbeddedBackend.builder()
                            .server(
                                    NetcodeServer.builder()
                                            .transport(udp)
                                            .maxClients(SLOTS)
                                            .keepSlotFor(KEEP_SLOT)
                                            .maxConnectTokenLifetime(LIFETIME))
                            .service(service(pageOrigin))
                            .keyRing(keys)
                            .protocolId(PROTOCOL_ID)
                            .publicAddress(identity)
                            .webTransport(webTransportUrl)
                            .webSocket(webSocketUrl)
                            .webTransportCertificateHashes(certificates::hashes)
                            .build();
            waysIn.put(backend.server(), WayIn.UDP);
            waysIn.put(web(webTransport, identity, keys), WayIn.WEB_TRANSPORT);
            waysIn.put(web(webSocket, identity, keys), WayIn.WEB_SOCKET);
            waysIn.put(local, WayIn.LOCAL);
            webOrigins = List.of(origin(webTransportUrl), origin(webSocketUrl));
        } catch (IOException | RuntimeException e) {
            closeTransports();
            throw e;
        }
        MultiServer.Builder all = MultiServer.builder().startsAllOrNone();
        waysIn.forEach((member, wayIn) -> all.add(wayIn.label(), member));
        server = all.build();
    }

    private static TokenService.Builder service(String pageOrigin) {
        return TokenService.builder()
                .bind(ANY_PORT)
                .plainHttp()
                .authenticator(new DevelopmentAuthenticator())
                .allowedOrigins(pageOrigin)
                .connectTokenLifetime(LIFETIME)
                .timeout(TIMEOUT)
                // There would be a line for every player.
                .audit(_ -> {});
    }

    private static NetcodeServer web(Transport transport, NetAddress identity, KeyRing keys) {
        return NetcodeServer.builder()
                .transport(transport)
                .identity(identity)
                .keepSlotFor(KEEP_SLOT)
                .keyRing(keys)
                .protocolId(PROTOCOL_ID)
                .maxConnectTokenLifetime(LIFETIME)
                .build();
    }

    private static URI url(String scheme, Transport transport, WebServerOptions options) {
        return URI.create(scheme + "://" + transport.localAddress() + options.path());
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /// {@return the server, with a member for each way in}
    NetServer server() {
        return server;
    }

    /// {@return the ways in by the members of the server}
    Map<? extends NetServer, WayIn> waysIn() {
        return waysIn;
    }

    /// {@return the member for players of this process}
    LocalServer local() {
        return local;
    }

    /// {@return who lets players in}
    EmbeddedBackend backend() {
        return backend;
    }

    /// {@return where browsers connect to, each as scheme, host and port}
    List<String> webOrigins() {
        return webOrigins;
    }

    /// Ends the backend, and gives the ports back. The server has to be stopped before.
    @Override
    public void close() {
        backend.close();
        closeTransports();
    }

    private void closeTransports() {
        udp.close();
        webTransport.close();
        webSocket.close();
    }
}
