package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionStats;
import dev.hawser.NetServer;
import dev.hawser.protocol.UserData;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What the handles of connections have in common, whatever kind they are. For whoever makes a kind
/// of connection ([AbstractServer]); a game uses [ConnectedClient].
public abstract class AbstractConnectedClient implements ConnectedClient {
    final AbstractServer server;

    /// The server's when this connection began.
    final ServerHub hub;

    /// Where it stands in its server's list of connected clients.
    int listIndex;

    private final ClientId id;
    private final int clientIndex;
    private final UserData userData;
    private volatile boolean isConnected = true;
    private boolean isDismissed;
    private @Nullable Object attachment;

    final PayloadCounters payloads = new PayloadCounters();
    private final ReceiveLimit limit;
    private int payloadsWaiting;
    private int bytesWaiting;

    /// Creates the handle of a connection that has come about.
    ///
    /// @param server that it connects to
    /// @param clientIndex its place there, which nobody else has
    /// @param limit how much of it may wait for the application
    protected AbstractConnectedClient(
            AbstractServer server,
            ClientId id,
            int clientIndex,
            UserData userData,
            ReceiveLimit limit) {
        this.server = server;
        hub = server.hub();
        this.id = id;
        this.clientIndex = clientIndex;
        this.userData = userData;
        this.limit = limit;
    }

    // ---- What waits for the application

    /// {@return whether more of its payloads may wait}
    protected final boolean hasRoom() {
        return payloadsWaiting < limit.payloads() && bytesWaiting < limit.bytes();
    }

    /// Puts a payload before the application: the bytes between position and limit are copied.
    ///
    /// @return whether there was room
    protected final boolean queue(ByteBuffer payload) {
        if (!hasRoom() || !hub.inbox.add(this, payload)) {
            return false;
        }
        queued(payload.remaining());
        return true;
    }

    private void queued(int bytes) {
        payloadsWaiting++;
        bytesWaiting += bytes;
        payloads.in(bytes);
        server.payloads.in(bytes);
    }

    /// Puts a payload of a client that has left before the application: its end is not to wait for
    /// room, so its own limit no longer counts. Where the server has no room, the payload is
    /// dropped and counted.
    protected final void queueLast(ByteBuffer payload) {
        if (hub.inbox.add(this, payload)) {
            queued(payload.remaining());
        } else {
            dropped();
        }
    }

    /// Puts a payload before the application, or drops it and counts that.
    protected final void queueOrDrop(ByteBuffer payload) {
        if (!queue(payload)) {
            dropped();
        }
    }

    /// Counts a payload that was received and dropped.
    protected final void dropped() {
        payloads.dropped();
        server.payloads.dropped();
    }

    /// One of its payloads waits no longer.
    final void payloadTaken(int bytes) {
        boolean hadRoom = hasRoom();
        payloadsWaiting--;
        bytesWaiting -= bytes;
        if (!hadRoom && hasRoom()) {
            roomAgain();
        }
    }

    /// More may wait again, after it could not. Called by the thread that owns the server; does
    /// nothing unless a kind has something to do then.
    protected void roomAgain() {}

    final void end() {
        isConnected = false;
    }

    /// The application ends the connection: it hears nothing more of it but the end.
    final void dismiss() {
        isDismissed = true;
    }

    final boolean isDismissed() {
        return isDismissed;
    }

    // ---- Looks

    /// {@return a snapshot with what is counted here, the payloads, which also stand for the
    /// packets until a kind sets those. A kind adds what it knows, and builds it}
    protected final ConnectionStats.Builder counted() {
        return payloads.ofConnection();
    }

    @Override
    public final ClientId id() {
        return id;
    }

    @Override
    public final int clientIndex() {
        return clientIndex;
    }

    @Override
    public final NetServer server() {
        return server;
    }

    @Override
    public final UserData userData() {
        return userData;
    }

    @Override
    public final boolean isConnected() {
        return isConnected;
    }

    @Override
    public int maxPayloadBytes() {
        return server.maxPayloadBytes();
    }

    @Override
    public final void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    @Override
    public final @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public String toString() {
        return "ConnectedClient["
                + id
                + address().map(address -> " at " + address).orElse("")
                + ", index "
                + clientIndex
                + "]";
    }
}
