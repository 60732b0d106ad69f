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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Native messages of the double. What is taken and not released shows in [#live()]; a message that
/// is released twice, or was never taken, in [#failures()].
@SuppressWarnings("restricted")
final class MessagePool {
    private static final int STRUCT_BYTES = 216;
    private static final Map<Long, Arena> LIVE = new ConcurrentHashMap<>();
    private static final AtomicInteger FAILURES = new AtomicInteger();

    private static final MemorySegment RELEASE = release();

    private MessagePool() {}

    /// {@return a message with this content}
    @SuppressWarnings("MustBeClosedChecker") // Closed by its release.
    static MemorySegment take(byte[] payload) {
        Arena arena = Arena.ofShared();
        MemorySegment message = arena.allocate(STRUCT_BYTES, 8);
        MemorySegment data = arena.allocate(Math.max(1, payload.length));
        MemorySegment.copy(payload, 0, data, JAVA_BYTE, 0, payload.length);
        message.set(ADDRESS_UNALIGNED, 0, data);
        message.set(JAVA_INT_UNALIGNED, 8, payload.length);
        message.set(ADDRESS_UNALIGNED, 184, RELEASE);
        LIVE.put(message.address(), arena);
        return message;
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
        Arena arena = LIVE.remove(message.address());
        if (arena == null) {
            FAILURES.incrementAndGet();
        } else {
            arena.close();
        }
    }
}
