package dev.hawser.cli.arena;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Serves the page of the arena, on loopback: a fixed set of files, all in memory, so that no path
/// leads anywhere else.
final class WebPage implements AutoCloseable {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String SVG = "image/svg+xml";

    private static final String CLIENT = "hawser-client.js";

    /// What `browser/build` makes; a build of Java alone goes without.
    private static final String BUILT_CLIENT = "hawser-client.min.js";

    private static final Map<String, String> FILES = new LinkedHashMap<>();

    static {
        FILES.put("index.html", HTML);
        FILES.put("style.css", CSS);
        FILES.put("arena.js", SCRIPT);
        FILES.put("connection.js", SCRIPT);
        FILES.put("figures.js", SCRIPT);
        FILES.put("graph.js", SCRIPT);
        FILES.put("interpolation.js", SCRIPT);
        FILES.put("players.js", SCRIPT);
        FILES.put("steering.js", SCRIPT);
        FILES.put("view.js", SCRIPT);
        FILES.put("weather.js", SCRIPT);
        FILES.put("wire.js", SCRIPT);
        FILES.put("icon.svg", SVG);
    }

    private static final class File {
        final String type;
        final byte[] content;

        File(String type, byte[] content) {
            this.type = type;
            this.content = content;
        }
    }

    private final Map<String, File> files = new HashMap<>();
    private final HttpServer http;
    private final String authority;
    private volatile String contentSecurityPolicy = "";

    private WebPage(HttpServer http) {
        this.http = http;
        authority = "127.0.0.1:" + http.getAddress().getPort();
    }

    /// {@return the page, whose address is known and which is not served yet}
    ///
    /// @param port 0 for one that the system chooses
    /// @param client the browser's client, a script
    /// @throws IOException when the port cannot be had
    static WebPage bind(int port, byte[] client) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        HttpServer http;
        try {
            http = HttpServer.create(address, 0);
        } catch (BindException e) {
            throw new IOException(
                    "port " + port + " of 127.0.0.1 is taken: choose another one with --port", e);
        }
        WebPage page = new WebPage(http);
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            byte[] content = resource(file.getKey());
            if (content == null) {
                throw new IllegalStateException("there is no resource " + file.getKey());
            }
            page.files.put("/" + file.getKey(), new File(file.getValue(), content));
        }
        page.files.put("/", page.files.get("/index.html"));
        page.files.put("/" + CLIENT, new File(SCRIPT, client));
        return page;
    }

    /// {@return the browser's client that this build has}
    ///
    /// @throws IOException when it has none
    static byte[] builtClient() throws IOException {
        byte[] client = resource(BUILT_CLIENT);
        if (client == null) {
            throw new IOException(
                    "this build has no client for browsers: './hawser build --web' makes one, which"
                            + " needs Node.js and npm");
        }
        return client;
    }

    private static byte @Nullable [] resource(String name) throws IOException {
        try (InputStream in = WebPage.class.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    /// {@return where it is, as browsers write origins}
    String origin() {
        return "http://" + authority;
    }

    /// Begins to serve.
    ///
    /// @param settings for the page, in JSON
    /// @param connections which the page may open, as sources of a content security policy
    void start(String settings, List<String> connections) {
        files.put("/settings.json", new File(JSON, settings.getBytes(StandardCharsets.UTF_8)));
        contentSecurityPolicy =
                "default-src 'self'; connect-src 'self' "
                        + String.join(" ", connections)
                        // The client keeps time in a worker, which background tabs do not hold up.
                        + "; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        http.createContext("/", this::answer);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream request = exchange.getRequestBody()) {
            request.skipNBytes(Math.min(request.available(), 4096));
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, null);
                return;
            }
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (!authority.equals(host)) {
                // The token service and the game know the page by this origin alone, and a name
                // that
                // somebody else's DNS points here must not get it.
                exchange.getResponseHeaders().set("Location", origin() + "/");
                send(exchange, 307, null);
                return;
            }
            File file = files.get(exchange.getRequestURI().getPath());
            send(exchange, file == null ? 404 : 200, file);
        }
    }

    private void send(HttpExchange exchange, int status, @Nullable File file) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", contentSecurityPolicy);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        if (file == null) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        headers.set("Content-Type", file.type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(file.content.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, file.content.length);
        exchange.getResponseBody().write(file.content);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
