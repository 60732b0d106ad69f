package dev.hawser.web;

import dev.hawser.protocol.PeerAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One session at a server. It belongs to the network's thread, except where said.
abstract class WebSession {
    /// How many packets of one session wait at most in each queue, so that none fills it alone.
    static final int QUEUE_PACKETS_MAX = 256;

    /// How many more may wait that are no payloads: a connection ends with ten packets.
    static final int RESERVED_PACKETS = 16;

    /// {@return how many packets may wait where one like this is added}
    static int waitingMax(boolean isPayload) {
        return isPayload ? QUEUE_PACKETS_MAX : QUEUE_PACKETS_MAX + RESERVED_PACKETS;
    }

    final PeerKey key;
    final InetAddress remote;

    /// How many of its packets wait for the owner's thread, and how many for the network's. Both
    /// threads count.
    final AtomicInteger receivedWaiting = new AtomicInteger();

    final AtomicInteger sentWaiting = new AtomicInteger();

    /// How the owner wants it to end; set before the empty packet that says so.
    volatile @Nullable SessionEnd wantedEnd;

    /// A client is connected on it; the owner's thread says so.
    volatile boolean isRetained;

    long openedNanos;
    long latestPacketNanos;

    /// Something was written and not flushed.
    boolean isDirty;

    boolean isClosed;

    WebSession(PeerAddress address, InetAddress remote) {
        key = new PeerKey(address);
        this.remote = remote;
    }

    /// {@return the size of the largest packet that goes to this peer; any thread may ask}
    abstract int maxPacketBytes();

    /// {@return whether the network would take a packet of this session; any thread may ask}
    abstract boolean hasRoom();

    /// The owner has flushed: what had no room before may have some.
    void tryAgain() {}

    /// {@return whether the peer has long read nothing of what waits for it}
    abstract boolean isStuck(long nowNanos);

    /// Writes a packet, without flushing.
    ///
    /// @return why it did not go, or null; what becomes of it later is the network's
    abstract @Nullable WebDrop write(ByteBuffer packet);

    abstract void flush();

    /// Says goodbye and ends it, after what was written before. Does nothing when it has ended.
    abstract void close(SessionEnd end);

    /// The same for a peer that does not read: nothing waits for it.
    abstract void cutOff(SessionEnd end);
}
