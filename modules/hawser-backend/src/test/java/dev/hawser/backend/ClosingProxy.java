package dev.hawser.backend;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A reverse proxy before several services: takes turns, answers 502 for one that is away, and
/// closes each connection after an answer that promised to keep it.
final class ClosingProxy implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: ([0-9]+)\r\n");
    private static final Pattern CREDENTIAL = Pattern.compile("(?i)\r\nAuthorization: (.+)\r\n");

    private final ServerSocket listener;
    private final List<URI> services;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    ClosingProxy(URI... services) throws IOException {
        this.services = List.of(services);
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /// {@return how often a service was away}
    int refused() {
        return refused.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int read = in.read();
                if (read < 0) {
                    return;
                }
                head.append((char) read);
            }
            byte[] body = in.readNBytes(Integer.parseInt(of(LENGTH, head)));
            socket.getOutputStream().write(forward(head, body));
        } catch (IOException | InterruptedException e) {
            // The one who asked sees a connection that breaks.
        }
    }

    private static String of(Pattern pattern, CharSequence head) {
        Matcher matcher = pattern.matcher(head);
        return matcher.find() ? matcher.group(1) : "0";
    }

    private byte[] forward(CharSequence head, byte[] body)
            throws IOException, InterruptedException {
        String[] line = head.toString().split(" ", 3);
        URI service = services.get(turn.getAndIncrement() % services.size());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(service + line[1]))
                        .header("Authorization", of(CREDENTIAL, head))
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", "203.0.113.77")
                        .method(line[0], HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer(
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse("text/plain"),
                    answer.body());
        } catch (ConnectException e) {
            refused.incrementAndGet();
            return answer(502, "text/html", "<h1>Bad Gateway</h1>");
        }
    }

    private static byte[] answer(int status, String type, String body) {
        return ("HTTP/1.1 %d Said\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%s"
                        .formatted(
                                status, type, body.getBytes(StandardCharsets.UTF_8).length, body))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        http.shutdownNow();
    }
}
