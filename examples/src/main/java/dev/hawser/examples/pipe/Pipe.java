package dev.hawser.examples.pipe;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// One connection: what its two ends share, on whichever threads they are.
final class Pipe {
    /// How many payloads may be on the way, in each direction.
    static final int PAYLOADS_MAX = 256;

    final PipeId id;
    final UserData userData;
    final Queue<byte[]> toServer = new ArrayBlockingQueue<>(PAYLOADS_MAX);
    final Queue<byte[]> toClient = new ArrayBlockingQueue<>(PAYLOADS_MAX);

    /// Written by the server. Each payload that it sends is in the queue before the state changes.
    private volatile ConnectionState state = new ConnectionState.Connecting();

    /// Written by the client; null while it stays.
    private volatile @Nullable StatedReason leaving;

    Pipe(PipeId id, UserData userData) {
        this.id = id;
        this.userData = userData;
    }

    /// A payload is the caller's until this returns, so it is copied. (A kind for games would not
    /// allocate for it.)
    ///
    /// @return whether there was room
    static boolean offer(Queue<byte[]> queue, ByteBuffer payload) {
        byte[] copy = new byte[payload.remaining()];
        payload.get(payload.position(), copy);
        return queue.offer(copy);
    }

    // ---- The server's end

    void connected() {
        state = new ConnectionState.Connected();
    }

    /// @param reason as the client is to see it
    void ended(DisconnectReason reason) {
        state = new ConnectionState.Disconnected(reason);
    }

    /// {@return why the client leaves, or null while it stays}
    @Nullable StatedReason leaving() {
        return leaving;
    }

    // ---- The client's end

    ConnectionState state() {
        return state;
    }

    void leave(StatedReason reason) {
        leaving = reason;
    }
}
