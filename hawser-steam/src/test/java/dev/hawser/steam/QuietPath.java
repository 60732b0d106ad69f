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
/// One for a process at a time, on one thread.
@SuppressWarnings("restricted")
final class QuietPath implements AutoCloseable {
    private static final int MESSAGES = 256;
    private static final int STRUCT_BYTES = 216;
    private static final int PAYLOAD_BYTES = 1200;
    private static final int SLOTS = 47;
    private static final int PING_MILLIS = 42;

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Who has which handle, and who is at the other end.
    private static final int[] HANDLE = new int[16];

    private static final int[] OTHER_END = new int[16];
    private static final long[] OTHER_SELF = new long[16];
    private static final long[] OTHER_USER_DATA = new long[16];

    private static final long[] FREE = new long[MESSAGES];
    private static final long[] WAITING = new long[MESSAGES];
    private static final long[] WAITING_SELF = new long[MESSAGES];
    private static int connections;
    private static int free;
    private static int waiting;
    private static long sent;

    private final Arena arena = Arena.ofShared();

    /// Takes over all connections of these processes, which are connected.
    QuietPath(List<LoopbackSteam> steams) {
        connections = 0;
        free = 0;
        waiting = 0;
        sent = 0;
        MemorySegment release = stub("release", void.class, long.class);
        for (int i = 0; i < MESSAGES; i++) {
            MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
            struct.set(JAVA_LONG_UNALIGNED, 0, arena.allocate(PAYLOAD_BYTES, 8).address());
            struct.set(JAVA_LONG_UNALIGNED, 184, release.address());
            FREE[free++] = struct.address();
        }
        for (LoopbackSteam steam : steams) {
            for (Connection connection : steam.connections()) {
                HANDLE[connections] = connection.handle;
                OTHER_END[connections] = connection.peer.handle;
                OTHER_SELF[connections] = connection.peer.owner.socketsAddress();
                OTHER_USER_DATA[connections] = connection.peer.userData;
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
                        "send",
                        int.class,
                        pointer,
                        int.class,
                        pointer,
                        int.class,
                        int.class,
                        pointer));
        table.setAtIndex(ADDRESS, 13, stub("flush", int.class, pointer, int.class));
        MemorySegment receive =
                stub("receive", int.class, pointer, int.class, pointer, int.class);
        table.setAtIndex(ADDRESS, 14, receive);
        table.setAtIndex(
                ADDRESS,
                16,
                stub("status", int.class, pointer, int.class, pointer, int.class, pointer));
        table.setAtIndex(ADDRESS, 27, receive);
        table.setAtIndex(ADDRESS, 41, stub("runCallbacks", void.class, pointer));
        self.set(ADDRESS, 0, table);
    }

    /// {@return how many payloads have gone this way, and messages without content}
    long sent() {
        return sent;
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
                            .findStatic(
                                    QuietPath.class, name, MethodType.methodType(result, arguments));
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
    private static int send(
            long self, int connection, long data, int bytes, int flags, long number) {
        for (int i = 0; i < connections; i++) {
            if (HANDLE[i] == connection) {
                if (free == 0) {
                    return LoopbackNetwork.LIMIT_EXCEEDED;
                }
                free--;
                long message = FREE[free];
                long content = MEMORY.get(JAVA_LONG_UNALIGNED, message);
                MemorySegment.copy(MEMORY, JAVA_BYTE, data, MEMORY, JAVA_BYTE, content, bytes);
                MEMORY.set(JAVA_INT_UNALIGNED, message + 8, bytes);
                MEMORY.set(JAVA_INT_UNALIGNED, message + 12, OTHER_END[i]);
                MEMORY.set(JAVA_LONG_UNALIGNED, message + 152, OTHER_USER_DATA[i]);
                WAITING[waiting] = message;
                WAITING_SELF[waiting] = OTHER_SELF[i];
                waiting++;
                sent++;
                return LoopbackNetwork.OK;
            }
        }
        return LoopbackNetwork.NO_CONNECTION;
    }

    @SuppressWarnings("unused")
    private static int flush(long self, int connection) {
        return LoopbackNetwork.OK;
    }

    /// From a connection or from a poll group: each process has all of its own in one.
    @SuppressWarnings("unused")
    private static int receive(long self, int from, long array, int max) {
        int count = 0;
        int left = 0;
        for (int i = 0; i < waiting; i++) {
            if (WAITING_SELF[i] == self && count < max) {
                MEMORY.set(JAVA_LONG_UNALIGNED, array + 8L * count, WAITING[i]);
                count++;
            } else {
                WAITING[left] = WAITING[i];
                WAITING_SELF[left] = WAITING_SELF[i];
                left++;
            }
        }
        waiting = left;
        return count;
    }

    @SuppressWarnings("unused")
    private static int status(long self, int connection, long status, int lanes, long laneArray) {
        MEMORY.set(JAVA_INT_UNALIGNED, status + 4, PING_MILLIS);
        return LoopbackNetwork.OK;
    }

    @SuppressWarnings("unused")
    private static void runCallbacks(long self) {}

    @SuppressWarnings("unused")
    private static void release(long message) {
        FREE[free] = message;
        free++;
    }
}
