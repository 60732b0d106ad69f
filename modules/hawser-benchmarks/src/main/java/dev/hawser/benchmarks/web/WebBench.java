package dev.hawser.benchmarks.web;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.webtransport.WebTransportClient;
import dev.hawser.web.webtransport.WebTransportServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A WebTransport server and clients with sessions at it, on the loopback, in one process.
final class WebBench implements AutoCloseable {
    static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    static final int PAYLOAD_BYTES = 300;

    /// The server, as clients name it.
    static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));

    private static final int DIALLED_AT_ONCE = 20;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final ServerCertificate certificate =
            ServerCertificate.selfSigned("localhost", "127.0.0.1");
    final WebServerTransport server;
    final List<SessionClient> clients = new ArrayList<>();

    WebBench(WebServerOptions options) throws IOException {
        server =
                WebTransportServer.bind(
                        NetAddress.parse("127.0.0.1:0"),
                        CertificateSource.of(certificate),
                        options);
        server.open();
    }

    /// {@return where the server is, by a port of one's own choice}
    static URI url(int port) {
        return URI.create("https://127.0.0.1:" + port + "/hawser");
    }

    /// Makes so many clients and waits for their sessions.
    void dial(int sessions, URI url) throws IOException {
        while (clients.size() < sessions) {
            int next = Math.min(sessions, clients.size() + DIALLED_AT_ONCE);
            while (clients.size() < next) {
                SessionClient client =
                        (SessionClient) WebTransportClient.to(url, List.of(certificate.sha256()));
                clients.add(client);
                client.open();
                client.dial(NAMED);
            }
            awaitSessions();
        }
    }

    private void awaitSessions() {
        long startNanos = System.nanoTime();
        while (clients.stream().anyMatch(SessionClient::isDialling)
                || server.webStats().sessions() < clients.size()) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                throw new IllegalStateException(
                        "%d of %d clients have a session: %s"
                                .formatted(
                                        server.webStats().sessions(),
                                        clients.size(),
                                        server.webStats()));
            }
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    public void close() {
        clients.forEach(SessionClient::close);
        server.close();
    }
}
