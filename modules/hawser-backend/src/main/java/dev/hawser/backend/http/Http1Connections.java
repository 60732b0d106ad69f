package dev.hawser.backend.http;

import dev.hawser.backend.problem.LimitedLog;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// Where the web server's connections become [Connections]: when they are accepted, when a request
/// begins, when they end. What its reading of them throws ends here too, so that nothing that a
/// peer sends is a line in the web server's log.
public final class Http1Connections implements ServerConnectionSelector {
    private final Connections connections;
    private final int headBytesMax;
    private final long requestBytesMax;
    private final LimitedLog log;
    private final Http1ConnectionSelector http1;

    /// Reads connections by these limits.
    ///
    /// @param headBytesMax of a first line with its headers
    /// @param requestBytesMax of one request, with all that it is wrapped in
    public Http1Connections(
            Connections connections,
            Http1Config.Builder config,
            int headBytesMax,
            long requestBytesMax,
            LimitedLog log) {
        this.connections = connections;
        this.headBytesMax = headBytesMax;
        this.requestBytesMax = requestBytesMax;
        this.log = log;
        http1 =
                Http1ConnectionSelector.builder()
                        .config(config.addReceiveListener(new Begins()).build())
                        .build();
    }

    /// {@return the options of each socket: asking for them is what takes the connection}
    public SocketOptions socketOptions() {
        return new Accepting(SocketOptions.create());
    }

    // ---- As the web server sees it

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Connections.Connection connection = connectionOf(context);
        if (connection == null) {
            throw new CloseConnectionException("the connection has ended already");
        }
        ServerConnection served = http1.connection(new Reading(context));
        connections.stopsReadingBy(connection, () -> served.close(false));
        return new Ending(served, connection);
    }

    private Connections.@Nullable Connection connectionOf(ConnectionContext context) {
        return connections.between(context.remotePeer().address(), context.localPeer().address());
    }

    private final class Begins implements Http1ConnectionListener {
        @Override
        public void prologue(ConnectionContext context, HttpPrologue prologue) {
            Connections.Connection connection = connectionOf(context);
            if (connection != null) {
                connections.begins(connection);
            }
            if (context instanceof Reading reading) {
                reading.bytes.requestBegins();
            }
        }
    }

    /// Tells when it has ended.
    private final class Ending implements ServerConnection {
        private final ServerConnection delegate;
        private final Connections.Connection connection;

        Ending(ServerConnection delegate, Connections.Connection connection) {
            this.delegate = delegate;
            this.connection = connection;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                delegate.handle(limit);
            } catch (CloseConnectionException e) {
                throw e;
            } catch (RuntimeException e) {
                log.log(
                        Level.WARNING,
                        "web server",
                        () -> "The web server gave a connection up: " + e.getClass().getName());
            } finally {
                connections.hasEnded(connection);
            }
        }

        @Override
        public Duration idleTime() {
            // Connections looks after it.
            return Duration.ZERO;
        }

        @Override
        public void close(boolean interrupt) {
            delegate.close(interrupt);
        }
    }

    /// A connection whose bytes are read through [HttpVersions].
    private final class Reading implements ConnectionContext {
        private final ConnectionContext delegate;
        private final HttpVersions bytes;
        private final DataReader reader;

        Reading(ConnectionContext delegate) {
            this.delegate = delegate;
            bytes = new HttpVersions(delegate.dataReader(), headBytesMax, requestBytesMax);
            reader = DataReader.create(bytes);
        }

        @Override
        public DataReader dataReader() {
            return reader;
        }

        @Override
        public ListenerContext listenerContext() {
            return delegate.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return delegate.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return delegate.dataWriter();
        }

        @Override
        public Router router() {
            return delegate.router();
        }

        @Override
        public HelidonSocket serverSocket() {
            return delegate.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return delegate.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return delegate.localPeer();
        }

        @Override
        public boolean isSecure() {
            return delegate.isSecure();
        }

        @Override
        public String socketId() {
            return delegate.socketId();
        }

        @Override
        public String childSocketId() {
            return delegate.childSocketId();
        }
    }

    /// The web server asks nobody whether it may take a connection. But it has each one's options
    /// set right after it was accepted, and closes one for which that fails.
    private final class Accepting implements SocketOptions {
        private final SocketOptions delegate;

        Accepting(SocketOptions delegate) {
            this.delegate = delegate;
        }

        @Override
        public void configureSocket(SocketChannel socket) {
            try {
                connections.accept(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            delegate.configureSocket(socket);
        }

        @Override
        public Map<SocketOption<?>, Object> socketOptions() {
            return delegate.socketOptions();
        }

        @Override
        public Duration connectTimeout() {
            return delegate.connectTimeout();
        }

        @Override
        public Duration readTimeout() {
            return delegate.readTimeout();
        }

        @Override
        public Optional<Integer> socketReceiveBufferSize() {
            return delegate.socketReceiveBufferSize();
        }

        @Override
        public Optional<Integer> socketSendBufferSize() {
            return delegate.socketSendBufferSize();
        }

        @Override
        public boolean socketReuseAddress() {
            return delegate.socketReuseAddress();
        }

        @Override
        public boolean socketKeepAlive() {
            return delegate.socketKeepAlive();
        }

        @Override
        public boolean tcpNoDelay() {
            return delegate.tcpNoDelay();
        }
    }
}
