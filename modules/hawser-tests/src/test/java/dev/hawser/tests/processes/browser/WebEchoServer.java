package dev.hawser.tests.processes.browser;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.backend.EmbeddedBackend;
import dev.hawser.backend.TokenService;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.tls.CertificateSource;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import dev.hawser.web.websocket.WebSocketServer;
import dev.hawser.web.webtransport.WebTransportServer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A game server that echoes payloads, with UDP, WebTransport and WebSocket under one identity, and
/// the token service that browsers ask; on a thread of its own.
final class WebEchoServer implements AutoCloseable {
    static final String WEB_TRANSPORT = "web-transport";
    static final String WEB_SOCKET = "web-socket";

    private static final long PROTOCOL_ID = 7;
    private static final NetAddress ANY_PORT = NetAddress.parse("127.0.0.1:0");
    private static final Duration LIFETIME = Duration.ofMinutes(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(12);

    /// Of connections that are to be lost.
    private static final Duration TIMEOUT_BEHIND_RELAY = Duration.ofSeconds(4);

    private static final Duration KEEP_SLOT = Duration.ofMinutes(20);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /// A connection that has ended.
    ///
    /// @param wayIn which member it was with
    record Ended(String wayIn, DisconnectReason reason) {}

    private final UdpTransport udp = UdpTransport.bind(ANY_PORT);
    private final WebServerTransport webTransport;
    private final WebServerTransport webSocket;
    private final @Nullable DroppingRelay relay;
    private final EmbeddedBackend backend;
    private final MultiServer server;
    private final Queue<Runnable> wishes = new ConcurrentLinkedQueue<>();
    private final List<Ended> ended = new CopyOnWriteArrayList<>();
    private final List<String> resumed = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();

    /// What was seen, for people who read why a test failed.
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private final Thread thread = Thread.ofPlatform().name("web echo").unstarted(this::run);
    private final CountDownLatch announced = new CountDownLatch(1);
    private volatile boolean isStopped;

    /// Starts a server that pages of an origin may use.
    WebEchoServer(String pageOrigin) throws IOException {
        this(pageOrigin, pageOrigin);
    }

    /// Starts a server that takes pages of one origin, with a token service that takes those of
    /// another.
    WebEchoServer(String gameOrigin, String tokenOrigin) throws IOException {
        this(gameOrigin, tokenOrigin, false);
    }

    /// {@return a server that keeps slots, behind a relay that can drop what passes}
    static WebEchoServer behindRelay(String pageOrigin) throws IOException {
        return new WebEchoServer(pageOrigin, pageOrigin, true);
    }

    private WebEchoServer(String gameOrigin, String tokenOrigin, boolean isBehindRelay)
            throws IOException {
        CertificateSource certificates = CertificateSource.development();
        // Tokens live for long here, so that a busy machine does not end a test.
        WebServerOptions options =
                WebServerOptions.builder()
                        .origins(gameOrigin)
                        .connectTimeout(Duration.ofMinutes(10))
                        .build();
        webTransport = WebTransportServer.bind(ANY_PORT, certificates, options);
        webSocket = WebSocketServer.bindPlain(ANY_PORT, options);
        udp.open();
        webTransport.open();
        webSocket.open();
        relay =
                isBehindRelay
                        ? new DroppingRelay(webTransport.localAddress(), webSocket.localAddress())
                        : null;
        NetAddress webTransportAddress =
                relay == null ? webTransport.localAddress() : relay.udpAddress();
        NetAddress webSocketAddress = relay == null ? webSocket.localAddress() : relay.tcpAddress();
        Duration keepSlot = isBehindRelay ? KEEP_SLOT : Duration.ZERO;
        KeyRing keys = KeyRing.of(PrivateKey.random(new SecureRandom()::nextBytes));
        backend =
                EmbeddedBackend.builder()
                        .server(
                                NetcodeServer.builder()
                                        .transport(udp)
                                        .keepSlotFor(keepSlot)
                                        .maxConnectTokenLifetime(LIFETIME))
                        .service(
                                TokenService.builder()
                                        .bind(ANY_PORT)
                                        .plainHttp()
                                        .authenticator(new DevelopmentAuthenticator())
                                        .allowedOrigins(tokenOrigin)
                                        .connectTokenLifetime(LIFETIME)
                                        .timeout(isBehindRelay ? TIMEOUT_BEHIND_RELAY : TIMEOUT)
                                        .audit(_ -> {}))
                        .keyRing(keys)
                        .protocolId(PROTOCOL_ID)
                        .publicAddress(udp.localAddress())
                        .webTransport(url("https", webTransportAddress, options))
                        .webSocket(url("ws", webSocketAddress, options))
                        .webTransportCertificateHashes(certificates::hashes)
                        .build();
        server =
                MultiServer.builder()
                        .startsAllOrNone()
                        .add("udp", backend.server())
                        .add(WEB_TRANSPORT, member(webTransport, keys, keepSlot))
                        .add(WEB_SOCKET, member(webSocket, keys, keepSlot))
                        .build();
        backend.start();
        thread.start();
        awaitAnnounced();
    }

    /// Until then the token service has no server to offer.
    private void awaitAnnounced() {
        try {
            if (!announced.await(120, TimeUnit.SECONDS)) {
                throw new AssertionError(said());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private NetcodeServer member(Transport transport, KeyRing keys, Duration keepSlot) {
        return NetcodeServer.builder()
                .transport(transport)
                .identity(udp.localAddress())
                .keepSlotFor(keepSlot)
                .keyRing(keys)
                .protocolId(PROTOCOL_ID)
                .maxConnectTokenLifetime(LIFETIME)
                .build();
    }

    private static URI url(String scheme, NetAddress address, WebServerOptions options) {
        return URI.create(scheme + "://" + address + options.path());
    }

    /// {@return where the token service is}
    String tokenEndpoint() {
        return backend.service().uri().toString();
    }

    /// Ends the connections of those who came in one way.
    void disconnect(String wayIn, StatedReason reason) {
        wishes.add(() ->
                List.copyOf(server.connectedClients()).stream()
                        .filter(client -> wayIn(client).equals(wayIn))
                        .forEach(client -> server.disconnect(client, reason)));
    }

    /// {@return the connections that have ended, the first one first}
    List<Ended> ended() {
        return ended;
    }

    /// {@return the ways by which clients resumed, the first one first}
    List<String> resumed() {
        return resumed;
    }

    /// {@return how many clients came as somebody new}
    int connects() {
        return connects.get();
    }

    /// {@return what lies before this server}
    DroppingRelay relay() {
        return Objects.requireNonNull(relay, "this server is behind no relay");
    }

    /// {@return how many sessions were refused to one way in, and why; any thread may ask}
    Map<SessionRefusal, Long> refusals(String wayIn) {
        return (wayIn.equals(WEB_TRANSPORT) ? webTransport : webSocket).webStats().refusals();
    }

    /// {@return what the server has seen}
    String said() {
        return "the server, " + (thread.isAlive() ? "which runs" : "which has ended") + ": " + seen;
    }

    private void run() {
        try {
            server.start();
            while (!isStopped) {
                server.await(TICK_NANOS);
                server.update();
                backend.update();
                announced.countDown();
                server.receive(new Echo());
                for (Runnable wish = wishes.poll(); wish != null; wish = wishes.poll()) {
                    wish.run();
                }
                server.flush();
            }
            server.stop();
        } catch (IOException | RuntimeException e) {
            seen.add(e.toString());
        }
    }

    private String wayIn(ConnectedClient client) {
        return server.members().entrySet().stream()
                .filter(member -> member.getValue().equals(client.server()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("nowhere");
    }

    @Override
    public void close() {
        isStopped = true;
        server.wakeup();
        try {
            thread.join(Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (relay != null) {
            relay.close();
        }
        backend.close();
        udp.close();
        webTransport.close();
        webSocket.close();
    }

    private final class Echo implements ServerHandler {
        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            var _ = server.send(client, payload);
        }

        @Override
        public void onConnect(ConnectedClient client) {
            connects.incrementAndGet();
            seen.add(client.id() + " came by " + wayIn(client));
        }

        @Override
        public void onSuspend(ConnectedClient client) {
            seen.add(client.id() + " fell silent by " + wayIn(client));
        }

        @Override
        public void onResume(ConnectedClient client) {
            seen.add(client.id() + " is back by " + wayIn(client));
            resumed.add(wayIn(client));
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            seen.add(client.id() + " went by " + wayIn(client) + ", " + reason);
            ended.add(new Ended(wayIn(client), reason));
        }
    }
}
