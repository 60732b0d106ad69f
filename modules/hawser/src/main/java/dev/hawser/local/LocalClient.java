package dev.hawser.local;

import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.spi.AbstractClient;
import java.nio.ByteBuffer;
import java.util.Objects;
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

    /// The present one, or the last until this side gives it up: null then, and before the first.
    private @Nullable LocalConnection connection;

    /// Behind what the last update has seen.
    private long receivedMark;

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
        checkNotClosed();
        disconnect(StatedReason.NONE);
        LocalConnection begun = new LocalConnection(id, userData);
        connection = begun;
        countAnew();
        receivedMark = 0;
        if (server.begin(begun)) {
            enter(new ConnectionState.Connecting());
        } else {
            enter(
                    new ConnectionState.Disconnected(
                            new DisconnectReason.TransportFailed(
                                    "the local server does not run: start it before its clients"
                                            + " connect")));
        }
    }

    @Override
    public void disconnect(StatedReason reason) {
        checkOwner();
        Objects.requireNonNull(reason, "reason");
        LocalConnection connection = this.connection;
        // What waits goes with it.
        this.connection = null;
        if (connection != null && !(state() instanceof ConnectionState.Disconnected)) {
            connection.leave(reason);
            server.wakeForClient();
            enter(new ConnectionState.Disconnected(new DisconnectReason.ClientLeft(reason)));
        }
    }

    // ---- A tick

    @Override
    public void update() {
        claimOwner();
        LocalConnection connection = this.connection;
        if (connection == null || state() instanceof ConnectionState.Disconnected) {
            return;
        }
        // In this order: what was sent before the end is received.
        LocalConnection.Progress progress = connection.progress();
        receivedMark = connection.toClient.mark();
        switch (progress) {
            case LocalConnection.Progress.Waiting() -> {}
            case LocalConnection.Progress.Connected() -> {
                if (!(state() instanceof ConnectionState.Connected)) {
                    enter(new ConnectionState.Connected());
                }
            }
            case LocalConnection.Progress.Ended(DisconnectReason reason) ->
                    enter(new ConnectionState.Disconnected(reason));
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
        if (connection == null || !(state() instanceof ConnectionState.Connected)) {
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

    // ---- Looks

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public Optional<ClientId> id() {
        return Optional.of(id);
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
            this.server = Objects.requireNonNull(server, "server");
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
            this.userData = Objects.requireNonNull(userData, "userData");
            return this;
        }

        /// {@return the client, not yet connected}
        public LocalClient build() {
            return new LocalClient(this);
        }
    }
}
