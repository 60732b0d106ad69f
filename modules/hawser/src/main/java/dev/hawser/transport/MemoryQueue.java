package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The packets that wait at one address of a [MemoryNetwork]. Used by any number of threads; the
/// objects of packets are used again, so that a queue that has seen its peak allocates nothing.
final class MemoryQueue {
    /// One packet on its way.
    private static final class Packet {
        final PeerAddress from = new PeerAddress();
        final ByteBuffer bytes = ByteBuffer.allocate(MemoryTransport.PACKET_BYTES_MAX);
    }

    private final NetAddress address;
    private final int packetsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition hasSomething = lock.newCondition();
    private final ArrayDeque<Packet> waiting = new ArrayDeque<>();
    private final ArrayDeque<Packet> free = new ArrayDeque<>();
    private boolean isWoken;

    MemoryQueue(NetAddress address, int packetsMax) {
        this.address = address;
        this.packetsMax = packetsMax;
    }

    NetAddress address() {
        return address;
    }

    /// {@return whether there was room; the bytes are copied}
    boolean offer(PeerAddress from, ByteBuffer bytes) {
        lock.lock();
        try {
            if (waiting.size() == packetsMax) {
                return false;
            }
            Packet packet = free.poll();
            if (packet == null) {
                packet = new Packet();
            }
            packet.from.set(from);
            packet.bytes.clear();
            packet.bytes.put(0, bytes, bytes.position(), bytes.remaining());
            packet.bytes.limit(bytes.remaining());
            waiting.add(packet);
            hasSomething.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Moves the oldest packet into `from` and `target`, from 0 to its limit.
    ///
    /// @return whether there was one
    boolean poll(PeerAddress from, ByteBuffer target) {
        lock.lock();
        try {
            @Nullable Packet packet = waiting.poll();
            if (packet == null) {
                return false;
            }
            from.set(packet.from);
            target.clear().order(ByteOrder.BIG_ENDIAN).put(packet.bytes).flip();
            free.push(packet);
            return true;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    void await(long timeoutNanos) {
        lock.lock();
        try {
            long leftNanos = timeoutNanos;
            while (waiting.isEmpty() && !isWoken && leftNanos > 0) {
                leftNanos = hasSomething.awaitNanos(leftNanos);
            }
            isWoken = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void wakeup() {
        lock.lock();
        try {
            isWoken = true;
            hasSomething.signal();
        } finally {
            lock.unlock();
        }
    }
}
