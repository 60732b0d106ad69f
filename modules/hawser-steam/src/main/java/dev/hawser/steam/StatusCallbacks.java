package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.hawser.steam.SteamLayouts.Packing;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Takes the status callbacks of all connections made by this library.
///
/// There is one function for the whole process, and it stays until the process ends: Steam keeps
/// pointers to it in callbacks that wait, so one that goes away with a socket would be called after
/// it. Whose a connection is stands in its user data: listeners have a number each, in the upper
/// half; the lower half is the listener's own.
@SuppressWarnings("restricted") // Native access is what this is for.
final class StatusCallbacks {
    /// What the user data of connections of nobody here has in its upper half: Steam's default is
    /// −1, and a game may have its own numbers.
    private static final int FIRST_NUMBER = 0x4a77_0000;

    private static final StructLayout LAYOUT =
            SteamLayouts.statusChange(Packing.ofSystem(System.getProperty("os.name", "")));
    private static final long CONNECTION = SteamLayouts.offset(LAYOUT, "connection");
    private static final long INFO = SteamLayouts.offset(LAYOUT, "info");
    private static final long USER_DATA = SteamLayouts.offset(SteamLayouts.INFO, "userData");
    private static final long STATE = SteamLayouts.offset(SteamLayouts.INFO, "state");
    private static final long LISTEN_SOCKET =
            SteamLayouts.offset(SteamLayouts.INFO, "listenSocket");
    private static final long END_REASON = SteamLayouts.offset(SteamLayouts.INFO, "endReason");
    private static final long END_DEBUG = SteamLayouts.offset(SteamLayouts.INFO, "endDebug");
    private static final long END_DEBUG_BYTES =
            SteamLayouts.INFO.select(MemoryLayout.PathElement.groupElement("endDebug")).byteSize();
    private static final long IDENTITY = SteamLayouts.offset(SteamLayouts.INFO, "identity");
    private static final long ADDRESS = SteamLayouts.offset(SteamLayouts.INFO, "address");

    private static final Map<Integer, Consumer<StatusChange>> LISTENERS = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(FIRST_NUMBER);
    private static final AtomicLong FAILURES = new AtomicLong();

    /// The function, as Steam knows it.
    static final MemorySegment POINTER = pointer();

    private StatusCallbacks() {}

    /// Adds a listener, which is called by whoever runs the callbacks: it only takes down what it
    /// hears, and calls nothing of Steam.
    ///
    /// @return its number
    static int add(Consumer<StatusChange> listener) {
        int number = NEXT_NUMBER.getAndIncrement();
        while (LISTENERS.putIfAbsent(number, listener) != null) {
            number = NEXT_NUMBER.getAndIncrement();
        }
        return number;
    }

    static void remove(int number) {
        LISTENERS.remove(number);
    }

    /// {@return the user data of a connection of this listener}
    ///
    /// @param own the listener's 32 bits
    static long userData(int number, int own) {
        return (long) number << Integer.SIZE | Integer.toUnsignedLong(own);
    }

    /// {@return how many callbacks have failed in this process}
    static long failures() {
        return FAILURES.get();
    }

    static int listeners() {
        return LISTENERS.size();
    }

    private static MemorySegment pointer() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .findStatic(
                                            StatusCallbacks.class,
                                            "onStatusChanged",
                                            MethodType.methodType(void.class, MemorySegment.class)),
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS),
                            Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Called by native code, to which nothing may be thrown: that would end the process.
    @SuppressWarnings("unused")
    private static void onStatusChanged(MemorySegment pointer) {
        try {
            MemorySegment callback = pointer.reinterpret(LAYOUT.byteSize());
            MemorySegment info = callback.asSlice(INFO, SteamLayouts.INFO.byteSize());
            long userData = info.get(JAVA_LONG_UNALIGNED, USER_DATA);
            Consumer<StatusChange> listener = LISTENERS.get((int) (userData >>> Integer.SIZE));
            if (listener != null) {
                listener.accept(read(callback.get(JAVA_INT_UNALIGNED, CONNECTION), info));
            }
        } catch (Throwable _) {
            FAILURES.incrementAndGet();
        }
    }

    /// @param info a `SteamNetConnectionInfo_t`
    static StatusChange read(int connection, MemorySegment info) {
        return new StatusChange(
                connection,
                info.get(JAVA_INT_UNALIGNED, STATE),
                info.get(JAVA_INT_UNALIGNED, LISTEN_SOCKET),
                info.get(JAVA_INT_UNALIGNED, END_REASON),
                SteamLayouts.text(info.asSlice(END_DEBUG, END_DEBUG_BYTES)),
                SteamLayouts.readIdentity(info.asSlice(IDENTITY, SteamLayouts.IDENTITY.byteSize())),
                SteamLayouts.readAddress(info.asSlice(ADDRESS, SteamLayouts.ADDRESS.byteSize())));
    }
}
