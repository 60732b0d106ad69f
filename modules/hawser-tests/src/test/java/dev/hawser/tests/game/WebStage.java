package dev.hawser.tests.game;

import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.transport.Transport;
import dev.hawser.web.WebClientTransport;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.websocket.WebSocketClient;
import dev.hawser.web.websocket.WebSocketServer;
import dev.hawser.web.webtransport.WebTransportClient;
import dev.hawser.web.webtransport.WebTransportServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The web on a stage: its clock is the real one, so each step of the script waits for it a little.
final class WebStage {
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");
    private static final ServerCertificate CERTIFICATE = certificate();

    /// Nothing runs out on a busy machine.
    private static final WebServerOptions PATIENT =
            WebServerOptions.builder()
                    .connectTimeout(Duration.ofHours(1))
                    .idleTimeout(Duration.ofHours(1))
                    .build();

    private static final List<String> PIN = List.of(CERTIFICATE.sha256());
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long DIAL_NANOS_MAX = TimeUnit.SECONDS.toNanos(120);

    private final List<WebClientTransport> clients = new ArrayList<>();
    private boolean isUsed;

    private static ServerCertificate certificate() {
        try {
            X509Bundle bundle =
                    new CertificateBuilder()
                            .algorithm(CertificateBuilder.Algorithm.ecp256)
                            .subject("CN=localhost")
                            .setIsCertificateAuthority(true)
                            .buildSelfSigned();
            return new ServerCertificate(
                    bundle.getKeyPair().getPrivate(), List.of(bundle.getCertificate()));
        } catch (Exception e) {
            throw new AssertionError("a certificate can be made", e);
        }
    }

    Transport webTransport() {
        isUsed = true;
        return WebTransportServer.bind(LOOPBACK, CertificateSource.of(CERTIFICATE), PATIENT);
    }

    Transport webSocket() {
        isUsed = true;
        return WebSocketServer.bind(LOOPBACK, CertificateSource.of(CERTIFICATE), PATIENT);
    }

    Transport webTransportTo(NetcodeServer server) {
        return client(WebTransportClient.to(url("https", server), PIN));
    }

    Transport webSocketTo(NetcodeServer server) {
        return client(WebSocketClient.to(url("wss", server), PIN));
    }

    private Transport client(WebClientTransport client) {
        clients.add(client);
        return client;
    }

    private static URI url(String scheme, NetcodeServer server) {
        return URI.create(scheme + "://" + server.localAddress() + "/hawser");
    }

    /// Gives packets the time to arrive, and sessions to be opened.
    void letPass() {
        if (!isUsed) {
            return;
        }
        long startNanos = System.nanoTime();
        do {
            LockSupport.parkNanos(STEP_NANOS);
        } while (clients.stream().anyMatch(WebClientTransport::isDialling)
                && System.nanoTime() - startNanos < DIAL_NANOS_MAX);
    }
}
