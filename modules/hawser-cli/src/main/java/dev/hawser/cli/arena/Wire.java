package dev.hawser.cli.arena;

import java.nio.ByteBuffer;

/// What the messages of the arena have in common. All numbers are big-endian; the first byte is the
/// type.
///
/// The page reads and writes the same messages in `wire.js`; `snapshot.hex` among the tests keeps
/// the two together.
final class Wire {
    // From a player.
    static final byte INPUT = 1;
    static final byte PING = 2;
    static final byte HELLO = 3;

    // To a player.
    static final byte SNAPSHOT = 1;
    static final byte ROSTER = 2;
    static final byte PONG = 3;

    /// No message is longer, so that each fits a datagram of every browser.
    static final int MESSAGE_BYTES_MAX = 1000;

    /// A unit of the arena on the wire.
    private static final double SCALE = 64;

    private Wire() {}

    static void putPlace(ByteBuffer to, double place) {
        to.putShort((short) Math.clamp(Math.round(place * SCALE), 0, 0xffff));
    }

    static double place(ByteBuffer from) {
        return Short.toUnsignedInt(from.getShort()) / SCALE;
    }

    static void putSpeed(ByteBuffer to, double speed) {
        to.putShort(
                (short) Math.clamp(Math.round(speed * SCALE), Short.MIN_VALUE, Short.MAX_VALUE));
    }

    static double speed(ByteBuffer from) {
        return from.getShort() / SCALE;
    }
}
