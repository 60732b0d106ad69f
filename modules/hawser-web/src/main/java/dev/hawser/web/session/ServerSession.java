package dev.hawser.web.session;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One session at a server. It belongs to the network's thread, except where said.
public abstract class ServerSession {
    /// How many packets of one session wait at most in each queue, so that none fills it alone.
    public static final int QUEUE_PACKETS_MAX = 256;

    /// How many more may wait that are no payloads: a connection ends with ten packets.
    public static final int RESERVED_PACKETS = 16;

    /// {@return how many packets may wait where one like this is added}
    public static int waitingMax(boolean isPayload) {
        return isPayload ? QUEUE_PACKETS_MAX : QUEUE_PACKETS_MAX + RESERVED_PACKETS;
    }

    public final PeerKey key;
    public final InetAddress remote;

    /// How many of its packets wait for the owner's thread, and how many for the network's. Both
    /// threads count.
    public final AtomicInteger receivedWaiting = new AtomicInteger();

    public final AtomicInteger sentWaiting = new AtomicInteger();

    /// How the owner wants it to end; set before the empty packet that says so.
    public volatile @Nullable SessionEnd wantedEnd;

    /// A client is connected on it; the owner's thread says so.
    public volatile boolean isRetained;

    public long openedNanos;
    public long latestPacketNanos;

    /// Something was written and not flushed.
    public boolean isDirty;

    public boolean isClosed;

    public ServerSession(PeerAddress address, InetAddress remote) {
        key = new PeerKey(address);
        this.remote = remote;
    }

    /// {@return the size of the largest packet that goes to this peer; any thread may ask}
    public abstract int maxPacketBytes();

    /// {@return whether the network would take a packet of this session; any thread may ask}
    public abstract boolean hasRoom();

    /// The owner has flushed: what had no room before may have some.
    public void tryAgain() {}

    /// {@return whether the peer has long read nothing of what waits for it}
    public abstract boolean isStuck(long nowNanos);

    /// Writes a packet, without flushing.
    ///
    /// @return why it did not go, or null; what becomes of it later is the network's
    public abstract @Nullable WebDrop write(ByteBuffer packet);

    public abstract void flush();

    /// Says goodbye and ends it, after what was written before. Does nothing when it has ended.
    public abstract void close(SessionEnd end);

    /// The same for a peer that does not read: nothing waits for it.
    public abstract void cutOff(SessionEnd end);
}
