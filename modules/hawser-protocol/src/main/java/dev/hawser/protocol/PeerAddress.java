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
/// **Local address.** Beside the peer's address stands the address of this machine that the peer
/// sent to, where the transport says so: a machine may have several, and a peer takes answers only
/// from the one that it has dialled. A transport that fills it in sends from there. It is no part
/// of who the peer is.
///
/// Mutable, so it has no `equals`: see [#sameAs(PeerAddress)].
public final class PeerAddress {
    private long high;
    private long low;
    private int port;
    private long localHigh;
    private long localLow;

    /// Creates the address `[::]:0`.
    public PeerAddress() {}

    /// {@return a new holder with the numbers of `address`}
    public static PeerAddress of(NetAddress address) {
        PeerAddress peer = new PeerAddress();
        peer.set(address);
        return peer;
    }

    /// Overwrites this address; the local one is then unknown.
    ///
    /// @param high the first eight bytes of the IPv6 address, the first byte the most significant
    /// @param low the last eight bytes
    /// @param port 0 to 65535
    public void set(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port;
        localHigh = 0;
        localLow = 0;
    }

    /// Overwrites this address with an IPv4 one; the local one is then unknown.
    ///
    /// @param octets the four octets, the first the most significant
    /// @param port 0 to 65535
    public void setIpv4(int octets, int port) {
        set(0, NetAddress.IPV4_MAPPED_PREFIX | Integer.toUnsignedLong(octets), port);
    }

    /// Overwrites this address with the numbers of another, the local ones too.
    public void set(PeerAddress other) {
        set(other.high, other.low, other.port);
        setLocal(other);
    }

    /// Says which address of this machine the peer has sent to; zeros where it is not known.
    ///
    /// @param localHigh the first eight bytes of the IPv6 address, the first byte the most
    ///   significant; IPv4 addresses in their mapped form
    /// @param localLow the last eight bytes
    public void setLocal(long localHigh, long localLow) {
        this.localHigh = localHigh;
        this.localLow = localLow;
    }

    /// Says to which IPv4 address of this machine the peer has sent.
    ///
    /// @param octets the four octets, the first the most significant
    public void setLocalIpv4(int octets) {
        setLocal(0, NetAddress.IPV4_MAPPED_PREFIX | Integer.toUnsignedLong(octets));
    }

    /// Takes over the local address of another, which is the same peer, heard of later.
    public void setLocal(PeerAddress other) {
        setLocal(other.localHigh, other.localLow);
    }

    /// Overwrites this address with the numbers of a printed one; the local one is then unknown.
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

    /// {@return the first eight bytes of the address of this machine that the peer has sent to}
    public long localHigh() {
        return localHigh;
    }

    /// {@return the last eight bytes of the address of this machine that the peer has sent to}
    public long localLow() {
        return localLow;
    }

    /// {@return whether it is known which address of this machine the peer has sent to}
    public boolean hasLocal() {
        return (localHigh | localLow) != 0;
    }

    /// {@return whether this is an IPv4 address in its mapped form}
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == NetAddress.IPV4_MAPPED_PREFIX >>> 32;
    }

    /// {@return whether both are the same peer at this moment: the same address and port}
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
