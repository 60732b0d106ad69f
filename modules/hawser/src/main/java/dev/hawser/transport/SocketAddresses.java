package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// Between the addresses of the JDK and ours.
final class SocketAddresses {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private SocketAddresses() {}

    static InetSocketAddress toSocketAddress(NetAddress address) {
        byte[] bytes =
                address.isIpv4()
                        ? ipv4Bytes(address.low())
                        : ipv6Bytes(address.high(), address.low());
        return new InetSocketAddress(ofBytes(bytes), address.port());
    }

    static InetSocketAddress toSocketAddress(PeerAddress peer) {
        byte[] bytes = peer.isIpv4() ? ipv4Bytes(peer.low()) : ipv6Bytes(peer.high(), peer.low());
        return new InetSocketAddress(ofBytes(bytes), peer.port());
    }

    static NetAddress toNetAddress(InetSocketAddress socketAddress) {
        ByteBuffer bytes = ByteBuffer.wrap(socketAddress.getAddress().getAddress());
        return socketAddress.getAddress() instanceof Inet6Address
                ? NetAddress.ipv6(bytes.getLong(0), bytes.getLong(8), socketAddress.getPort())
                : NetAddress.ipv4(bytes.getInt(0), socketAddress.getPort());
    }

    static void copy(InetSocketAddress socketAddress, PeerAddress target) {
        byte[] bytes = socketAddress.getAddress().getAddress();
        int port = socketAddress.getPort();
        if (bytes.length == IPV4_BYTES) {
            target.setIpv4((int) number(bytes, 0, IPV4_BYTES), port);
        } else {
            target.set(number(bytes, 0, Long.BYTES), number(bytes, Long.BYTES, Long.BYTES), port);
        }
    }

    private static long number(byte[] bytes, int start, int count) {
        long number = 0;
        for (int i = start; i < start + count; i++) {
            number = (number << 8) | (bytes[i] & 0xff);
        }
        return number;
    }

    private static byte[] ipv4Bytes(long low) {
        return ByteBuffer.allocate(IPV4_BYTES).putInt((int) low).array();
    }

    private static byte[] ipv6Bytes(long high, long low) {
        return ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses of " + bytes.length + " bytes exist", e);
        }
    }
}
