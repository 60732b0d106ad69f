package dev.hawser.benchmarks;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportStats;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Brings a [Crowd] to a server and keeps nothing itself, so that what is measured is the server's.
final class CrowdTransport implements Transport {
    private @Nullable Crowd crowd;
    private boolean isOpen;

    /// Connects the server to these clients, or to nobody.
    void attach(@Nullable Crowd crowd) {
        this.crowd = crowd;
    }

    @Override
    public void open() {
        isOpen = true;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    /// Hands over everything that is underway, whatever the limit.
    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        return crowd == null ? 0 : crowd.deliver(handler);
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        if (crowd != null) {
            crowd.toClients.send(to, packet);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void await(long timeoutNanos) {}

    @Override
    public void wakeup() {}

    @Override
    public NetAddress localAddress() {
        return Lab.SERVER;
    }

    @Override
    public int maxPacketBytes() {
        return 1232;
    }

    @Override
    public TransportStats stats() {
        return TransportStats.NONE;
    }

    @Override
    public void close() {
        isOpen = false;
    }
}
