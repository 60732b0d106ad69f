package dev.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Linux's calls, which return what the kernel does: a number, or an error below 0.
///
/// Addresses are numbers: who passes one holds the memory until the call has returned. One thread
/// at a time, but for those that are unchecked.
///
/// A call that learns the error makes an object for it, which the compiler leaves away only where
/// it sees through the whole call. Packets move through calls that do not learn it; who needs to
/// know calls again.
///
/// The calls are not "critical" ones: a batch of packets takes the kernel up to a tenth of a
/// millisecond, for which a collection must not wait; the change of the thread's state costs one
/// packet in the batch a hundredth.
final class SystemCalls {
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    /// Linked when first used, once.
    @SuppressWarnings("restricted") // Native calls are what this class is for.
    private static final class Linked {
        static final MethodHandle SOCKET = ofInts("socket", 3);
        static final MethodHandle CLOSE = ofInts("close", 1);
        static final MethodHandle EVENTFD = ofInts("eventfd", 2);
        static final MethodHandle BIND =
                link("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
        static final MethodHandle GETSOCKNAME =
                link(
                        "getsockname",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        static final MethodHandle SETSOCKOPT =
                link(
                        "setsockopt",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
        static final MethodHandle GETSOCKOPT =
                link(
                        "getsockopt",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        static final MethodHandle GETSOCKOPT_UNCHECKED =
                linkUnchecked(
                        "getsockopt",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        private static final FunctionDescriptor OF_RECVMMSG =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
        static final MethodHandle RECVMMSG = link("recvmmsg", OF_RECVMMSG);
        static final MethodHandle RECVMMSG_UNCHECKED = linkUnchecked("recvmmsg", OF_RECVMMSG);
        private static final FunctionDescriptor OF_SENDMMSG =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
        static final MethodHandle SENDMMSG = link("sendmmsg", OF_SENDMMSG);
        static final MethodHandle SENDMMSG_UNCHECKED = linkUnchecked("sendmmsg", OF_SENDMMSG);
        static final MethodHandle PPOLL_UNCHECKED =
                linkUnchecked(
                        "ppoll",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        static final MethodHandle READ_UNCHECKED =
                linkUnchecked(
                        "read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
        static final MethodHandle WRITE_UNCHECKED =
                linkUnchecked(
                        "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

        /// Reading it links the others.
        static final String IS_LINKED = String.valueOf("");

        private static MethodHandle ofInts(String name, int arguments) {
            MemoryLayout[] ints = new MemoryLayout[arguments];
            Arrays.fill(ints, JAVA_INT);
            return link(name, FunctionDescriptor.of(JAVA_INT, ints));
        }

        private static MethodHandle link(String name, FunctionDescriptor function) {
            return Linker.nativeLinker()
                    .downcallHandle(
                            symbol(name), function, Linker.Option.captureCallState("errno"));
        }

        private static MethodHandle linkUnchecked(String name, FunctionDescriptor function) {
            return Linker.nativeLinker().downcallHandle(symbol(name), function);
        }

        private static MemorySegment symbol(String name) {
            return Linker.nativeLinker()
                    .defaultLookup()
                    .find(name)
                    .orElseThrow(() ->
                            new UnsupportedOperationException(
                                    "the C library has no function " + name));
        }
    }

    private final MemorySegment state = Arena.ofAuto().allocate(STATE);

    /// {@return why nothing here can be called, empty when it can}
    static String obstacle() {
        try {
            return Linked.IS_LINKED;
        } catch (ExceptionInInitializerError e) {
            return String.valueOf(e.getCause().getMessage());
        } catch (NoClassDefFoundError e) {
            // Asked before, with the same result.
            return "its functions could not be linked: " + e.getMessage();
        }
    }

    int socket(int domain, int type, int protocol) {
        try {
            return checked((int) Linked.SOCKET.invokeExact(state, domain, type, protocol));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int close(int fd) {
        try {
            return checked((int) Linked.CLOSE.invokeExact(state, fd));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int eventfd(int value, int flags) {
        try {
            return checked((int) Linked.EVENTFD.invokeExact(state, value, flags));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int bind(int fd, long address, int bytes) {
        try {
            return checked((int) Linked.BIND.invokeExact(state, fd, address, bytes));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int getsockname(int fd, long address, long bytes) {
        try {
            return checked((int) Linked.GETSOCKNAME.invokeExact(state, fd, address, bytes));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int setsockopt(int fd, int level, int option, long value, int bytes) {
        try {
            return checked(
                    (int) Linked.SETSOCKOPT.invokeExact(state, fd, level, option, value, bytes));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int getsockopt(int fd, int level, int option, long value, long bytes) {
        try {
            return checked(
                    (int) Linked.GETSOCKOPT.invokeExact(state, fd, level, option, value, bytes));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int recvmmsg(int fd, long messages, int count, int flags) {
        try {
            return checked(
                    (int) Linked.RECVMMSG.invokeExact(state, fd, messages, count, flags, 0L));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            return checked((int) Linked.SENDMMSG.invokeExact(state, fd, messages, count, flags));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    // ---- Unchecked: below 0 is an error, but not which one

    static int recvmmsgUnchecked(int fd, long messages, int count, int flags) {
        try {
            return (int) Linked.RECVMMSG_UNCHECKED.invokeExact(fd, messages, count, flags, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int sendmmsgUnchecked(int fd, long messages, int count, int flags) {
        try {
            return (int) Linked.SENDMMSG_UNCHECKED.invokeExact(fd, messages, count, flags);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int ppollUnchecked(long fds, long count, long timeout) {
        try {
            return (int) Linked.PPOLL_UNCHECKED.invokeExact(fds, count, timeout, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int getsockoptUnchecked(int fd, int level, int option, long value, long bytes) {
        try {
            return (int) Linked.GETSOCKOPT_UNCHECKED.invokeExact(fd, level, option, value, bytes);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void readUnchecked(int fd, long target, long bytes) {
        try {
            long _ = (long) Linked.READ_UNCHECKED.invokeExact(fd, target, bytes);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void writeUnchecked(int fd, long source, long bytes) {
        try {
            long _ = (long) Linked.WRITE_UNCHECKED.invokeExact(fd, source, bytes);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private int checked(int result) {
        return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    }

    private static AssertionError impossible(Throwable e) {
        return new AssertionError("a native function throws nothing", e);
    }
}
