package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How a socket that is bound to all addresses of this machine is told by which of them a packet
/// came in, and says by which one goes out: a control message, `IP_PKTINFO` (ip(7)) on an IPv4
/// socket, `IPV6_PKTINFO` (RFC 3542, section 6) on an IPv6 one. That one carries the mapped form
/// for IPv4 packets, in both directions.
///
/// The interface is never said: the address is enough, and the route decides.
final class LocalAddressFormat {
    private static final int IPPROTO_IP = 0;
    private static final int IP_PKTINFO = 8;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_PKTINFO = 50;

    private static final int LENGTH = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "cmsg_len");
    private static final int LEVEL = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "cmsg_level");
    private static final int TYPE = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "cmsg_type");
    private static final int IPV4 = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "ipi_spec_dst");
    private static final int IPV4_END = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "end");
    private static final int IPV6 = Layouts.offset(Layouts.LOCAL_ADDRESS6_CONTROL, "ipi6_addr");
    private static final int IPV6_END = Layouts.offset(Layouts.LOCAL_ADDRESS6_CONTROL, "end");

    private final boolean isIpv6;
    private final ByteBuffer bytes;
    private final ByteBuffer bigEndian;

    /// @param memory in which the control messages stand
    LocalAddressFormat(boolean isIpv6, NativeMemory memory) {
        this.isIpv6 = isIpv6;
        bytes = memory.buffer();
        bigEndian = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /// {@return the size of a control message, as `CMSG_SPACE` says; a multiple of eight}
    static int bytes(boolean isIpv6) {
        return Layouts.bytes(
                isIpv6 ? Layouts.LOCAL_ADDRESS6_CONTROL : Layouts.LOCAL_ADDRESS_CONTROL);
    }

    private int end() {
        return isIpv6 ? IPV6_END : IPV4_END;
    }

    /// Writes what does not change from packet to packet.
    void prepare(int offset) {
        bytes.putLong(offset + LENGTH, end());
        bytes.putInt(offset + LEVEL, isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP);
        bytes.putInt(offset + TYPE, isIpv6 ? IPV6_PKTINFO : IP_PKTINFO);
    }

    /// Writes the local address of a peer, zeros where it is not known.
    void put(int offset, PeerAddress peer) {
        if (isIpv6) {
            bigEndian.putLong(offset + IPV6, peer.localHigh());
            bigEndian.putLong(offset + IPV6 + Long.BYTES, peer.localLow());
        } else {
            bigEndian.putInt(offset + IPV4, (int) peer.localLow());
        }
    }

    /// Reads the local address that the kernel wrote, if it did: of a packet that came to all (a
    /// broadcast), the one that an answer leaves from.
    ///
    /// @param written how many bytes of control messages there are
    void get(int offset, long written, PeerAddress peer) {
        if (written < end()
                || bytes.getInt(offset + TYPE) != (isIpv6 ? IPV6_PKTINFO : IP_PKTINFO)) {
            return;
        }
        if (isIpv6) {
            peer.setLocal(
                    bigEndian.getLong(offset + IPV6),
                    bigEndian.getLong(offset + IPV6 + Long.BYTES));
        } else if (bigEndian.getInt(offset + IPV4) != 0) {
            peer.setLocalIpv4(bigEndian.getInt(offset + IPV4));
        }
    }

    /// {@return whether two control messages name the same address}
    boolean isSame(int one, int other) {
        for (int i = 0; i < bytes(isIpv6); i += Long.BYTES) {
            if (bytes.getLong(one + i) != bytes.getLong(other + i)) {
                return false;
            }
        }
        return true;
    }
}
