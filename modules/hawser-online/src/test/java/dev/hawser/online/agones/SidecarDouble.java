package dev.hawser.online.agones;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// A double of Agones' sidecar, made after the source of version 1.57: its paths and methods, that
/// it needs a body, `{}` for an answer, errors as the status of gRPC, the watch that begins with
/// the present state and is a line for each change, numbers of 64 bits as strings, `null` for
/// objects that are not set. Beside that, what a sidecar does that is out of order.
final class SidecarDouble implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<BlockingQueue<String>> watches = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> labels = new CopyOnWriteArrayList<>();

    private String state = "Scheduled";
    private String address = "203.0.113.5";
    private long generation = 1;
    private String deletionTimestamp = "0";

    /// What the latest reservation said.
    volatile String reserved = "";

    /// Answers nothing.
    volatile boolean isSilent;

    /// Answers so, and does nothing; 0 for as it should.
    volatile int status;

    /// To so many shutdowns it answers that it is out of order.
    @SuppressWarnings("NonAtomicVolatileUpdate") // Requests of one kind come one after the other.
    volatile int refusals;

    /// Does what it is asked for, and hangs up without an answer.
    volatile boolean hangsUp;

    SidecarDouble() {
        this(0);
    }

    SidecarDouble(int port) {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getByName("localhost"), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        serve(exchange);
                    }
                });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// {@return what has come, as `POST /ready`, in order}
    List<String> requests() {
        return List.copyOf(requests);
    }

    /// {@return what has come but for reports and looks}
    List<String> changes() {
        return requests.stream()
                .filter(line -> !line.startsWith("GET") && !line.equals("POST /health"))
                .toList();
    }

    long count(String request) {
        return requests.stream().filter(request::equals).count();
    }

    int watches() {
        return watches.size();
    }

    /// {@return what was set, labels and annotations}
    List<String> labels() {
        return List.copyOf(labels);
    }

    // ---- What Agones does

    synchronized String state() {
        return state;
    }

    synchronized void state(String state) {
        this.state = state;
        tell();
    }

    synchronized void address(String address) {
        this.address = address;
        tell();
    }

    synchronized void delete() {
        deletionTimestamp = "1800000000";
        tell();
    }

    private synchronized void tell() {
        generation++;
        line("{\"result\":" + gameServer() + "}");
    }

    /// Sends a line to those who watch.
    void line(String line) {
        watches.forEach(watch -> watch.add(line));
    }

    /// Ends the watches.
    void endWatches() {
        watches.forEach(watch -> watch.add(""));
    }

    synchronized String gameServer() {
        return """
        {"object_meta":{"name":"arena-x7","namespace":"default","uid":"u-1",\
        "resource_version":"%d","generation":"%d","creation_timestamp":"1531795395",\
        "deletion_timestamp":"%s","annotations":{"agones.dev/%s":"1.57.0"},\
        "labels":{"agones.dev/fleet":"arena"}},\
        "spec":{"health":{"disabled":false,"period_seconds":6,"failure_threshold":3,\
        "initial_delay_seconds":5}},\
        "status":{"state":"%s","address":"%s",\
        "addresses":[{"type":"Hostname","address":"node-1"},\
        {"type":"ExternalIP","address":"198.51.100.7"}],\
        "ports":[{"name":"game-udp","port":7123},{"name":"web","port":7124}],\
        "players":null,"counters":{"rooms":{"count":"1","capacity":"10"}},"lists":{}}}\
        """
                .formatted(
                        generation,
                        generation,
                        deletionTimestamp,
                        // As long as Kubernetes allows.
                        "a".repeat(63),
                        state,
                        address);
    }

    // ---- What it is asked for

    private void serve(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(request);
        if (isSilent) {
            hold();
            return;
        }
        if (status != 0) {
            error(exchange, status);
            return;
        }
        switch (request) {
            case "GET /gameserver" -> answer(exchange, 200, gameServer());
            case "GET /watch/gameserver" -> watch(exchange);
            case "POST /health" -> done(exchange, body);
            case "POST /ready" -> change(exchange, body, "Ready");
            case "POST /allocate" -> change(exchange, body, "Allocated");
            case "POST /reserve" -> {
                reserved = body;
                change(exchange, body, "Reserved");
            }
            case "POST /shutdown" -> {
                if (refusals > 0) {
                    refusals--;
                    error(exchange, 503);
                } else {
                    change(exchange, body, "Shutdown");
                }
            }
            case "PUT /metadata/label", "PUT /metadata/annotation" -> {
                if (body.contains("refused")) {
                    error(exchange, 400);
                } else {
                    labels.add(body);
                    done(exchange, body);
                }
            }
            default -> error(exchange, 404);
        }
    }

    private void change(HttpExchange exchange, String body, String state) throws IOException {
        if (!body.isEmpty()) {
            state(state);
        }
        done(exchange, body);
    }

    private void done(HttpExchange exchange, String body) throws IOException {
        if (hangsUp) {
            return;
        }
        if (body.isEmpty()) {
            exchange.sendResponseHeaders(400, -1);
        } else {
            answer(exchange, 200, "{}");
        }
    }

    private void watch(HttpExchange exchange) throws IOException {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        synchronized (this) {
            lines.add("{\"result\":" + gameServer() + "}");
            watches.add(lines);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream stream = exchange.getResponseBody()) {
            String line;
            while (!(line = lines.take()).isEmpty()) {
                stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                stream.flush();
            }
        } catch (InterruptedException e) {
            // It closes.
        } finally {
            watches.remove(lines);
        }
    }

    private static void error(HttpExchange exchange, int status) throws IOException {
        answer(
                exchange,
                status,
                "{\"code\":14, \"message\":\"out\\u001b[31m of order\", \"details\":[]}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void hold() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            // It closes.
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
