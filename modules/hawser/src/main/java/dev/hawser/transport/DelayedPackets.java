package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Packets under way, the one that is due next first. Their objects are used again, so that a link
/// that has seen its peak allocates nothing. Used by one thread.
final class DelayedPackets {
    /// What [#nanosToNext] says when there is none.
    static final long NEVER = Long.MAX_VALUE;

    private final int packetsMax;
    private final int packetBytesMax;
    private final PriorityQueue<Packet> underWay = new PriorityQueue<>();
    private final ArrayDeque<Packet> free = new ArrayDeque<>();
    private long nextNumber;

    DelayedPackets(int packetsMax, int packetBytesMax) {
        this.packetsMax = packetsMax;
        this.packetBytesMax = packetBytesMax;
    }

    /// One packet on its way.
    private static final class Packet implements Comparable<Packet> {
        final PeerAddress peer = new PeerAddress();
        final ByteBuffer bytes;
        long dueNanos;
        long number;

        Packet(int bytesMax) {
            bytes = ByteBuffer.allocate(bytesMax);
        }

        /// By difference, as monotonic clocks demand; those due together, as they were sent.
        @Override
        public int compareTo(Packet other) {
            long later = dueNanos - other.dueNanos;
            return Long.signum(later == 0 ? number - other.number : later);
        }
    }

    int size() {
        return underWay.size();
    }

    /// {@return whether there was room; the bytes between position and limit are copied}
    boolean add(PeerAddress peer, ByteBuffer bytes, long dueNanos) {
        if (underWay.size() >= packetsMax) {
            return false;
        }
        Packet packet = free.poll();
        if (packet == null) {
            packet = new Packet(packetBytesMax);
        }
        packet.peer.set(peer);
        packet.bytes.clear().order(ByteOrder.BIG_ENDIAN);
        packet.bytes.put(0, bytes, bytes.position(), bytes.remaining());
        packet.bytes.limit(bytes.remaining());
        packet.dueNanos = dueNanos;
        packet.number = nextNumber++;
        underWay.add(packet);
        return true;
    }

    /// Hands on what is due, in the order in which it is. The target may add packets and forget all
    /// of them; what it throws is passed on, and the packet in hand is then gone.
    ///
    /// @return how many there were, `packetsMax` at most
    int handOverDue(long nowNanos, DatagramHandler target, int packetsMax) {
        int handedOver = 0;
        while (handedOver < packetsMax && nanosToNext(nowNanos) == 0) {
            handedOver++;
            handOverNext(target);
        }
        return handedOver;
    }

    /// Hands on everything, due or not.
    void handOverAll(DatagramHandler target) {
        while (!underWay.isEmpty()) {
            handOverNext(target);
        }
    }

    private void handOverNext(DatagramHandler target) {
        // While the target has it, it is neither under way nor free.
        Packet packet = underWay.remove();
        try {
            target.handle(packet.peer, packet.bytes);
        } finally {
            free.push(packet);
        }
    }

    /// {@return how long until the next packet is due, 0 when it is overdue, [#NEVER] when there is
    /// none}
    long nanosToNext(long nowNanos) {
        @Nullable Packet next = underWay.peek();
        return next == null ? NEVER : Math.max(0, next.dueNanos - nowNanos);
    }

    void forgetAll() {
        free.addAll(underWay);
        underWay.clear();
    }
}
