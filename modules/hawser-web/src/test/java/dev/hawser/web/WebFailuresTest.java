package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.TransportFailure;
import dev.hawser.transport.TransportFailure.Kind;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.websocket.WebSocketClient;
import dev.hawser.web.webtransport.WebTransportClient;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// What a player of a Java client is told when the web does not lead to the server. The client's
/// clock is virtual, and stands still where no timeout is wanted.
class WebFailuresTest {
    private static final NetAddress NAMED = NetAddress.parse("203.0.113.5:7777");
    private static final PrivateKey PRIVATE_KEY = PrivateKey.random(new Random(1)::nextBytes);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Logger log = Logger.getLogger("dev.hawser");
    private final Level levelBefore = log.getLevel();
    private long nowNanos;

    @BeforeEach
    void developmentIsNoNews() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void logAsBefore() {
        log.setLevel(levelBefore);
    }

    /// {@return how an attempt ends}
    ///
    /// @param stepNanos how much time passes from update to update
    private DisconnectReason reasonAt(SessionClient transport, long stepNanos) {
        try (NetcodeClient client = client(transport, () -> nowNanos)) {
            client.connect();
            Web.until(
                    () -> {
                        nowNanos += stepNanos;
                        client.update();
                        return !(client.state() instanceof ConnectionState.Connecting);
                    },
                    "the end of the attempt");
            return reasonOf(client);
        }
    }

    private static NetcodeClient client(SessionClient transport, LongSupplier clock) {
        return NetcodeClient.builder()
                .transport(transport)
                .monotonicClock(clock)
                .authentication(new Authentication.Manual(NAMED, 7, PRIVATE_KEY, 99))
                .build();
    }

    private static DisconnectReason reasonOf(NetcodeClient client) {
        return switch (client.state()) {
            case ConnectionState.Disconnected(DisconnectReason reason) -> reason;
            case ConnectionState other -> throw new AssertionError("the state is " + other);
        };
    }

    private static TransportFailure onlyFailure(DisconnectReason reason) {
        assertThat(reason).isInstanceOf(DisconnectReason.ServerUnreachable.class);
        List<TransportFailure> failures = ((DisconnectReason.ServerUnreachable) reason).failures();
        assertThat(failures).hasSize(1);
        return failures.getFirst();
    }

    @ParameterizedTest
    @EnumSource(value = Web.class, names = "WEB_SOCKET_PLAIN", mode = Mode.EXCLUDE)
    void anotherCertificateIsNamedBeforeAnyTimeout(Web web) throws IOException {
        try (SessionServer server = web.server(WebServerOptions.DEFAULT)) {
            server.open();
            SessionClient transport = web.client(web.url(server), List.of("00".repeat(32)));
            DisconnectReason reason = reasonAt(transport, 0);
            assertThat(onlyFailure(reason).kind()).isEqualTo(Kind.CERTIFICATE);
            assertThat(reason.explanation())
                    .contains(Web.CERTIFICATE.sha256())
                    .doesNotContain("firewall");
        }
    }

