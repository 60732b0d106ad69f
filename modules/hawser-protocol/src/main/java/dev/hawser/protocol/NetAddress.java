package dev.hawser.protocol;

/// An IP address and a port as tokens carry them and people write them. Immutable.
///
/// The two kinds of the standard are kept apart: `1.2.3.4:80` and `[::ffff:1.2.3.4]:80` are
/// different addresses in a token, although they have the same numbers and a dual-stack socket
/// reaches the same peer by either. Where peers are compared, compare the numbers
/// ([#sameNumbers(PeerAddress)]).
///
/// @param high the first eight bytes of the IPv6 address; 0 for IPv4
/// @param low the last eight bytes; `00 00 ff ff` and the four octets for IPv4
/// @param port 0 to 65535, 0 where none was given
/// @param isIpv4 whether this is an address of type 1 (IPv4) rather than type 2 (IPv6)
public record NetAddress(long high, long low, int port, boolean isIpv4) {
    /// The upper half of `low` of each IPv4 address: `::ffff:0:0/96`.
    static final long IPV4_MAPPED_PREFIX = 0x0000_ffff_0000_0000L;

    /// The largest port.
    public static final int PORT_MAX = 65535;

    /// Checks the port, and that an IPv4 address has the numbers of one.
    ///
    /// @throws IllegalArgumentException when either is wrong
    public NetAddress {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port " + port + " is outside 0.." + PORT_MAX);
        }
        if (isIpv4 && !isMapped(high, low)) {
            throw new IllegalArgumentException(
                    "the numbers of an IPv4 address begin with ::ffff:0:0/96, but these are "
                            + AddressText.printIpv6(high, low)
                            + ": make it with ipv4 or ofNumbers");
        }
    }

    /// {@return the address with these numbers: IPv4 when they are in `::ffff:0:0/96`, else IPv6}
    ///
    /// @param high the first eight bytes of the IPv6 address, the first byte the most significant
    /// @param low the last eight bytes
    /// @throws IllegalArgumentException when `port` is outside 0..65535
    public static NetAddress ofNumbers(long high, long low, int port) {
        return new NetAddress(high, low, port, isMapped(high, low));
    }

    /// {@return an IPv4 address}
    ///
    /// @param octets the four octets, the first the most significant
    /// @throws IllegalArgumentException when `port` is outside 0..65535
    public static NetAddress ipv4(int octets, int port) {
        return new NetAddress(0, IPV4_MAPPED_PREFIX | Integer.toUnsignedLong(octets), port, true);
    }

    /// {@return an IPv6 address, also where the numbers are those of a mapped IPv4 one}
    ///
    /// @param high the first eight bytes, the first byte the most significant
    /// @param low the last eight bytes
    /// @throws IllegalArgumentException when `port` is outside 0..65535
    public static NetAddress ipv6(long high, long low, int port) {
        return new NetAddress(high, low, port, false);
    }

    /// Reads an address as people write it: `1.2.3.4:80`, `1.2.3.4`, `[::1]:80`, `::1`.
    ///
    /// It accepts what the reference implementation accepts, neither more nor less, so that a
    /// configuration means the same to both. Names are not looked up.
    ///
    /// @throws IllegalArgumentException when the text is no such address; the message says what is
    ///   wrong with it and how addresses are written
    public static NetAddress parse(String text) {
        return AddressText.parse(text);
    }

    /// {@return whether this is `0.0.0.0` or `::`, with whatever port: it stands for all addresses
    /// of a machine, can be bound, and cannot be dialled}
    public boolean isUnspecified() {
        return high == 0 && (low == 0 || low == IPV4_MAPPED_PREFIX);
    }

    /// {@return this address with another port}
    ///
    /// @throws IllegalArgumentException when `port` is outside 0..65535
    public NetAddress withPort(int port) {
        return new NetAddress(high, low, port, isIpv4);
    }

    /// {@return whether a peer at `peer` is at this address: same numbers, same port}
    public boolean sameNumbers(PeerAddress peer) {
        return high == peer.high() && low == peer.low() && port == peer.port();
    }

    /// {@return the address as the reference implementation prints it, for example `[::1]:80`, or
    /// `::1` when the port is 0}
    @Override
    public String toString() {
        return AddressText.print(this);
    }

    // Written out: those that a record comes with are method handles, which only the optimising
    // compiler sees through, and addresses are keys of maps.

    @Override
    public boolean equals(Object other) {
        return other instanceof NetAddress that
                && low == that.low
                && high == that.high
                && port == that.port
                && isIpv4 == that.isIpv4;
    }

    @Override
    public int hashCode() {
        return (Long.hashCode(high) * 31 + Long.hashCode(low)) * 31 + port;
    }

    private static boolean isMapped(long high, long low) {
        return high == 0 && (low & 0xffff_ffff_0000_0000L) == IPV4_MAPPED_PREFIX;
    }
}
