package dev.hawser.benchmarks.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Who bans, and asks whether services are well, by plain HTTPS.
final class Operator implements AutoCloseable {
    private static final int DONE = 200;
    private static final int DONE_WITHOUT_WORDS = 204;
    private static final int NOT_THERE = 404;

    private final HttpClient http;
    private final List<URI> services;
    private final String credential;

    Operator(List<URI> services, String credential, Path chain)
            throws IOException, GeneralSecurityException {
        this.services = services;
        this.credential = credential;
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(chain)) {
            trusted.setCertificateEntry(
                    "service", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(tls).build();
    }

    /// {@return whether it is done; else nobody knows}
    boolean ban(String clientId) throws InterruptedException {
        return change(
                clientId,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"why\":\"chaos\"}")));
    }

    /// {@return whether it is done; else nobody knows}
    boolean unban(String clientId) throws InterruptedException {
        return change(clientId, HttpRequest.newBuilder().DELETE());
    }

    private boolean change(String clientId, HttpRequest.Builder request)
            throws InterruptedException {
        for (URI service : services) {
            int status = status(service, "/v1/fleet/bans/" + clientId, request);
            if (status == DONE || status == DONE_WITHOUT_WORDS || status == NOT_THERE) {
                return status != NOT_THERE;
            }
        }
        return false;
    }

    /// {@return whether all services have what they need}
    boolean areReady() throws InterruptedException {
        for (URI service : services) {
            if (status(service, "/health/ready", HttpRequest.newBuilder()) != DONE) {
                return false;
            }
        }
        return true;
    }

    /// {@return what was answered, 0 for nothing}
    private int status(URI service, String path, HttpRequest.Builder request)
            throws InterruptedException {
        try {
            return http.send(
                            request.uri(service.resolve(path))
                                    .timeout(Duration.ofSeconds(5))
                                    .setHeader("Authorization", "Bearer " + credential)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
