package dev.hawser.backend.http;

import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
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
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The web server: the only class that knows which one it is. Each request has a virtual thread of
/// its own.
///
/// What is refused before a handler sees it (broken HTTP, headers too large, too many at a time) is
/// answered as problem details too, and nothing in an answer names the server.
public final class HttpFront {
    private static final int HEADERS_BYTES_MAX = 16 << 10;
    private static final int REQUEST_LINE_BYTES_MAX = 1024;

    /// A body may come in chunks of a byte, each with five bytes around it.
    private static final long REQUEST_BYTES_MAX =
            6L * ServerEndpoints.ANNOUNCEMENT_BYTES_MAX
                    + HEADERS_BYTES_MAX
                    + REQUEST_LINE_BYTES_MAX;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");
    private static final String PROBLEM_TYPE = "application/problem+json";

    private final TokenEndpoints endpoints;
    private final Callers callers;
    private final CrossOrigin crossOrigin;
    private final WebServer server;
    private final InetSocketAddress bind;
    private final Connections connections;
    private final LimitedLog limitedLog;
    private final AtomicLong malformed = new AtomicLong();

    /// A web server that does not listen yet.
    ///
    /// @param tls null for plain HTTP
    /// @param connections closed with this
    public HttpFront(
            InetSocketAddress bind,
            @Nullable TlsKeys tls,
            Connections connections,
            TokenEndpoints endpoints,
            Callers callers,
            CrossOrigin crossOrigin,
            LimitedLog limitedLog) {
        this.bind = bind;
        this.endpoints = endpoints;
        this.callers = callers;
        this.crossOrigin = crossOrigin;
        this.connections = connections;
        this.limitedLog = limitedLog;
        Http1Connections http1 =
                new Http1Connections(
                        connections,
                        Http1Config.builder()
                                .name("http_1_1")
                                .maxHeadersSize(HEADERS_BYTES_MAX)
                                .maxPrologueLength(REQUEST_LINE_BYTES_MAX),
                        HEADERS_BYTES_MAX + REQUEST_LINE_BYTES_MAX,
                        REQUEST_BYTES_MAX,
                        limitedLog);
        var builder =
                WebServer.builder()
                        .address(bind.getAddress())
                        .port(bind.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(http1)
                        .connectionOptions(http1.socketOptions())
                        .maxPayloadSize(ServerEndpoints.ANNOUNCEMENT_BYTES_MAX)
                        .shutdownGracePeriod(STOP_PATIENCE)
                        .directHandlers(directHandlers())
                        .routing(HttpRouting.builder().any(this::handle));
        if (tls != null) {
            // Under TLS its NIO sockets ask the name service for the name of each peer, before
            // anything else, on a virtual thread that cannot be parked meanwhile: peers whose
            // names come slowly would bring the whole process to a stand.
            builder.tls(Tls.builder().sslContext(tls.context()).build()).useNio(false);
        }
        server = builder.build();
    }

    public void start() throws IOException {
        // Helidon logs what it could not listen on, with a stack trace, and comes back as if it
        // ran. So the address is tried before.
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(bind);
        } catch (IOException e) {
            throw cannotListen(e);
        }
        connections.watch();
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

    public int port() {
        return server.port();
    }

    public void stop() {
        server.stop();
        connections.close();
    }

    /// {@return how many requests the web server could not read}
    public long malformed() {
        return malformed.get();
    }

    // ---- Requests

    private void handle(ServerRequest request, ServerResponse response) {
        Connections.Connection connection =
                connections.between(request.remotePeer().address(), request.localPeer().address());
        if (connection == null) {
            throw new CloseConnectionException("the connection has ended already");
        }
        connections.isHandled(connection);
        try {
            answer(new Adapted(request, connection), response);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            // What an application throws has been answered: this is a peer that is gone.
            throw new CloseConnectionException("the request cannot be answered", e);
        } finally {
            connections.isAnswered(connection);
        }
        // The web server says that it closes the connection, and goes on to read from it.
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            drain(request);
            connections.isLast(connection);
        }
    }

    /// Reads what is left of a body: closing a connection on which something has come that nobody
    /// has read would take the answer back.
    private static void drain(ServerRequest request) {
        boolean isHeldBack =
                request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
        if (isHeldBack || request.content().consumed()) {
            return;
        }
        try {
            request.content().consume();
        } catch (RuntimeException e) {
            throw new CloseConnectionException("the request cannot be read", e);
        }
    }

    private void answer(Adapted adapted, ServerResponse response) {
        Response answer;
        boolean isHead = adapted.method().equals("HEAD");
        try {
            // Before anything is answered: a page is to see refusals too.
            crossOrigin
                    .headers(adapted.method(), adapted.path(), adapted.header("Origin"))
                    .forEach((name, value) -> response.header(HeaderNames.create(name), value));
            answer = endpoints.answer(adapted);
        } catch (Problem problem) {
            connections.waits(adapted.connection);
            send(response, problem, isHead, adapted.isBroken);
            return;
        } catch (IOException e) {
            throw new CloseConnectionException("the request cannot be read", e);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            limitedLog.log(Level.ERROR, "request", () -> "A request failed", e);
            connections.waits(adapted.connection);
            send(response, Problem.internal(), isHead, adapted.isBroken);
            return;
        }
        connections.waits(adapted.connection);
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (answer.json() == null) {
            response.send();
        } else {
            response.header(HeaderNames.CONTENT_TYPE, "application/json");
            send(response, Json.bytes(answer.json()), isHead);
        }
    }

    /// @param isHead whether it is to say how long the body would be, and to leave it out
    private static void send(ServerResponse response, byte[] body, boolean isHead) {
        if (isHead) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send();
        } else {
            response.send(body);
        }
    }

    /// @param isLast whether nothing can be read behind this request
    private static void send(
            ServerResponse response, Problem problem, boolean isHead, boolean isLast) {
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
        if (isLast || problem.status == 413) {
            // What is left of the body is not worth reading.
            response.header(HeaderNames.CONNECTION, "close");
        }
        send(response, problem.toJson(), isHead);
    }

    private final class Adapted implements Request {
        private final ServerRequest request;
        private final Connections.Connection connection;
        private final InetAddress caller;

        /// Whether its body cannot be read any further.
        private boolean isBroken;

        Adapted(ServerRequest request, Connections.Connection connection) {
            this.request = request;
            this.connection = connection;
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
        public String query() {
            return request.prologue().query().rawValue();
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
        public void isOfServer() {
            connections.isOfServer(connection);
        }

        @Override
        public byte[] body(int bytesMax) throws IOException {
            if (!request.content().hasEntity()) {
                return new byte[0];
            }
            byte[] body;
            connections.waits(connection);
            try (InputStream stream = request.content().inputStream()) {
                body = stream.readNBytes(bytesMax + 1);
            } catch (CloseConnectionException e) {
                throw e;
            } catch (RuntimeException e) {
                // It is no body as HTTP has it, or it ends before its end.
                isBroken = true;
                malformed.incrementAndGet();
                throw Problem.ofServer(e instanceof RequestException r ? r.status().code() : 400);
            } finally {
                connections.isHandled(connection);
            }
            if (body.length > bytesMax) {
                throw Problem.tooLarge(bytesMax);
            }
            return body;
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
        malformed.incrementAndGet();
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
        DirectHandler.TransportResponse.Builder response =
                DirectHandler.TransportResponse.builder()
                        .status(Status.create(problem.status))
                        .headers(headers)
                        .keepAlive(false);
        if (!request.method().equals("HEAD")) {
            response.entity(problem.toJson());
        }
        return response.build();
    }
}
