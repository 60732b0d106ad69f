package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Messages that Steam has handed over and nobody has taken yet, first in, first out: pointers,
/// each of which is released once. Nothing is allocated for a message. One thread.
@SuppressWarnings("restricted") // Reads the messages where they are.
final class HeldMessages {
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final long DATA = SteamLayouts.offset(SteamLayouts.MESSAGE, "data");
    private static final long SIZE = SteamLayouts.offset(SteamLayouts.MESSAGE, "size");
    private static final long CONNECTION = SteamLayouts.offset(SteamLayouts.MESSAGE, "connection");
    private static final long USER_DATA =
            SteamLayouts.offset(SteamLayouts.MESSAGE, "connectionUserData");

    private long[] pointers = new long[16];
    private int first;
    private int count;

    // ---- A message

    static int bytes(long message) {
        return MEMORY.get(JAVA_INT_UNALIGNED, message + SIZE);
    }

    static int connection(long message) {
        return MEMORY.get(JAVA_INT_UNALIGNED, message + CONNECTION);
    }

    /// {@return the lower half of its connection's user data}
    static int own(long message) {
        return (int) MEMORY.get(JAVA_LONG_UNALIGNED, message + USER_DATA);
    }

    /// Copies its content.
    ///
    /// @param buffer of [ByteBuffer#allocate], large enough; afterwards it has the content between
    ///   position and limit, big-endian
    @SuppressWarnings("ByteBufferBackingArray") // A copy by way of the array allocates nothing.
    static void copy(long message, ByteBuffer buffer) {
        int bytes = bytes(message);
        buffer.clear().order(ByteOrder.BIG_ENDIAN).limit(bytes);
        long data = MEMORY.get(JAVA_LONG_UNALIGNED, message + DATA);
        MemorySegment.copy(MEMORY, JAVA_BYTE, data, buffer.array(), 0, bytes);
    }

    // ---- The queue

    /// {@return an array of pointers, for Steam to fill}
    static MemorySegment array(Arena arena, int length) {
        return arena.allocate(ADDRESS_UNALIGNED, length);
    }

    static long pointerAt(MemorySegment array, int index) {
        return array.get(JAVA_LONG_UNALIGNED, index * JAVA_LONG.byteSize());
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    void add(long message) {
        if (count == pointers.length) {
            long[] more = new long[2 * count];
            for (int i = 0; i < count; i++) {
                more[i] = pointers[(first + i) % count];
            }
            pointers = more;
            first = 0;
        }
        pointers[(first + count) % pointers.length] = message;
        count++;
    }

    /// {@return the oldest, which stays; there must be one}
    long oldest() {
        return pointers[first];
    }

    /// {@return the oldest, which is the caller's to release; there must be one}
    long take() {
        long message = pointers[first];
        first = (first + 1) % pointers.length;
        count--;
        return message;
    }

    void releaseAll(SteamFlat flat) {
        while (count > 0) {
            flat.releaseMessage(take());
        }
    }

    /// Steam is gone, and its memory with it.
    void forgetAll() {
        first = 0;
        count = 0;
    }
}
