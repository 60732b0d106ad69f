package dev.hawser.cli;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportStats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// An IPv4 and an IPv6 transport as one: what a server has that is bound to an address of each.
final class JoinedTransport implements Transport {
    /// Only one of the two can be waited for; the other is looked after as often as this.
    private static final long AWAIT_NANOS_MAX = 1_000_000;

    private final Transport ipv4;
    private final Transport ipv6;

    JoinedTransport(Transport ipv4, Transport ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    @Override
    public void open() throws IOException {
        ipv4.open();
        try {
            ipv6.open();
        } catch (IOException failure) {
            ipv4.close();
            throw failure;
        }
    }

    @Override
    public boolean isOpen() {
        return ipv4.isOpen() && ipv6.isOpen();
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int received = ipv4.receive(handler, packetsMax);
        return received == packetsMax
                ? received
                : received + ipv6.receive(handler, packetsMax - received);
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        (to.isIpv4() ? ipv4 : ipv6).send(to, packet);
    }

    @Override
    public void flush() {
        ipv4.flush();
        ipv6.flush();
    }

    @Override
    public void await(long timeoutNanos) {
        ipv4.await(Math.min(timeoutNanos, AWAIT_NANOS_MAX));
    }

    @Override
    public void wakeup() {
        ipv4.wakeup();
    }

    @Override
    public NetAddress localAddress() {
        return ipv4.localAddress();
    }

    List<NetAddress> localAddresses() {
        return List.of(ipv4.localAddress(), ipv6.localAddress());
    }

    @Override
    public int maxPacketBytes() {
        return Math.min(ipv4.maxPacketBytes(), ipv6.maxPacketBytes());
    }

    @Override
    public TransportStats stats() {
        TransportStats one = ipv4.stats();
        TransportStats other = ipv6.stats();
        Map<SendFailure, Long> failures = new EnumMap<>(SendFailure.class);
        failures.putAll(one.sendFailures());
        other.sendFailures().forEach((failure, count) -> failures.merge(failure, count, Long::sum));
        return new TransportStats(
                one.packetsIn() + other.packetsIn(),
                one.bytesIn() + other.bytesIn(),
                one.packetsOut() + other.packetsOut(),
                one.bytesOut() + other.bytesOut(),
                one.oversizePackets() + other.oversizePackets(),
                one.receiveErrors() + other.receiveErrors(),
                failures);
    }

    @Override
    public void close() {
        ipv4.close();
        ipv6.close();
    }
}
