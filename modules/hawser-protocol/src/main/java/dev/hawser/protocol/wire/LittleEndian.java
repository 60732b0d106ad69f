package dev.hawser.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Integers as netcode writes them: little-endian, at absolute byte offsets of a buffer, whatever
/// the buffer's own byte order is. Position and limit of the buffer stay as they are.
///
/// An offset outside `0..limit` throws [IndexOutOfBoundsException]: sizes are checked before.
public final class LittleEndian {
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    /// {@return the two bytes at `offset`; a u16 is `Short.toUnsignedInt` of it}
    public static short getShort(ByteBuffer buffer, int offset) {
        return (short) SHORTS.get(buffer, offset);
    }

    /// {@return the four bytes at `offset`}
    public static int getInt(ByteBuffer buffer, int offset) {
        return (int) INTS.get(buffer, offset);
    }

    /// {@return the eight bytes at `offset`}
    public static long getLong(ByteBuffer buffer, int offset) {
        return (long) LONGS.get(buffer, offset);
    }

    /// Writes two bytes at `offset`.
    public static void putShort(ByteBuffer buffer, int offset, short value) {
        SHORTS.set(buffer, offset, value);
    }

    /// Writes four bytes at `offset`.
    public static void putInt(ByteBuffer buffer, int offset, int value) {
        INTS.set(buffer, offset, value);
    }

    /// Writes eight bytes at `offset`.
    public static void putLong(ByteBuffer buffer, int offset, long value) {
        LONGS.set(buffer, offset, value);
    }
}
