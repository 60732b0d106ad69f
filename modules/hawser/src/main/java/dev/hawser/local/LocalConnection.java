package dev.hawser.local;

import dev.hawser.ClientId;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import org.jspecify.annotations.Nullable;

/// What the two ends of one local connection share. Each field is written by one side; the volatile
/// ones say to the other side that something has changed.
final class LocalConnection {
    /// Two hundred payloads of the largest size, and many more of the usual one.
    private static final int QUEUE_BYTES = 256 << 10;

    /// Where the server stands with it.
    sealed interface Progress {
        /// The server has not answered yet.
        record Waiting() implements Progress {}

        /// The client has a slot.
        record Connected() implements Progress {}

        /// There will be nothing more.
        record Ended(DisconnectReason reason) implements Progress {}
    }

    final ClientId id;
    final UserData userData;
    final LocalQueue toServer = new LocalQueue(QUEUE_BYTES);
    final LocalQueue toClient = new LocalQueue(QUEUE_BYTES);

    /// Written by the server.
    private volatile Progress progress = new Progress.Waiting();

    /// Written by the client; null while it stays.
    private volatile @Nullable StatedReason leaving;

    LocalConnection(ClientId id, UserData userData) {
        this.id = id;
        this.userData = userData;
    }

    Progress progress() {
        return progress;
    }

    boolean isWaiting() {
        return progress instanceof Progress.Waiting;
    }

    // ---- The server

    void connected() {
        progress = new Progress.Connected();
    }

    /// @param reason as the client is to see it
    void ended(DisconnectReason reason) {
        progress = new Progress.Ended(reason);
    }

    /// {@return why the client leaves, or null while it stays}
    @Nullable StatedReason leaving() {
        return leaving;
    }

    // ---- The client

    void leave(StatedReason reason) {
        leaving = reason;
    }
}
