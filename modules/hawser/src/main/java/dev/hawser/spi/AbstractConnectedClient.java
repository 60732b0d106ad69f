package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionStats;
import dev.hawser.NetServer;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the handles of connections have in common, whatever kind they are. For whoever makes a kind
/// of connection ([AbstractServer]); a game uses [ConnectedClient].
///
/// A handle is one connection, from its beginning to its end: a kind gives it what the connection
/// consists of. The methods are for the thread that owns the server, except where [ConnectedClient]
/// says otherwise.
public abstract class AbstractConnectedClient implements ConnectedClient {
    /// The one that it is connected to; among several it may come back at another one.
    volatile AbstractServer server;

    /// The server's when this connection began.
    final ServerHub hub;

    static final int UNLISTED = -1;

    /// Where it stands in its server's list of connected clients.
    int listIndex = UNLISTED;

    private final ClientId id;
    private volatile int clientIndex;
    private volatile UserData userData;
    private volatile boolean isConnected = true;
    private volatile boolean isSuspended;
    private boolean isDismissed;
    private @Nullable Object attachment;

    final PayloadCounters payloads = new PayloadCounters();
    private volatile ConnectionMeter meter;
    private final ReceiveLimit limit;
    private int payloadsWaiting;
    private int bytesWaiting;

    /// Creates the handle of a connection that has come about.
    ///
    /// @param server that it connects to
    /// @param clientIndex its place there, which nobody else has: 0 to the number of slots less one
    /// @param limit how much of it may wait for the application
    protected AbstractConnectedClient(
            AbstractServer server,
            ClientId id,
            int clientIndex,
            UserData userData,
            ReceiveLimit limit) {
        this(server, id, clientIndex, userData, limit, new ConnectionMeter());
    }

    /// Creates the handle of a connection that has come about, of a kind that measures it.
    ///
    /// @param server that it connects to
    /// @param clientIndex its place there, which nobody else has: 0 to the number of slots less one
    /// @param limit how much of it may wait for the application
    /// @param meter also takes the echoes that the game reports
    protected AbstractConnectedClient(
            AbstractServer server,
            ClientId id,
            int clientIndex,
            UserData userData,
            ReceiveLimit limit,
            ConnectionMeter meter) {
        this.server = Objects.requireNonNull(server, "server");
        hub = server.hub();
        this.id = Objects.requireNonNull(id, "id");
        this.clientIndex = server.checkIndex(clientIndex);
        this.userData = Objects.requireNonNull(userData, "userData");
        this.limit = Objects.requireNonNull(limit, "limit");
        this.meter = Objects.requireNonNull(meter, "meter");
    }

    // ---- What a kind does

    /// Sends a payload to the client, which is connected; the size has been checked.
    protected abstract SendResult sendChecked(ByteBuffer payload);

    /// Ends the connection, which exists, and has the server call [AbstractServer#removeClient]
    /// with [dev.hawser.DisconnectReason#endedByServer] before it returns.
    ///
    /// @param reason for the client, as far as the connection can carry one
    protected abstract void end(StatedReason reason);

    /// Ends the connection, which exists, since the same client has come back by another one, and
    /// has the server call [AbstractServer#removeClient] with
    /// [dev.hawser.DisconnectReason.Replaced] before it returns.
    protected abstract void replace();

    /// Called when there is room again ([#hasRoom()]) after there was none: the application has
    /// received enough of what waited. Does nothing unless a kind has something to do then.
    protected void roomAgain() {}

    // ---- What waits for the application

    /// {@return whether more of its payloads may wait}
    protected final boolean hasRoom() {
        return payloadsWaiting < limit.payloads() && bytesWaiting < limit.bytes();
    }

    /// Puts a payload before the application: the bytes between position and limit are copied. One
    /// that is empty, or larger than [Payloads#BYTES_MAX], is dropped and counted.
    ///
    /// @return whether it is done with; else there is no room for it yet
    protected final boolean queue(ByteBuffer payload) {
        if (!Payloads.isOne(payload)) {
            dropped();
            return true;
        }
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
    /// room, so its own limit no longer counts. Where the server has no room, or the size is no
    /// payload's, it is dropped and counted.
    protected final void queueLast(ByteBuffer payload) {
        if (Payloads.isOne(payload) && hub.inbox.add(this, payload)) {
            queued(payload.remaining());
        } else {
            dropped();
        }
    }

    /// Puts a payload before the application. Where there is no room, or the size is no payload's,
    /// it is dropped and counted.
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

    final void ended() {
        isConnected = false;
        isSuspended = false;
        listIndex = UNLISTED;
    }

    /// The client fell silent, and its place is kept.
    final void suspended() {
        isConnected = false;
        isSuspended = true;
        listIndex = UNLISTED;
    }

    /// The client is back.
    final void resumed(
            AbstractServer server, int clientIndex, UserData userData, ConnectionMeter meter) {
        this.server = server;
        this.clientIndex = server.checkIndex(clientIndex);
        this.userData = userData;
        this.meter = meter;
        isSuspended = false;
        isConnected = true;
    }

    /// Called when the client has come back at another server of the group: this one forgets it
    /// without a word to anybody. Does nothing unless a kind keeps places.
    protected void abandon() {}

    /// The application ends the connection: it hears nothing more of it but the end.
    final void dismiss() {
        isDismissed = true;
    }

    final boolean isDismissed() {
        return isDismissed;
    }

    // ---- Looks

    /// {@return a snapshot with what is counted here: the payloads, which also stand for the
    /// packets until a kind sets those, and the round trip by the game's echoes. A kind adds what
    /// it knows, and builds it}
    protected final ConnectionStats.Builder counted() {
        return payloads.ofConnection().roundTripNanos(meter.roundTripNanos());
    }

    /// {@return what is counted here; a kind that knows more overrides it}
    @Override
    public ConnectionStats stats() {
        return counted().build();
    }

    @Override
    public final void reportRoundTrip(long nanos) {
        meter.reportRoundTrip(nanos);
    }

    /// {@return empty: a kind whose clients have addresses says which}
    @Override
    public Optional<NetAddress> address() {
        return Optional.empty();
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
    public final boolean isSuspended() {
        return isSuspended;
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
