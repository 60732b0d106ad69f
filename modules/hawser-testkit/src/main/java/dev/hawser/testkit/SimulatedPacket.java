package dev.hawser.testkit;

import dev.hawser.protocol.NetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// A packet on a [SimulatedNetwork]: bytes, where they claim to come from, where they go.
/// Immutable.
public final class SimulatedPacket {
    /// Who made the bytes.
    public enum Origin {
        /// A machine, and this is the packet on its way.
        MACHINE,
        /// A machine, but somebody else sends a copy, perhaps from or to another address.
        REPLAY,
        /// No machine that holds the keys: whoever receives it must not notice.
        STRANGER
    }

    private static final int NUMBER_OF_TYPE = 0xf;

    private final NetAddress from;
    private final NetAddress to;
    private final byte[] bytes;
    private final Origin origin;
    private final boolean isRedirected;

    private SimulatedPacket(
            NetAddress from, NetAddress to, byte[] bytes, Origin origin, boolean isRedirected) {
        this.from = from;
        this.to = to;
        this.bytes = bytes;
        this.origin = origin;
        this.isRedirected = isRedirected;
    }

    /// {@return a packet with a copy of the bytes between position and limit, both left as they
    /// are}
    public static SimulatedPacket of(
            NetAddress from, NetAddress to, ByteBuffer content, Origin origin) {
        byte[] bytes = new byte[content.remaining()];
        content.get(content.position(), bytes);
        return new SimulatedPacket(from, to, bytes, origin, false);
    }

    /// {@return a packet of a stranger, with a copy of these bytes}
    public static SimulatedPacket ofStranger(NetAddress from, NetAddress to, byte[] bytes) {
        return new SimulatedPacket(from, to, bytes.clone(), Origin.STRANGER, false);
    }

    /// {@return the same bytes sent once more by somebody else, between the same addresses}
    public SimulatedPacket replayed() {
        return replayed(from, to);
    }

    /// {@return the same bytes sent once more by somebody else, between other addresses}
    public SimulatedPacket replayed(NetAddress from, NetAddress to) {
        boolean isElsewhere = !from.equals(this.from) || !to.equals(this.to);
        return new SimulatedPacket(
                from,
                to,
                bytes,
                isOfStranger() ? origin : Origin.REPLAY,
                isRedirected || isElsewhere);
    }

    /// {@return a packet of a stranger that differs from this one in one bit}
    ///
    /// @param bit counted from the first byte's lowest; taken modulo the number of bits
    public SimulatedPacket tampered(int bit) {
        byte[] changed = bytes.clone();
        int place = Math.floorMod(bit, Byte.SIZE * changed.length);
        changed[place / Byte.SIZE] ^= (byte) (1 << place % Byte.SIZE);
        return new SimulatedPacket(from, to, changed, Origin.STRANGER, isRedirected);
    }

    /// {@return where it claims to come from}
    public NetAddress from() {
        return from;
    }

    /// {@return where it goes}
    public NetAddress to() {
        return to;
    }

    /// {@return a copy of the bytes}
    public byte[] bytes() {
        return bytes.clone();
    }

    /// {@return the bytes, to be read}
    public ByteBuffer content() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /// {@return how many bytes it has}
    public int length() {
        return bytes.length;
    }

    /// {@return who made it}
    public Origin origin() {
        return origin;
    }

    /// {@return whether no machine made it}
    public boolean isOfStranger() {
        return origin == Origin.STRANGER;
    }

    /// {@return whether it is a copy that somebody sends from or to another address than the
    /// original}
    public boolean isRedirected() {
        return isRedirected;
    }

    /// {@return the number of its type as its first byte claims: 0 for a connection request, 5 for
    /// a payload; -1 for an empty packet}
    public int typeNumber() {
        return bytes.length == 0 ? -1 : bytes[0] & NUMBER_OF_TYPE;
    }

    /// Puts the bytes at the position of `target`.
    public void copyTo(ByteBuffer target) {
        target.put(bytes);
    }

    @Override
    public String toString() {
        int shown = Math.min(bytes.length, 12);
        return from
                + " -> "
                + to
                + " "
                + origin
                + " type "
                + typeNumber()
                + ", "
                + bytes.length
                + " bytes "
                + HexFormat.of().formatHex(Arrays.copyOf(bytes, shown))
                + (shown < bytes.length ? "…" : "");
    }
}
