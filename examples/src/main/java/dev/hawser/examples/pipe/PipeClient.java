package dev.hawser.examples.pipe;

import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.spi.AbstractClient;
import dev.hawser.spi.Payloads;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client of a [PipeServer], on the server's thread or another one.
public final class PipeClient extends AbstractClient {
    private final PipeServer server;
    private final PipeId id;
    private final UserData userData;

    /// Of the present connection or the last one; null before the first.
    private @Nullable Pipe pipe;

    /// Creates a client that is not connected.
    ///
    /// @param userData what the server gets to know about it
    public PipeClient(PipeServer server, PipeId id, UserData userData) {
        super(Payloads.queueBytes(1));
        this.server = server;
        this.id = id;
        this.userData = userData;
    }

    // ---- Connecting

    @Override
    public void connect() {
        checkOwner();
        checkNotClosed();
        disconnect(StatedReason.NONE);
        countAnew();
        Pipe begun = new Pipe(id, userData);
        pipe = begun;
        enter(
                server.begin(begun)
                        ? new ConnectionState.Connecting()
                        : new ConnectionState.Disconnected(
                                new DisconnectReason.TransportFailed(
                                        server + " does not run: start it first")));
    }

    @Override
    public void disconnect(StatedReason reason) {
        checkOwner();
        Objects.requireNonNull(reason, "reason");
        clearQueue();
        if (pipe != null && !(state() instanceof ConnectionState.Disconnected)) {
            pipe.leave(reason);
            server.wakeForClient();
            enter(new ConnectionState.Disconnected(new DisconnectReason.ClientLeft(reason)));
        }
    }

    // ---- A tick

    @Override
    public void update() {
        claimOwner();
        if (pipe == null || state() instanceof ConnectionState.Disconnected) {
            return;
        }
        // In this order: what was sent before the end is received before it. With the end there is
        // no more than the queue holds.
        ConnectionState seen = pipe.state();
        for (int i = 0; i < Pipe.PAYLOADS_MAX; i++) {
            byte[] payload = pipe.toClient.poll();
            if (payload == null) {
                break;
            }
            queueOrDrop(ByteBuffer.wrap(payload));
        }
        enter(seen);
    }

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        if (pipe == null || !isConnected()) {
            return SendResult.NOT_CONNECTED;
        }
        return Pipe.offer(pipe.toServer, payload) ? SendResult.SENT : SendResult.QUEUE_FULL;
    }

    /// Wakes a server that waits, so that it takes what was sent.
    @Override
    public void flush() {
        checkOwner();
        server.wakeForClient();
    }

    // ---- Looks

    @Override
    public Optional<ClientId> id() {
        return Optional.of(id);
    }

    @Override
    public String toString() {
        return "PipeClient[" + id + "]";
    }
}
