package dev.hawser.benchmarks.fleet;

import dev.hawser.benchmarks.moves.CommandProcess;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.SecretFile;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A `hawser backend` with HTTPS in a process of its own, to which game servers with many slots
/// announce themselves, and players who ask it for tokens over connections that are kept.
final class ServiceProcess implements AutoCloseable {
    static final long PROTOCOL_ID = 23;

    private static final int SERVERS = 10;
    private static final int SLOTS = 65_536;
    private static final Duration ANNOUNCING = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final Path folder = Files.createTempDirectory("hawser-service");
    private final CommandProcess service;
    private final HttpClient http;
    private final URI endpoint;
    private final String keyId;
    private final String credential;
    private final Thread announcing;
    private final AtomicInteger players = new AtomicInteger();
    private volatile boolean isOver;

    /// @param storeUrl where its store is; empty for one in its memory
    ServiceProcess(String name, String storeUrl)
            throws IOException, KeyRingException, InterruptedException, GeneralSecurityException {
        this.name = name;
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        keyId = key.id().toString();
        KeyRingFile.at(folder.resolve("keys")).create(key, Instant.now());
        SecretFile.at(folder.resolve("ids")).create(new SecureRandom());
        SecretFile.at(folder.resolve("servers")).create(new SecureRandom());
        credential = Files.readString(folder.resolve("servers")).strip();
        ServerCertificate.selfSigned("127.0.0.1")
                .writePem(folder.resolve("chain.pem"), folder.resolve("key.pem"));
        Path config = folder.resolve("backend.toml");
        Files.writeString(
                config,
                """
                listen = "127.0.0.1:0"
                protocol-ids = ["%d"]
                client-id-secret-file = "ids"
                keys.file = "keys"
                players.development = true
                servers.credential-files = ["servers"]

                [tls]
                certificate = "chain.pem"
                key = "key.pem"

                [limits]
                per-address-per-minute = 1000000
                per-account-per-minute = 1000000
                connections-per-address = 2000
                """
                                .formatted(PROTOCOL_ID)
                        + (storeUrl.isEmpty() ? "" : "\n[store]\nurl = \"" + storeUrl + "\"\n"));
        service = CommandProcess.start(List.of("backend", "--config", config.toString()));
        endpoint = URI.create(service.await("tokens at (\\S+)").group(1));
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(PATIENCE)
                        .sslContext(trusting(folder.resolve("chain.pem")))
                        .build();
        announce();
        announcing =
                Thread.ofVirtual()
                        .start(() -> {
                            while (!isOver) {
                                LockSupport.parkNanos(ANNOUNCING.toNanos());
                                try {
                                    announce();
                                } catch (IOException e) {
                                    // Those who want tokens will say so.
                                } catch (InterruptedException e) {
                                    return;
                                }
                            }
                        });
    }

    private static SSLContext trusting(Path chain) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(chain)) {
            trusted.setCertificateEntry(
                    "service", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private void announce() throws IOException, InterruptedException {
        for (int i = 0; i < SERVERS; i++) {
            String said =
                    """
                    {"publicAddress": "192.0.2.%d:7777", "protocolId": "%d", "maxClients": %d,
                     "freeSlots": %d, "keyIds": ["%s"], "maxConnectTokenLifetimeSeconds": 30}
                    """
                            .formatted(i + 1, PROTOCOL_ID, SLOTS, SLOTS, keyId);
            send(
                    HttpRequest.newBuilder(endpoint.resolve("/v1/servers/server-" + i))
                            .header("Authorization", "Bearer " + credential)
                            .PUT(HttpRequest.BodyPublishers.ofString(said)));
        }
    }

    /// Fetches a token for a player who has not been here before.
    ///
    /// @throws IOException when there is none
    void fetch() throws IOException, InterruptedException {
        send(
                HttpRequest.newBuilder(endpoint.resolve("/v1/connect-token"))
                        .header("Authorization", "Bearer player-" + players.incrementAndGet())
                        .POST(HttpRequest.BodyPublishers.ofString("{}")));
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        request.header("Content-Type", "application/json")
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(name + " answers " + answer.statusCode() + ": " + answer.body());
        }
    }

    String name() {
        return name;
    }

    /// {@return the processor's time that the service has taken}
    Duration cpu() {
        return service.cpu();
    }

    @Override
    public void close() throws IOException {
        isOver = true;
        announcing.interrupt();
        http.shutdownNow();
        service.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
