package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.hawser.steam.LoopbackNetwork.Connection;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/// Another way for the payloads of connections that the double has made: through memory that is
/// there beforehand, by functions that have no objects in their signatures. Nothing is allocated on
/// it, so that what a test measures is Hawser's.
///
/// It is taken by changing the tables of virtual functions; Valve's library goes on calling them.
/// One thread.
@SuppressWarnings("restricted")
final class QuietPath implements AutoCloseable {
    private static final int MESSAGES = 256;
    private static final int STRUCT_BYTES = 216;
    private static final int PAYLOAD_BYTES = 1200;
    private static final int SLOTS = 47;
    private static final int PING_MILLIS = 42;

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Who has which handle, and who is at the other end.
    private final int[] handles = new int[16];

    private final int[] otherEnds = new int[16];
    private final long[] otherSelves = new long[16];
    private final long[] otherUserData = new long[16];

    private final long[] freeMessages = new long[MESSAGES];
    private final long[] waitingMessages = new long[MESSAGES];
    private final long[] waitingSelves = new long[MESSAGES];
    private int connections;
    private int free;
    private int waiting;

    private final Arena arena = Arena.ofShared();

    /// Takes over all connections of these processes, which are connected.
    QuietPath(List<LoopbackSteam> steams) {
        MemorySegment release = stub("release", void.class, long.class);
        for (int i = 0; i < MESSAGES; i++) {
            MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
            struct.set(JAVA_LONG_UNALIGNED, 0, arena.allocate(PAYLOAD_BYTES, 8).address());
            struct.set(JAVA_LONG_UNALIGNED, 184, release.address());
            freeMessages[free++] = struct.address();
        }
        for (LoopbackSteam steam : steams) {
            for (Connection connection : steam.connections()) {
                handles[connections] = connection.handle;
                otherEnds[connections] = connection.peer.handle;
                otherSelves[connections] = connection.peer.owner.socketsAddress();
                otherUserData[connections] = connection.peer.userData;
                connections++;
            }
            redirect(steam);
        }
    }

    private void redirect(LoopbackSteam steam) {
        MemorySegment self = MemorySegment.ofAddress(steam.socketsAddress()).reinterpret(8);
        MemorySegment table = arena.allocate(ADDRESS, SLOTS);
        table.copyFrom(self.get(ADDRESS, 0).reinterpret(SLOTS * ADDRESS.byteSize()));
        Class<?> pointer = long.class;
        table.setAtIndex(
                ADDRESS,
                11,
                stub(
                        "send", int.class, pointer, int.class, pointer, int.class, int.class,
                        pointer));
        table.setAtIndex(ADDRESS, 13, stub("flush", int.class, pointer, int.class));
        MemorySegment receive = stub("receive", int.class, pointer, int.class, pointer, int.class);
        table.setAtIndex(ADDRESS, 14, receive);
        table.setAtIndex(
                ADDRESS,
                16,
                stub("status", int.class, pointer, int.class, pointer, int.class, pointer));
        table.setAtIndex(ADDRESS, 27, receive);
        table.setAtIndex(ADDRESS, 41, stub("runCallbacks", void.class, pointer));
        self.set(ADDRESS, 0, table);
    }

    /// {@return how many messages Hawser has and has not given back}
    int unreleased() {
        return MESSAGES - free - waiting;
    }

    @Override
    public void close() {
        arena.close();
    }

    private MemorySegment stub(String name, Class<?> result, Class<?>... arguments) {
        try {
            MethodHandle handle =
                    MethodHandles.lookup()
                            .findVirtual(
                                    QuietPath.class, name, MethodType.methodType(result, arguments))
                            .bindTo(this);
            MemoryLayout[] layouts = new MemoryLayout[arguments.length];
            for (int i = 0; i < layouts.length; i++) {
                layouts[i] = arguments[i] == long.class ? JAVA_LONG : JAVA_INT;
            }
            return Linker.nativeLinker()
                    .upcallStub(
                            handle,
                            result == void.class
                                    ? FunctionDescriptor.ofVoid(layouts)
                                    : FunctionDescriptor.of(JAVA_INT, layouts),
                            arena);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a function cannot be made", e);
        }
    }

    // ---- Called by native code

    @SuppressWarnings("unused")
    private int send(long self, int connection, long data, int bytes, int flags, long number) {
        for (int i = 0; i < connections; i++) {
            if (handles[i] == connection) {
                if (free == 0) {
                    return LoopbackNetwork.LIMIT_EXCEEDED;
                }
                free--;
                long message = freeMessages[free];
                long content = MEMORY.get(JAVA_LONG_UNALIGNED, message);
                MemorySegment.copy(MEMORY, JAVA_BYTE, data, MEMORY, JAVA_BYTE, content, bytes);
                MEMORY.set(JAVA_INT_UNALIGNED, message + 8, bytes);
                MEMORY.set(JAVA_INT_UNALIGNED, message + 12, otherEnds[i]);
                MEMORY.set(JAVA_LONG_UNALIGNED, message + 152, otherUserData[i]);
                waitingMessages[waiting] = message;
                waitingSelves[waiting] = otherSelves[i];
                waiting++;
                return LoopbackNetwork.OK;
            }
        }
        return LoopbackNetwork.NO_CONNECTION;
    }

    @SuppressWarnings("unused")
    private int flush(long self, int connection) {
        return LoopbackNetwork.OK;
    }

    /// From a connection or from a poll group: each process has all of its own in one.
    @SuppressWarnings("unused")
    private int receive(long self, int from, long array, int max) {
        int count = 0;
        int left = 0;
        for (int i = 0; i < waiting; i++) {
            if (waitingSelves[i] == self && count < max) {
                MEMORY.set(JAVA_LONG_UNALIGNED, array + 8L * count, waitingMessages[i]);
                count++;
            } else {
                waitingMessages[left] = waitingMessages[i];
                waitingSelves[left] = waitingSelves[i];
                left++;
            }
        }
        waiting = left;
        return count;
    }

    @SuppressWarnings("unused")
    private int status(long self, int connection, long status, int lanes, long laneArray) {
        MEMORY.set(JAVA_INT_UNALIGNED, status + 4, PING_MILLIS);
        return LoopbackNetwork.OK;
    }

    @SuppressWarnings("unused")
    private void runCallbacks(long self) {}

    @SuppressWarnings("unused")
    private void release(long message) {
        freeMessages[free] = message;
        free++;
    }
}
