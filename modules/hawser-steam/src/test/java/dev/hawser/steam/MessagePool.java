package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Native messages of the double. What is taken and not released shows in [#live()]; a message that
/// is released twice, or was never taken, in [#failures()].
@SuppressWarnings("restricted")
final class MessagePool {
    private static final int STRUCT_BYTES = 216;
    private static final int SHORT_PAYLOAD_BYTES = 64;
    private static final byte RELEASED = (byte) 0xdd;
    private static final Map<Long, MemorySegment> LIVE = new ConcurrentHashMap<>();

    /// Memory of messages that were released, to be taken again: every thread has to stop for the
    /// end of an arena that others may use.
    private static final Queue<MemorySegment> FREE = new ConcurrentLinkedQueue<>();

    private static final AtomicInteger FAILURES = new AtomicInteger();

    private static final MemorySegment RELEASE = release();

    private MessagePool() {}

    /// {@return a message with this content}
    static MemorySegment take(byte[] payload) {
        MemorySegment block = block(payload.length);
        MemorySegment message = block.asSlice(0, STRUCT_BYTES).fill((byte) 0);
        MemorySegment data = block.asSlice(STRUCT_BYTES);
        MemorySegment.copy(payload, 0, data, JAVA_BYTE, 0, payload.length);
        message.set(ADDRESS_UNALIGNED, 0, data);
        message.set(JAVA_INT_UNALIGNED, 8, payload.length);
        message.set(ADDRESS_UNALIGNED, 184, RELEASE);
        LIVE.put(message.address(), block);
        return message;
    }

    private static MemorySegment block(int payloadBytes) {
        if (payloadBytes > SHORT_PAYLOAD_BYTES) {
            return Arena.ofAuto().allocate(STRUCT_BYTES + payloadBytes, 8);
        }
        MemorySegment free = FREE.poll();
        return free != null ? free : Arena.global().allocate(STRUCT_BYTES + SHORT_PAYLOAD_BYTES, 8);
    }

    static int live() {
        return LIVE.size();
    }

    /// The library is gone with its memory.
    static void forgetAll() {
        LIVE.clear();
    }

    static int failures() {
        return FAILURES.get();
    }

    private static MemorySegment release() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .findStatic(
                                            MessagePool.class,
                                            "onRelease",
                                            MethodType.methodType(void.class, MemorySegment.class)),
                            FunctionDescriptor.ofVoid(ADDRESS),
                            Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused")
    private static void onRelease(MemorySegment message) {
        MemorySegment block = LIVE.remove(message.address());
        if (block == null) {
            FAILURES.incrementAndGet();
            return;
        }
        // Whoever reads on is seen to.
        block.fill(RELEASED);
        if (block.byteSize() == STRUCT_BYTES + SHORT_PAYLOAD_BYTES) {
            FREE.add(block);
        }
    }
}
