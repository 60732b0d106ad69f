package dev.hawser.benchmarks.moves;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// The calls of Linux's C library that make a router in user space, and put a thread into a network
/// namespace. Numbers are those of x86_64 and aarch64.
@SuppressWarnings("restricted") // It is started with native access.
final class Libc {
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int CLONE_NEWNET = 0x4000_0000;

    private static final long TUNSETIFF = 0x4004_54caL;
    private static final short IFF_TUN_NO_PI = 0x1001;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF_STATE =
            STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IOCTL =
            variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SETNS =
            plain("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            plain("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            plain("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            plain("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private Libc() {}

    private static MethodHandle plain(String name, FunctionDescriptor descriptor) {
        MemorySegment function = LINKER.defaultLookup().findOrThrow(name);
        return LINKER.downcallHandle(function, descriptor, ERRNO);
    }

    /// A function whose fixed arguments are the first two.
    private static MethodHandle variadic(String name, FunctionDescriptor descriptor) {
        MemorySegment function = LINKER.defaultLookup().findOrThrow(name);
        return descriptor.argumentLayouts().size() > 2
                ? LINKER.downcallHandle(
                        function, descriptor, ERRNO, Linker.Option.firstVariadicArg(2))
                : LINKER.downcallHandle(function, descriptor, ERRNO);
    }

    /// Puts the calling thread into the network namespace of a process, for good.
    static void enterNetworkOf(long pid) throws IOException {
        int file = open(Path.of("/proc/" + pid + "/ns/net"), O_RDONLY);
        call("setns", state -> (int) SETNS.invokeExact(state, file, CLONE_NEWNET));
        close(file);
    }

    /// {@return a new network interface of the calling thread's namespace, whose packets this
    /// process reads and writes}
    static int openInterface(String name) throws IOException {
        int file = open(Path.of("/dev/net/tun"), O_RDWR);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_BYTES);
            request.setString(0, name);
            request.set(JAVA_SHORT, IFREQ_FLAGS, IFF_TUN_NO_PI);
            call("ioctl", state -> (int) IOCTL.invokeExact(state, file, TUNSETIFF, request));
        }
        return file;
    }

    /// Waits for a packet.
    static int read(int file, MemorySegment target) throws IOException {
        return (int)
                call(
                        "read",
                        state -> (long) READ.invokeExact(state, file, target, target.byteSize()));
    }

    static void write(int file, MemorySegment packet) throws IOException {
        call("write", state -> (long) WRITE.invokeExact(state, file, packet, packet.byteSize()));
    }

    static void close(int file) throws IOException {
        call("close", state -> (int) CLOSE.invokeExact(state, file));
    }

    private static int open(Path path, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int)
                    call("open of " + path, state -> (int) OPEN.invokeExact(state, name, flags));
        }
    }

    /// A call, whose errno stands in `state` afterwards.
    private interface Call {
        long make(MemorySegment state) throws Throwable;
    }

    private static long call(String what, Call call) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = call.make(state);
            if (result < 0) {
                throw new IOException(what + ": errno " + (int) ERRNO_OF_STATE.get(state, 0L));
            }
            return result;
        } catch (IOException | RuntimeException | Error expected) {
            throw expected;
        } catch (Throwable impossible) {
            throw new AssertionError("a native call threw", impossible);
        }
    }
}
