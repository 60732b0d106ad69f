package dev.hawser.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Memory that native code may read and write, as a buffer and as a number.
///
/// It belongs to the garbage collector: a view that somebody kept shows old bytes, and never memory
/// that is somebody else's by then. Whoever hands [#address()] to native code holds this object
/// until the call has returned.
final class NativeMemory {
    private final ByteBuffer buffer;
    private final long address;

    NativeMemory(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        address = MemorySegment.ofBuffer(buffer).address();
    }

    /// {@return all of it, in the machine's order of bytes}
    ByteBuffer buffer() {
        return buffer;
    }

    /// {@return all of it as a segment}
    MemorySegment segment() {
        return MemorySegment.ofBuffer(buffer);
    }

    /// {@return a part of it, from 0 to its own limit}
    ByteBuffer view(int offset, int bytes) {
        return buffer.slice(offset, bytes);
    }

    /// {@return where a byte of it is, for native code}
    long address(int offset) {
        return address + offset;
    }
}
