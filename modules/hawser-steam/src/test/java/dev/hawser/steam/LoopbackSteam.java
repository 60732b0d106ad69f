package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.hawser.protocol.NetAddress;
import dev.hawser.steam.LoopbackNetwork.Connection;
import dev.hawser.steam.LoopbackNetwork.ListenSocket;
import dev.hawser.steam.LoopbackNetwork.Message;
import dev.hawser.steam.LoopbackNetwork.StateCallback;
import dev.hawser.steam.SteamLayouts.Packing;
import dev.hawser.steam.Vtable.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/// One process on a [LoopbackNetwork]: its `ISteamNetworkingSockets` and `ISteamNetworkingUtils`,
/// called by Valve's real library through tables of virtual functions.
///
/// It translates between bytes and objects, with offsets of its own where a mistake in those of
/// [SteamLayouts] would hide; what the network does is in [LoopbackNetwork].
@SuppressWarnings("restricted")
final class LoopbackSteam implements AutoCloseable {
    private static final Vtable<LoopbackSteam> SOCKETS = new Vtable<>(LoopbackSteam.class, 47);
    private static final Vtable<Utils> UTILS = new Vtable<>(Utils.class, 23);

    private static final MethodHandle CALLBACK =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ADDRESS));

    private static final int EXPECTED_OPTION_BYTES = 16;
    private static final StructLayout STATUS_CHANGE =
            SteamLayouts.statusChange(Packing.ofSystem(System.getProperty("os.name")));

    private final LoopbackNetwork network;
    private final SteamIdentity identity;
    private final NetAddress host;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment sockets = SOCKETS.add(this, arena);
    private final Utils utils = new Utils();
    private final MemorySegment utilsPointer = UTILS.add(utils, arena);
    private final Queue<StateCallback> callbacks = new ArrayDeque<>();
    private final Map<Integer, List<Connection>> pollGroups = new HashMap<>();

    final SteamApi api;

    /// What was set for everybody, by key.
    final Map<Integer, Double> globals = new TreeMap<>();

    /// What was set for connections later than when they were made, by handle and key.
    final Map<Integer, Map<Integer, Integer>> laterOptions = new HashMap<>();

    /// What the status of every connection says.
    int unacknowledgedBytes;

    /// How often contact with the relays was asked for.
    int relayInits;

    /// While they are, messages overtake them: the library has threads of its own.
    boolean areCallbacksHeld;

    private volatile boolean isShutDown;

    LoopbackSteam(LoopbackNetwork network, SteamIdentity identity, NetAddress host) {
        this.network = network;
        this.identity = identity;
        this.host = host;
        try {
            api =
                    SteamApi.of(
                            ValveLibraries.ofThisSystem(),
                            () -> isShutDown ? MemorySegment.NULL : sockets,
                            utilsPointer);
        } catch (SteamUnavailableException e) {
            throw new AssertionError(e);
        }
    }

    static long failures() {
        return SOCKETS.failures() + UTILS.failures();
    }

    SteamIdentity identity() {
        return identity;
    }

    NetAddress host() {
        return host;
    }

    /// {@return the flat functions of these objects}
    SteamFlat flat() {
        return api.flat();
    }

    List<Connection> connections() {
        return network.connectionsOf(this);
    }

    /// {@return where its `ISteamNetworkingSockets` is}
    long socketsAddress() {
        return sockets.address();
    }

    int pollGroups() {
        return pollGroups.size();
    }

    void pollGroupsAreGone() {
        pollGroups.clear();
    }

    /// Steam is shut down, whoever uses it.
    void shutDown() {
        isShutDown = true;
    }

    /// The process is gone, without a word.
    void crash() {
        network.crash(this);
    }

    @Override
    public void close() {
        SOCKETS.remove(sockets);
        UTILS.remove(utilsPointer);
        arena.close();
    }

    void post(StateCallback callback) {
        callbacks.add(callback);
    }

    // ---- ISteamNetworkingSockets

    @Slot(0)
    int createListenSocketIp(MemorySegment address, int options, MemorySegment array) {
        NetAddress local = SteamLayouts.readAddress(address.reinterpret(18));
        return network.listen(this, local.port(), -1, options(options, array));
    }

    @Slot(1)
    int connectByIpAddress(MemorySegment address, int options, MemorySegment array) {
        NetAddress to = SteamLayouts.readAddress(address.reinterpret(18));
        return network.connect(this, to, null, -1, options(options, array));
    }

    @Slot(2)
    int createListenSocketP2p(int virtualPort, int options, MemorySegment array) {
        return network.listen(this, -1, virtualPort, options(options, array));
    }

    @Slot(3)
    int connectP2p(MemorySegment peer, int virtualPort, int options, MemorySegment array) {
        SteamIdentity to = SteamLayouts.readIdentity(peer.reinterpret(136));
        return network.connect(this, null, to, virtualPort, options(options, array));
    }

    @Slot(4)
    int acceptConnection(int connection) {
        return network.accept(this, connection);
    }

    @Slot(5)
    boolean closeConnection(int connection, int code, MemorySegment text, boolean lingers) {
        String words = textOf(text, 128);
        // As the library does.
        return network.close(
                this,
                connection,
                code == 0 ? 1000 : code,
                words.isEmpty() ? "Application closed connection" : words,
                lingers);
    }

    @Slot(6)
    boolean closeListenSocket(int listenSocket) {
        return network.closeListenSocket(this, listenSocket);
    }

    @Slot(7)
    boolean setConnectionUserData(int handle, long userData) {
        Connection connection = network.connection(this, handle);
        if (connection == null) {
            return false;
        }
        connection.userData = userData;
        return true;
    }

    @Slot(11)
    int sendMessageToConnection(
            int connection, MemorySegment data, int bytes, int flags, MemorySegment number) {
        byte[] payload = data.reinterpret(bytes).toArray(JAVA_BYTE);
        return network.send(this, connection, payload, flags);
    }

    @Slot(13)
    int flushMessagesOnConnection(int connection) {
        return network.flush(this, connection);
    }

    @Slot(14)
    int receiveMessagesOnConnection(int handle, MemorySegment messages, int max) {
        Connection connection = network.connection(this, handle);
        if (connection == null) {
            return -1;
        }
        MemorySegment array = messages.reinterpret(8L * max);
        int count = 0;
        while (count < max && !connection.received.isEmpty()) {
            array.setAtIndex(ADDRESS, count, message(connection, connection.received.remove()));
            count++;
        }
        return count;
    }

    @Slot(15)
    boolean connectionInfo(int handle, MemorySegment info) {
        Connection connection = network.connection(this, handle);
        if (connection == null) {
            return false;
        }
        writeInfo(info.reinterpret(696), connection, connection.state);
        return true;
    }

    @Slot(16)
    int connectionRealTimeStatus(
            int handle, MemorySegment status, int lanes, MemorySegment laneArray) {
        Connection connection = network.connection(this, handle);
        if (connection == null) {
            return 3;
        }
        MemorySegment struct = status.reinterpret(120).fill((byte) 0);
        struct.set(JAVA_INT_UNALIGNED, 0, connection.state);
        struct.set(JAVA_INT_UNALIGNED, 4, 42);
        struct.set(JAVA_FLOAT_UNALIGNED, 8, 0.75f);
        struct.set(JAVA_FLOAT_UNALIGNED, 12, 0.5f);
        struct.set(JAVA_FLOAT_UNALIGNED, 16, 10);
        struct.set(JAVA_FLOAT_UNALIGNED, 20, 1000);
        struct.set(JAVA_FLOAT_UNALIGNED, 24, 20);
        struct.set(JAVA_FLOAT_UNALIGNED, 28, 2000);
        struct.set(JAVA_INT_UNALIGNED, 32, 262_144);
        struct.set(JAVA_INT_UNALIGNED, 36, connection.pendingUnreliable);
        struct.set(JAVA_INT_UNALIGNED, 40, connection.pendingReliable);
        struct.set(JAVA_INT_UNALIGNED, 44, unacknowledgedBytes);
        struct.set(JAVA_LONG_UNALIGNED, 48, 1500);
        struct.set(JAVA_INT_UNALIGNED, 56, 250);
        return 1;
    }

    @Slot(18)
    boolean listenSocketAddress(int handle, MemorySegment address) {
        ListenSocket listenSocket = network.listenSocket(this, handle);
        if (listenSocket == null || listenSocket.port() < 0) {
            return false;
        }
        SteamLayouts.writeAddress(address.reinterpret(18), host.withPort(listenSocket.port()));
        return true;
    }

    @Slot(21)
    boolean identity(MemorySegment struct) {
        SteamLayouts.writeIdentity(struct.reinterpret(136), identity);
        return !(identity instanceof SteamIdentity.Anonymous);
    }

    @Slot(24)
    int createPollGroup() {
        int handle = network.nextHandle();
        pollGroups.put(handle, new ArrayList<>());
        return handle;
    }

    @Slot(25)
    boolean destroyPollGroup(int pollGroup) {
        List<Connection> members = pollGroups.remove(pollGroup);
        if (members == null) {
            return false;
        }
        members.forEach(connection -> connection.pollGroup = 0);
        return true;
    }

    @Slot(26)
    boolean setConnectionPollGroup(int handle, int pollGroup) {
        Connection connection = network.connection(this, handle);
        if (connection == null || (pollGroup != 0 && !pollGroups.containsKey(pollGroup))) {
            return false;
        }
        leavePollGroup(connection);
        connection.pollGroup = pollGroup;
        if (pollGroup != 0) {
            pollGroups.get(pollGroup).add(connection);
        }
        return true;
    }

    void leavePollGroup(Connection connection) {
        List<Connection> members = pollGroups.get(connection.pollGroup);
        if (members != null) {
            members.remove(connection);
        }
    }

    @Slot(27)
    int receiveMessagesOnPollGroup(int pollGroup, MemorySegment messages, int max) {
        List<Connection> members = pollGroups.get(pollGroup);
        if (members == null) {
            return -1;
        }
        MemorySegment array = messages.reinterpret(8L * max);
        int count = 0;
        while (count < max) {
            // As the library does: in the order in which they came, whoever they are from.
            Connection oldest = null;
            for (Connection member : members) {
                if (!member.received.isEmpty()
                        && (oldest == null
                                || member.received.peek().number()
                                        < oldest.received.peek().number())) {
                    oldest = member;
                }
            }
            if (oldest == null) {
                return count;
            }
            array.setAtIndex(ADDRESS, count, message(oldest, oldest.received.remove()));
            count++;
        }
        return count;
    }

    @Slot(41)
    void runCallbacks() {
        network.passTime();
        if (areCallbacksHeld) {
            return;
        }
        for (int i = callbacks.size(); i > 0; i--) {
            StateCallback callback = callbacks.remove();
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment struct = scratch.allocate(STATUS_CHANGE);
                struct.set(JAVA_INT_UNALIGNED, 0, callback.connection().handle);
                long info = STATUS_CHANGE.byteSize() == 704 ? 4 : 8;
                writeInfo(struct.asSlice(info, 696), callback.connection(), callback.newState());
                struct.set(JAVA_INT_UNALIGNED, info + 696, callback.oldState());
                call(callback.connection().callback, struct);
            }
        }
    }

    private static void call(MemorySegment function, MemorySegment struct) {
        if (function.equals(MemorySegment.NULL)) {
            return;
        }
        try {
            CALLBACK.invokeExact(function, struct);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    // ---- Structs

    private void writeInfo(MemorySegment info, Connection connection, int state) {
        SteamLayouts.writeIdentity(info.asSlice(0, 136), connection.remoteIdentity());
        info.set(JAVA_LONG_UNALIGNED, 136, connection.userData);
        info.set(JAVA_INT_UNALIGNED, 144, connection.listenSocket);
        if (connection.remoteAddress != null) {
            SteamLayouts.writeAddress(info.asSlice(148, 18), connection.remoteAddress);
        }
        info.set(JAVA_INT_UNALIGNED, 176, state);
        info.set(JAVA_INT_UNALIGNED, 180, connection.endReason);
        byte[] text = connection.endText.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(text, 0, info, JAVA_BYTE, 184, Math.min(text.length, 127));
    }

    private MemorySegment message(Connection connection, Message message) {
        MemorySegment struct = MessagePool.take(message.payload());
        struct.set(JAVA_INT_UNALIGNED, 12, connection.handle);
        SteamLayouts.writeIdentity(struct.asSlice(16, 136), connection.remoteIdentity());
        struct.set(JAVA_LONG_UNALIGNED, 152, connection.userData);
        struct.set(JAVA_LONG_UNALIGNED, 168, message.number());
        struct.set(JAVA_INT_UNALIGNED, 196, message.flags());
        return struct;
    }

    /// {@return options by key: numbers, and for the callback its address}
    private static Map<Integer, Long> options(int count, MemorySegment array) {
        Map<Integer, Long> options = new HashMap<>();
        MemorySegment all = array.reinterpret((long) EXPECTED_OPTION_BYTES * count);
        for (int i = 0; i < count; i++) {
            MemorySegment option = all.asSlice((long) EXPECTED_OPTION_BYTES * i, 16);
            long value =
                    switch (option.get(JAVA_INT_UNALIGNED, 4)) {
                        case 1 -> option.get(JAVA_INT_UNALIGNED, 8);
                        case 2 -> option.get(JAVA_LONG_UNALIGNED, 8);
                        case 5 -> option.get(ADDRESS_UNALIGNED, 8).address();
                        default -> throw new AssertionError("an option of another type");
                    };
            options.put(option.get(JAVA_INT_UNALIGNED, 0), value);
        }
        return options;
    }

    private static String textOf(MemorySegment text, int bytesMax) {
        return text.equals(MemorySegment.NULL) ? "" : text.reinterpret(bytesMax).getString(0);
    }

    /// `ISteamNetworkingUtils`.
    @SuppressWarnings("UnusedMethod") // Called by native code.
    final class Utils {
        @Slot(1)
        int relayNetworkStatus(MemorySegment details) {
            return relayInits > 0 ? 100 : 1;
        }

        @Slot(7)
        boolean checkPingDataUpToDate(float maxAgeSeconds) {
            relayInits++;
            return false;
        }

        @Slot(16)
        boolean setConfigValue(int key, int scope, long object, int type, MemorySegment value) {
            MemorySegment number = value.reinterpret(4);
            if (!LoopbackNetwork.KNOWN_OPTIONS.contains(key)) {
                return false;
            }
            if (scope == 1) {
                globals.put(
                        key,
                        type == 3
                                ? (double) number.get(JAVA_FLOAT_UNALIGNED, 0)
                                : number.get(JAVA_INT_UNALIGNED, 0));
                return true;
            }
            Connection connection = network.connection(LoopbackSteam.this, (int) object);
            if (scope != 4 || connection == null) {
                return false;
            }
            connection.options.put(key, (long) number.get(JAVA_INT_UNALIGNED, 0));
            laterOptions
                    .computeIfAbsent((int) object, _ -> new TreeMap<>())
                    .put(key, number.get(JAVA_INT_UNALIGNED, 0));
            return true;
        }
    }
}
