package dev.hawser.backend;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The web server: the only class that knows which one it is. Each request has a virtual thread of
/// its own.
///
/// What is refused before a handler sees it (broken HTTP, headers too large, too many at a time) is
/// answered as problem details too, and nothing in an answer names the server.
final class HttpFront {
    private static final int HEADERS_BYTES_MAX = 16 << 10;
    private static final int REQUEST_LINE_BYTES_MAX = 1024;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");
    private static final String PROBLEM_TYPE = "application/problem+json";

    private final TokenEndpoints endpoints;
    private final Callers callers;
    private final CrossOrigin crossOrigin;
    private final Logger logger;
    private final WebServer server;
    private final InetSocketAddress bind;
    private final RequestDeadlines deadlines;

    /// How many there may be at a time, and how long one may take.
    ///
    /// @param requestTimeout from its first byte to the last of its answer, also where bytes drip
    record Limits(int connections, int requests, Duration requestTimeout) {}

    /// @param tls null for plain HTTP
    HttpFront(
            InetSocketAddress bind,
            @Nullable TlsKeys tls,
            Limits limits,
            TokenEndpoints endpoints,
            Callers callers,
            CrossOrigin crossOrigin,
            Logger logger) {
        this.bind = bind;
        this.endpoints = endpoints;
        this.callers = callers;
        this.crossOrigin = crossOrigin;
        this.logger = logger;
        deadlines = new RequestDeadlines(limits.requestTimeout());
        var builder =
                WebServer.builder()
                        .address(bind.getAddress())
                        .port(bind.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .addProtocol(
                                Http1Config.builder()
                                        .name("http_1_1")
                                        .maxHeadersSize(HEADERS_BYTES_MAX)
                                        .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                                        .addReceiveListener(deadlines)
                                        .build())
                        .maxPayloadSize(TokenEndpoints.ANNOUNCEMENT_BYTES_MAX)
                        .maxTcpConnections(limits.connections())
                        .maxConcurrentRequests(limits.requests())
                        .idleConnectionTimeout(limits.requestTimeout())
                        .idleConnectionPeriod(Duration.ofSeconds(1))
                        .shutdownGracePeriod(STOP_PATIENCE)
                        .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                        .directHandlers(directHandlers())
                        .routing(HttpRouting.builder().any(this::handle));
        if (tls != null) {
            builder.tls(
                    Tls.builder()
                            .sslContext(tls.context())
                            .enabledProtocols(List.of("TLSv1.3"))
                            .build());
        }
        server = builder.build();
    }

    void start() throws IOException {
        // Helidon logs what it could not listen on, with a stack trace, and comes back as if it
        // ran. So the address is tried before.
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(bind);
        } catch (IOException e) {
            throw cannotListen(e);
        }
        server.start();
        if (!server.isRunning()) {
            throw cannotListen(null);
        }
    }

    private IOException cannotListen(@Nullable IOException cause) {
        return new IOException(
                "cannot listen on "
                        + bind
                        + ": the port is in use, or the address is not this machine's",
                cause);
    }

    int port() {
        return server.port();
    }

    void stop() {
        server.stop();
        deadlines.close();
    }

    // ---- Requests

    private void handle(ServerRequest request, ServerResponse response) {
        try {
            answer(request, response);
        } finally {
            deadlines.met();
        }
    }

    private void answer(ServerRequest request, ServerResponse response) {
        TokenEndpoints.Response answer;
        try {
            Adapted adapted = new Adapted(request);
            // Before anything is answered: a page is to see refusals too.
            crossOrigin
                    .headers(adapted.method(), adapted.path(), adapted.header("Origin"))
                    .forEach((name, value) -> response.header(HeaderNames.create(name), value));
            answer = endpoints.answer(adapted);
        } catch (Problem problem) {
            send(response, problem);
            return;
        } catch (SocketTimeoutException e) {
            send(response, Problem.tooSlow());
            return;
        } catch (IOException e) {
            throw new CloseConnectionException("the request cannot be read", e);
        } catch (RuntimeException e) {
            if (hasTimedOut(e)) {
                send(response, Problem.tooSlow());
                return;
            }
            logger.log(Level.ERROR, "A request failed", e);
            send(response, Problem.internal());
            return;
        }
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (answer.json() == null) {
            response.send();
        } else {
            response.header(HeaderNames.CONTENT_TYPE, "application/json");
            response.send(Json.bytes(answer.json()));
        }
    }

    private static boolean hasTimedOut(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static void send(ServerResponse response, Problem problem) {
        response.status(Status.create(problem.status));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(HeaderNames.CONTENT_TYPE, PROBLEM_TYPE);
        if (problem.status == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (problem.allow != null) {
            response.header(HeaderNames.ALLOW, problem.allow);
        }
        if (problem.retryAfterSeconds > 0) {
            response.header(RETRY_AFTER, Integer.toString(problem.retryAfterSeconds));
        }
        if (problem.status == 413 || problem.status == 408) {
            // What is left of the body is not worth reading.
            response.header(HeaderNames.CONNECTION, "close");
        }
        response.send(problem.toJson());
    }

    private final class Adapted implements TokenEndpoints.Request {
        private final ServerRequest request;
        private final InetAddress caller;

        Adapted(ServerRequest request) {
            this.request = request;
            caller =
                    callers.of(
                            (InetSocketAddress) request.remotePeer().address(),
                            header("X-Forwarded-For"));
        }

        @Override
        public String method() {
            return request.prologue().method().text();
        }

        @Override
        public String path() {
            return request.prologue().uriPath().rawPath();
        }

        @Override
        public @Nullable String header(String name) {
            HeaderName headerName = HeaderNames.create(name);
            return request.headers().contains(headerName)
                    ? String.join(",", request.headers().get(headerName).allValues())
                    : null;
        }

        @Override
        public InetAddress caller() {
            return caller;
        }

        @Override
        public byte[] body(int bytesMax) throws IOException {
            if (!request.content().hasEntity()) {
                return new byte[0];
            }
            try (InputStream stream = request.content().inputStream()) {
                byte[] body = stream.readNBytes(bytesMax + 1);
                if (body.length > bytesMax) {
                    throw Problem.tooLarge(bytesMax);
                }
                return body;
            }
        }
    }

    // ---- What the web server refuses by itself

    private DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, this::refuse);
        }
        return handlers.build();
    }

    private DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        boolean isCompressed =
                type == EventType.BAD_REQUEST
                        && request.headers().contains(HeaderNames.CONTENT_ENCODING);
        Problem problem = isCompressed ? Problem.notJson() : Problem.ofServer(status.code());
        headers.set(HeaderNames.CONTENT_TYPE, PROBLEM_TYPE);
        headers.set(HeaderNames.CACHE_CONTROL, "no-store");
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse(null);
        crossOrigin
                .headers(request.method(), request.path(), origin)
                .forEach((name, value) -> headers.set(HeaderNames.create(name), value));
        if (problem.retryAfterSeconds > 0) {
            headers.set(RETRY_AFTER, Integer.toString(problem.retryAfterSeconds));
        }
        return DirectHandler.TransportResponse.builder()
                .status(Status.create(problem.status))
                .headers(headers)
                .keepAlive(false)
                .entity(problem.toJson())
                .build();
    }
}
