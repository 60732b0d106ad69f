package dev.hawser.benchmarks.moves;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// A UDP packet of IPv4 or IPv6 as an interface gives it, whose addresses can be exchanged.
final class IpPacket {
    private static final int UDP = 17;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int IPV4_CHECKSUM = 10;
    private static final int UDP_CHECKSUM = 6;
    private static final int UDP_DESTINATION = 2;

    private final ByteBuffer bytes;
    private final boolean isIpv6;
    private final int headerBytes;

    /// @param bytes its own
    IpPacket(ByteBuffer bytes) {
        this.bytes = bytes;
        isIpv6 = bytes.get(0) >>> 4 == 6;
        headerBytes = isIpv6 ? IPV6_HEADER_BYTES : (bytes.get(0) & 0xf) * Integer.BYTES;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /// {@return whether it is a whole one of UDP: others, which interfaces send by themselves, go
    /// no further}
    boolean isUdp() {
        int protocol = bytes.get(isIpv6 ? 6 : 9);
        boolean isFragment = !isIpv6 && (bytes.getShort(6) & 0x3fff) != 0;
        return protocol == UDP && !isFragment;
    }

    InetSocketAddress source() {
        return new InetSocketAddress(
                address(isIpv6 ? 8 : 12), bytes.getShort(headerBytes) & 0xffff);
    }

    InetSocketAddress destination() {
        return new InetSocketAddress(
                address(isIpv6 ? 24 : 16), bytes.getShort(headerBytes + UDP_DESTINATION) & 0xffff);
    }

    private InetAddress address(int offset) {
        byte[] address = new byte[isIpv6 ? 16 : 4];
        bytes.get(offset, address);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address has 4 or 16 bytes", impossible);
        }
    }

    void source(InetSocketAddress other) {
        bytes.put(isIpv6 ? 8 : 12, other.getAddress().getAddress());
        bytes.putShort(headerBytes, (short) other.getPort());
        sum();
    }

    void destination(InetSocketAddress other) {
        bytes.put(isIpv6 ? 24 : 16, other.getAddress().getAddress());
        bytes.putShort(headerBytes + UDP_DESTINATION, (short) other.getPort());
        sum();
    }

    /// Makes the checksums right again (RFC 1071): that of the header, which IPv6 has not, and that
    /// of UDP, which counts the addresses and the protocol in.
    private void sum() {
        if (!isIpv6) {
            bytes.putShort(IPV4_CHECKSUM, (short) 0);
            bytes.putShort(IPV4_CHECKSUM, fold(sum(0, headerBytes)));
        }
        int length = bytes.limit() - headerBytes;
        int checksum = headerBytes + UDP_CHECKSUM;
        bytes.putShort(checksum, (short) 0);
        long addresses = isIpv6 ? sum(8, 40) : sum(12, 20);
        short folded = fold(addresses + UDP + length + sum(headerBytes, bytes.limit()));
        // Zero would say that there is none.
        bytes.putShort(checksum, folded == 0 ? -1 : folded);
    }

    private long sum(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 2) {
            int low = i + 1 < to ? bytes.get(i + 1) & 0xff : 0;
            sum += (bytes.get(i) & 0xff) << 8 | low;
        }
        return sum;
    }

    private static short fold(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (short) ~folded;
    }
}
