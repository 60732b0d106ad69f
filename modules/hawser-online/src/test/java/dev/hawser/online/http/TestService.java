package dev.hawser.online.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A service on loopback whose answers a test says: real sockets, and real TLS where it has a
/// certificate.
public final class TestService implements AutoCloseable {
    private static final long REQUEST_SECONDS_MAX = 120;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger received = new AtomicInteger();

    /// What came.
    ///
    /// @param number 1 for the first that came, and so on: requests are answered on threads of
    ///   their own, so a later one may be answered first
    public record Request(
            int number, String method, String path, Optional<String> authorization, String body) {}

    /// Answers a request.
    @FunctionalInterface
    public interface Answers {
        /// Answers; may take its time.
        void answer(Request request, HttpExchange exchange) throws IOException;
    }

    private TestService(HttpServer server, Answers answers) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        Request request =
                                new Request(
                                        received.incrementAndGet(),
                                        exchange.getRequestMethod(),
                                        exchange.getRequestURI().getPath(),
                                        Optional.ofNullable(
                                                exchange.getRequestHeaders()
                                                        .getFirst("Authorization")),
                                        new String(
                                                exchange.getRequestBody().readAllBytes(),
                                                StandardCharsets.UTF_8));
                        requests.add(request);
                        answers.answer(request, exchange);
                    }
                });
        server.start();
    }

    /// {@return one that speaks plain HTTP}
    public static TestService http(Answers answers) {
        return http(0, answers);
    }

    /// {@return one that speaks plain HTTP at this port}
    public static TestService http(int port, Answers answers) {
        try {
            return new TestService(HttpServer.create(loopback(port), 0), answers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return one that shows this certificate}
    public static TestService https(TestCertificate certificate, Answers answers) {
        try {
            HttpsServer server = HttpsServer.create(loopback(0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
            return new TestService(server, answers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName("localhost"), port);
    }

    /// {@return its address}
    public URI endpoint() {
        return URI.create(
                (server instanceof HttpsServer ? "https" : "http") + "://localhost:" + port());
    }

    /// {@return its port}
    public int port() {
        return server.getAddress().getPort();
    }

    /// {@return how many requests have come}
    public int received() {
        return received.get();
    }

    /// {@return the next request, which is waited for}
    public Request next() {
        try {
            Request request = requests.poll(REQUEST_SECONDS_MAX, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("no request has come");
            }
            return request;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Sends an answer.
    ///
    /// @param headers names and values in turn
    public static void answer(
            HttpExchange exchange, int status, String type, String body, String... headers)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /// Sends what a service says that refuses.
    public static void refuse(
            HttpExchange exchange, int status, String title, String detail, String... headers)
            throws IOException {
        answer(
                exchange,
                status,
                "application/problem+json",
                """
                {"type": "https://hawser.dev/problems/test", "title": "%s", "status": %d,
                 "detail": "%s"}
                """
                        .formatted(title, status, detail),
                headers);
    }

    /// Holds an answer back until the latch is open, or the service closes.
    public static void hold(CountDownLatch latch) {
        try {
            latch.await(REQUEST_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // The service closes.
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
