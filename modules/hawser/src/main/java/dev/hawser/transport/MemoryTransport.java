package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One address of a [MemoryNetwork]: the in-process twin of [UdpTransport].
///
/// A packet is copied into the receiver's queue when it is sent, and waits there until the receiver
/// takes it. Server and client may run in different threads.
public final class MemoryTransport implements Transport {
    /// The largest packet, the same as over UDP.
    public static final int PACKET_BYTES_MAX = UdpTransport.PACKET_BYTES_MAX;

    private final MemoryNetwork network;
    private final TransportCounters counters = new TransportCounters();
    private final ByteBuffer received = ByteBuffer.allocate(PACKET_BYTES_MAX);
    private final PeerAddress from = new PeerAddress();
    private final PeerAddress self = new PeerAddress();
    private volatile NetAddress localAddress;
    private final NetAddress bindAddress;
    private volatile @Nullable MemoryQueue queue;

    MemoryTransport(MemoryNetwork network, NetAddress bindAddress) {
        this.network = network;
        this.bindAddress = bindAddress;
        localAddress = bindAddress;
    }

    @Override
    public void open() throws IOException {
        if (queue == null) {
            MemoryQueue registered = network.register(bindAddress);
            localAddress = registered.address();
            self.set(localAddress);
            queue = registered;
        }
    }

    @Override
    public boolean isOpen() {
        return queue != null;
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        MemoryQueue atFirst = queue;
        // What comes meanwhile waits for the next call.
        int most = atFirst == null ? 0 : Math.min(packetsMax, atFirst.size());
        int taken = 0;
        while (taken < most) {
            // Asked anew each time: the handler may close this transport.
            MemoryQueue queue = this.queue;
            if (queue == null || !queue.poll(from, received)) {
                break;
            }
            taken++;
            counters.received(received.remaining());
            handler.handle(from, received);
        }
        return taken;
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        SendFailure failure = trySend(to, packet);
        if (failure == null) {
            counters.sent(packet.remaining());
        } else {
            counters.notSent(failure);
        }
    }

    private @Nullable SendFailure trySend(PeerAddress to, ByteBuffer packet) {
        if (queue == null) {
            return SendFailure.CLOSED;
        }
        if (packet.remaining() > PACKET_BYTES_MAX) {
            return SendFailure.TOO_LARGE;
        }
        MemoryQueue target = network.find(to);
        if (target == null) {
            return SendFailure.UNREACHABLE;
        }
        return target.offer(self, packet) ? null : SendFailure.BUFFER_FULL;
    }

    @Override
    public void flush() {
        // Each packet is in the receiver's queue already.
    }

    @Override
    public void await(long timeoutNanos) {
        MemoryQueue queue = this.queue;
        if (queue != null) {
            queue.await(timeoutNanos);
        }
    }

    @Override
    public void wakeup() {
        MemoryQueue queue = this.queue;
        if (queue != null) {
            queue.wakeup();
        }
    }

    @Override
    public NetAddress localAddress() {
        return localAddress;
    }

    @Override
    public int maxPacketBytes() {
        return PACKET_BYTES_MAX;
    }

    /// {@return false: nothing in one process changes an address}
    @Override
    public boolean peersMayMove() {
        return false;
    }

    @Override
    public TransportStats stats() {
        return counters.snapshot();
    }

    @Override
    public void close() {
        MemoryQueue queue = this.queue;
        this.queue = null;
        if (queue != null) {
            network.unregister(queue);
        }
    }

    @Override
    public String toString() {
        return "MemoryTransport[" + localAddress + "]";
    }
}
