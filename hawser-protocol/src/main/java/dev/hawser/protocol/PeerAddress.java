package dev.hawser.protocol;

/// The address of a peer as a key that can be filled again and again: 128 bits and a port.
///
/// This is the form addresses have on the hot path: a transport owns one, overwrites it for each
/// datagram and lends it for the length of a call. Whoever wants to keep an address copies its
/// three numbers or asks for [#toNetAddress()]. IPv4 addresses are held in their IPv6-mapped form
/// (`::ffff:a.b.c.d`), so that a dual-stack socket and an IPv4 socket name the same peer alike.
///
/// A transport whose peers have no address of their own (a session of a browser, a queue in memory)
/// may fill in any numbers that tell its peers apart.
///
/// Mutable, so it has no `equals`: see [#sameAs(PeerAddress)].
public final class PeerAddress {
    private long high;
    private long low;
    private int port;

    /// Creates the address `[::]:0`.
    public PeerAddress() {}

    /// {@return a new holder with the numbers of `address`}
    public static PeerAddress of(NetAddress address) {
        PeerAddress peer = new PeerAddress();
        peer.set(address);
        return peer;
    }

    /// Overwrites this address.
    ///
    /// @param high the first eight bytes of the IPv6 address, the first byte the most significant
    /// @param low the last eight bytes
    /// @param port 0 to 65535
    public void set(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port;
    }

    /// Overwrites this address with an IPv4 one.
    ///
    /// @param octets the four octets, the first the most significant
    /// @param port 0 to 65535
    public void setIpv4(int octets, int port) {
        set(0, NetAddress.IPV4_MAPPED_PREFIX | Integer.toUnsignedLong(octets), port);
    }

    /// Overwrites this address with the numbers of another.
    public void set(PeerAddress other) {
        set(other.high, other.low, other.port);
    }

    /// Overwrites this address with the numbers of a printed one.
    public void set(NetAddress address) {
        set(address.high(), address.low(), address.port());
    }

    /// {@return the first eight bytes of the IPv6 address}
    public long high() {
        return high;
    }

    /// {@return the last eight bytes of the IPv6 address}
    public long low() {
        return low;
    }

    /// {@return the port}
    public int port() {
        return port;
    }

    /// {@return whether this is an IPv4 address in its mapped form}
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == NetAddress.IPV4_MAPPED_PREFIX >>> 32;
    }

    /// {@return whether both hold the same numbers at this moment}
    public boolean sameAs(PeerAddress other) {
        return high == other.high && low == other.low && port == other.port;
    }

    /// {@return an immutable copy; a mapped address becomes an IPv4 one}
    public NetAddress toNetAddress() {
        return NetAddress.ofNumbers(high, low, port);
    }

    @Override
    public String toString() {
        return toNetAddress().toString();
    }
}
