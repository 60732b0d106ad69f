package dev.hawser.local;

import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractClient;
import dev.hawser.spi.Payloads;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client in the process of its server ([LocalServer]), for example the player who hosts the
/// game.
///
/// To the game it is a client as any other: it connects, is told why it was denied or disconnected,
/// sends and receives. Its thread may be the server's or another one. A client that shares the
/// server's world ([#isLocal()]) needs no payloads, and may go without.
public final class LocalClient extends AbstractClient {
    private final LocalServer server;
    private final ClientId id;
    private final UserData userData;

    private volatile ConnectionState state =
            new ConnectionState.Disconnected(new DisconnectReason.NeverConnected());

    /// The present one, or the last until this side gives it up: null then, and before the first.
    private @Nullable LocalConnection connection;

    /// The game may report echoes.
    private volatile ConnectionMeter meter = new ConnectionMeter();

    /// Behind what the last update has seen.
    private long receivedMark;

    private boolean isClosed;

    private LocalClient(Builder builder) {
        server = builder.server;
        id = builder.id;
        userData = builder.userData;
    }

    /// {@return a builder of a client of this server}
    public static Builder builder(LocalServer server) {
        return new Builder(server);
    }

    // ---- Connecting

    /// {@inheritDoc}
    ///
    /// The server answers with its next update, or when its [dev.hawser.ConnectionRequestHandler]
    /// does. Payloads of an earlier connection that were not received are dropped.
    @Override
    public void connect() {
        checkOwner();
        if (isClosed) {
            throw new IllegalStateException("this client is closed: make another one");
        }
        disconnect(StatedReason.NONE);
        LocalConnection begun = new LocalConnection(id, userData);
        connection = begun;
        countAnew();
        meter = new ConnectionMeter();
        receivedMark = 0;
        if (server.begin(begun)) {
            state = new ConnectionState.Connecting();
        } else {
            state =
                    new ConnectionState.Disconnected(
                            new DisconnectReason.TransportFailed(
                                    "the local server does not run: start it before its clients"
                                            + " connect"));
        }
    }

    @Override
    public void disconnect(StatedReason reason) {
        checkOwner();
        LocalConnection connection = this.connection;
        // What waits goes with it.
        this.connection = null;
        if (connection != null && !(state instanceof ConnectionState.Disconnected)) {
            connection.leave(reason);
            server.wakeForClient();
            state = new ConnectionState.Disconnected(new DisconnectReason.ClientLeft(reason));
        }
    }

    @Override
    public void close() {
        inheritOwner();
        disconnect(StatedReason.NONE);
        isClosed = true;
    }

    // ---- A tick

    @Override
    public void update() {
        claimOwner();
        LocalConnection connection = this.connection;
        if (connection == null || state instanceof ConnectionState.Disconnected) {
            return;
        }
        // In this order: what was sent before the end is received.
        LocalConnection.Progress progress = connection.progress();
        receivedMark = connection.toClient.mark();
        switch (progress) {
            case LocalConnection.Progress.Waiting() -> {}
            case LocalConnection.Progress.Connected() -> {
                if (!(state instanceof ConnectionState.Connected)) {
                    state = new ConnectionState.Connected();
                }
            }
            case LocalConnection.Progress.Ended(DisconnectReason reason) ->
                    state = new ConnectionState.Disconnected(reason);
        }
    }

    @Override
    protected @Nullable ByteBuffer poll() {
        LocalConnection connection = this.connection;
        return connection != null && connection.toClient.hasBefore(receivedMark)
                ? connection.toClient.oldest()
                : null;
    }

    @Override
    protected void copied() {
        LocalConnection connection = this.connection;
        if (connection != null) {
            connection.toClient.take();
        }
    }

    /// Nothing gets lost on the way: while the server does not keep up, the result is
    /// [SendResult#QUEUE_FULL].
    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        LocalConnection connection = this.connection;
        if (connection == null || !(state instanceof ConnectionState.Connected)) {
            return SendResult.NOT_CONNECTED;
        }
        return connection.toServer.offer(payload) ? SendResult.SENT : SendResult.QUEUE_FULL;
    }

    /// Wakes a server that waits ([dev.hawser.NetServer#await]), so that it takes what was sent.
    @Override
    public void flush() {
        checkOwner();
        server.wakeForClient();
    }

    /// Does nothing: local connections do not time out.
    @Override
    public void suspendTimeouts() {
        checkOwner();
    }

    /// Does nothing: local connections do not time out.
    @Override
    public void resumeTimeouts() {
        checkOwner();
    }

    @Override
    public void reportRoundTrip(long nanos) {
        checkOwner();
        meter.reportRoundTrip(nanos);
    }

    // ---- Looks

    @Override
    public ConnectionState state() {
        return state;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public Optional<ClientId> id() {
        return Optional.of(id);
    }

    /// {@return empty: nobody can send to it from outside}
    @Override
    public Optional<NetAddress> localAddress() {
        return Optional.empty();
    }

    /// {@return empty: the server is in this process}
    @Override
    public Optional<NetAddress> serverAddress() {
        return Optional.empty();
    }

    @Override
    public int maxPayloadBytes() {
        return Payloads.BYTES_MAX;
    }

    @Override
    public ConnectionStats connectionStats() {
        return countedOfConnection().roundTripNanos(meter.roundTripNanos()).build();
    }

    @Override
    public String toString() {
        return "LocalClient[" + id + "]";
    }

    /// How a local client is set up. Each method replaces what was set before and returns the
    /// builder.
    public static final class Builder {
        private final LocalServer server;
        private ClientId.Local id = new ClientId.Local(0);
        private UserData userData = UserData.EMPTY;

        private Builder(LocalServer server) {
            this.server = server;
        }

        /// Sets who it is, unsigned; 0 by default. A server has one local client of an id at a
        /// time.
        public Builder id(long id) {
            this.id = new ClientId.Local(id);
            return this;
        }

        /// Sets what the server gets to know about it ([dev.hawser.ConnectedClient#userData()]),
        /// zeros by default.
        public Builder userData(UserData userData) {
            this.userData = userData;
            return this;
        }

        /// {@return the client, not yet connected}
        public LocalClient build() {
            return new LocalClient(this);
        }
    }
}