    @Test
    void aConnectionThatIsRefusedIsSaidAtOnce() {
        SessionClient transport =
                Web.WEB_SOCKET_PLAIN.client(URI.create("ws://127.0.0.1:1/hawser"));
        TransportFailure failure = onlyFailure(reasonAt(transport, 0));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.text()).endsWith("nothing listens there").doesNotContain("Exception");
    }

    @ParameterizedTest
    @EnumSource
    void aNameWithoutAnAddressIsSaidAtOnce(Web web) {
        String scheme = web == Web.WEB_TRANSPORT ? "https" : "ws";
        SessionClient transport = web.client(URI.create(scheme + "://nobody.invalid:7777/hawser"));
        TransportFailure failure = onlyFailure(reasonAt(transport, 0));
        assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_HOST);
        assertThat(failure.text()).doesNotContain("Exception");
    }

    @Test
    void aServerWithoutTlsShowsNoWrongCertificate() throws IOException {
        try (SessionServer server = Web.WEB_SOCKET_PLAIN.server(WebServerOptions.DEFAULT)) {
            server.open();
            URI plain = Web.WEB_SOCKET_PLAIN.url(server);
            SessionClient transport =
                    Web.WEB_SOCKET.client(URI.create(plain.toString().replace("ws:", "wss:")));
            TransportFailure failure = onlyFailure(reasonAt(transport, 0));
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.text()).contains("it speaks no TLS");
        }
    }

    /// QUIC hears nothing of a port at which nothing listens: nor does this socket answer.
    @Test
    void whereNothingAnswersTheTimeoutSaysSo() throws IOException {
        try (var mute =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            SessionClient transport =
                    Web.WEB_TRANSPORT.client(
                            URI.create("https://127.0.0.1:" + mute.getLocalPort() + "/hawser"));
            DisconnectReason reason = reasonAt(transport, STEP_NANOS);
            assertThat(onlyFailure(reason).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(reason.explanation()).contains("nothing has answered");
            assertThat(transport.lastFailure()).contains(onlyFailure(reason));
            assertThat(nowNanos).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
        }
    }

    @Test
    void aServerWithoutAUrlIsSaidAtOnceAndNotRememberedAgainstTheNextAttempt() {
        SessionClient transport = (SessionClient) WebTransportClient.to(_ -> null, List.of());
        assertThat(onlyFailure(reasonAt(transport, 0)).kind()).isEqualTo(Kind.NO_URL);
        assertThat(transport.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatEndsWithoutAWordEndsTheConnection(Web web) throws IOException {
        SessionServer transport = web.server(WebServerOptions.DEFAULT);
        try (NetcodeClient client = client(connectedTo(web, transport), System::nanoTime)) {
            NetcodeServer server = started(transport);
            try {
                client.connect();
                Web.until(
                        () -> {
                            server.update();
                            client.update();
                            if (client.state() instanceof ConnectionState.Disconnected) {
                                // The machine had other work.
                                client.connect();
                            }
                            return client.isConnected();
                        },
                        "a connection");
                // As a proxy between does, or a process that ends.
                transport.close();
                Web.until(
                        () -> {
                            client.update();
                            return !client.isConnected();
                        },
                        "the end");
                assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TransportClosed.class);
            } finally {
                server.stop();
            }
        }
    }

    private static SessionClient connectedTo(Web web, SessionServer transport) throws IOException {
        transport.open();
        return web.client(web.url(transport));
    }

    private static NetcodeServer started(SessionServer transport) throws IOException {
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(transport)
                        .identity(NAMED)
                        .protocolId(99)
                        .privateKey(PRIVATE_KEY)
                        .maxClients(4)
                        .build();
        server.start();
        return server;
    }

    @Test
    void aUrlOfAnotherKindIsRefusedWhereItIsSetOrSaidAtOnce() {
        URI plain = URI.create("http://play.example.org:1/hawser");
        URI webTransport = URI.create("https://play.example.org:1/hawser");
        URI webSocket = URI.create("wss://play.example.org:1/hawser");
        for (URI url : List.of(plain, webSocket)) {
            assertThatThrownBy(() -> WebTransportClient.to(url, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(url.toString())
                    .hasMessageContaining("https://");
        }
        for (URI url : List.of(plain, webTransport)) {
            assertThatThrownBy(() -> WebSocketClient.to(url, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(url.toString())
                    .hasMessageContaining("wss://");
        }
        // Asked for it later, it can only be said as the reason.
        SessionClient transport = (SessionClient) WebTransportClient.to(_ -> webSocket, List.of());
        TransportFailure failure = onlyFailure(reasonAt(transport, 0));
        assertThat(failure.kind()).isEqualTo(Kind.NO_URL);
        assertThat(failure.text()).contains(webSocket.toString(), "https://");
    }
}
