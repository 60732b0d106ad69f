package dev.hawser.linux;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How a socket of one family writes addresses: `sockaddr_in` or `sockaddr_in6`, straight from and
/// to the numbers of a [PeerAddress].
final class SocketAddressFormat {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /// Room for either, on a boundary.
    static final int PLACE_BYTES = 32;

    private static final int IN_PORT = Layouts.offset(Layouts.SOCKADDR_IN, "sin_port");
    private static final int IN_ADDRESS = Layouts.offset(Layouts.SOCKADDR_IN, "sin_addr");
    private static final int IN6_PORT = Layouts.offset(Layouts.SOCKADDR_IN6, "sin6_port");
    private static final int IN6_HIGH = Layouts.offset(Layouts.SOCKADDR_IN6, "sin6_addr");
    private static final int IN6_LOW = IN6_HIGH + Long.BYTES;
    private static final int IN6_SCOPE = Layouts.offset(Layouts.SOCKADDR_IN6, "sin6_scope_id");

    private final boolean isIpv6;
    private final ByteBuffer bigEndian;

    /// @param memory in which the addresses stand
    SocketAddressFormat(boolean isIpv6, NativeMemory memory) {
        this.isIpv6 = isIpv6;
        bigEndian = memory.buffer().duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /// {@return the size of an address of this family, in bytes}
    int bytes() {
        return Layouts.bytes(isIpv6 ? Layouts.SOCKADDR_IN6 : Layouts.SOCKADDR_IN);
    }

    /// {@return whether a peer can be written in this family}
    boolean fits(PeerAddress peer) {
        return isIpv6 || peer.isIpv4();
    }

    /// Writes what does not change from address to address.
    void prepare(int offset) {
        int family = isIpv6 ? AF_INET6 : AF_INET;
        bigEndian.putShort(offset, Short.reverseBytes((short) family));
    }

    /// Writes an address, which must fit. An IPv4 peer of an IPv6 socket is written in its mapped
    /// form, which is how a dual-stack socket reaches it.
    void put(int offset, PeerAddress peer, LinkLocalScopes scopes) {
        if (isIpv6) {
            bigEndian.putShort(offset + IN6_PORT, (short) peer.port());
            bigEndian.putLong(offset + IN6_HIGH, peer.high());
            bigEndian.putLong(offset + IN6_LOW, peer.low());
            bigEndian.putInt(offset + IN6_SCOPE, Integer.reverseBytes(scopes.of(peer)));
        } else {
            bigEndian.putShort(offset + IN_PORT, (short) peer.port());
            bigEndian.putInt(offset + IN_ADDRESS, (int) peer.low());
        }
    }

    /// Reads an address that the kernel wrote.
    void get(int offset, PeerAddress peer, LinkLocalScopes scopes) {
        if (isIpv6) {
            int port = bigEndian.getShort(offset + IN6_PORT) & 0xffff;
            peer.set(
                    bigEndian.getLong(offset + IN6_HIGH),
                    bigEndian.getLong(offset + IN6_LOW),
                    port);
            scopes.note(peer, Integer.reverseBytes(bigEndian.getInt(offset + IN6_SCOPE)));
        } else {
            int port = bigEndian.getShort(offset + IN_PORT) & 0xffff;
            peer.setIpv4(bigEndian.getInt(offset + IN_ADDRESS), port);
        }
    }

    /// Writes the address that a socket is bound to.
    void put(int offset, NetAddress address) {
        prepare(offset);
        put(offset, PeerAddress.of(address), new LinkLocalScopes());
    }

    /// Reads the address that a socket is bound to.
    NetAddress get(int offset) {
        PeerAddress peer = new PeerAddress();
        get(offset, peer, new LinkLocalScopes());
        return peer.toNetAddress();
    }
}
