package dev.hawser.testkit.pair;

import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What anybody can read in the packets of a connection that survives a changed address.
final class PathPackets {
    static final int REQUEST = 7;
    static final int ANSWER = 8;
    static final int RESPONSE = 9;
    static final int PING = 10;
    static final int RESET = 11;

    private static final int LENGTH_MIN = 42;
    private static final int SEQUENCE_OFFSET = 1;
    private static final int PATH_ID_BYTES = Long.BYTES;

    private PathPackets() {}

    /// {@return whether it claims to be a path request or response, and is long enough to name a
    /// path}
    static boolean hasPathId(SimulatedPacket packet) {
        int type = packet.typeNumber();
        return (type == REQUEST || type == RESPONSE) && packet.length() >= LENGTH_MIN;
    }

    static long pathId(SimulatedPacket packet) {
        return packet.content().order(ByteOrder.LITTLE_ENDIAN).getLong(1);
    }

    /// {@return the sequence of a sealed packet as it claims, unsigned}
    static long sequence(SimulatedPacket packet) {
        ByteBuffer bytes = packet.content();
        int sequenceBytes = Byte.toUnsignedInt(bytes.get(0)) >>> 4;
        int offset = SEQUENCE_OFFSET + (hasPathId(packet) ? PATH_ID_BYTES : 0);
        long sequence = 0;
        for (int i = 0; i < sequenceBytes; i++) {
            sequence |= (bytes.get(offset + i) & 0xffL) << (Byte.SIZE * i);
        }
        return sequence;
    }
}
