package dev.hawser.steam;

import dev.hawser.protocol.NetAddress;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Steam's networking inside one process, for tests: what connections do, without a byte on any
/// wire. Behaves as GameNetworkingSockets was seen to. Time is an argument. One thread.
final class LoopbackNetwork {
    static final int OK = 1;
    static final int NO_CONNECTION = 3;
    static final int INVALID_PARAMETER = 8;
    static final int INVALID_STATE = 11;
    static final int LIMIT_EXCEEDED = 25;
    static final int IGNORED = 41;

    /// Connecting failed, or the connection is lost.
    static final int MISC_TIMEOUT = 5003;

    static final int REMOTE_TIMEOUT = 4001;

    static final Set<Integer> KNOWN_OPTIONS =
            Set.of(
                    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 23, 24, 25, 26, 27, 28, 32, 38, 40, 47, 48,
                    201);

    private static final int MESSAGE_BYTES_MAX = 512 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final int NO_NAGLE = 1;
    private static final int NO_DELAY = 4;
    private static final int RELIABLE = 8;

    /// @param number in order of arrival, over all connections
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares or prints it.
    record Message(byte[] payload, int flags, long number) {}

    record StateCallback(Connection connection, int oldState, int newState) {}

    /// @param port −1 for one of peers
    /// @param virtualPort −1 for one of addresses
    record ListenSocket(
            int handle,
            LoopbackSteam owner,
            int port,
            int virtualPort,
            Map<Integer, Long> options) {}

    /// One end of a connection.
    static final class Connection {
        final int handle;
        final LoopbackSteam owner;
        final boolean isP2p;
        final long madeAtNanos;
        final Map<Integer, Long> options;
        final MemorySegment callback;
        final Queue<Message> received = new ArrayDeque<>();
        final List<Message> unflushed = new ArrayList<>();
        int listenSocket;
        int pollGroup;
        long userData;
        int state = ConnectionStates.CONNECTING;
        int endReason;
        String endText = "";
        NetAddress remoteAddress;
        SteamIdentity remote = new SteamIdentity.Anonymous();
        Connection peer;
        int pendingUnreliable;
        int pendingReliable;

        /// Since when nothing comes from the other side; less than 0 while it is there.
        long silentSinceNanos = -1;

        Connection(
                int handle,
                LoopbackSteam owner,
                boolean isP2p,
                long madeAtNanos,
                Map<Integer, Long> options) {
            this.handle = handle;
            this.owner = owner;
            this.isP2p = isP2p;
            this.madeAtNanos = madeAtNanos;
            this.options = new TreeMap<>(options);
            callback = MemorySegment.ofAddress(options.getOrDefault(201, 0L));
            userData = options.getOrDefault(40, -1L);
        }

        SteamIdentity remoteIdentity() {
            return remote;
        }

        private boolean isOpen() {
            return state == ConnectionStates.CONNECTING
                    || state == ConnectionStates.FINDING_ROUTE
                    || state == ConnectionStates.CONNECTED;
        }

        private void become(int newState) {
            int oldState = state;
            state = newState;
            owner.post(new StateCallback(this, oldState, newState));
        }
    }

    private final LongSupplier nanos;
    private final Map<Integer, Connection> connections = new TreeMap<>();
    private final Map<Integer, ListenSocket> listenSockets = new HashMap<>();
    private int lastHandle = 100;
    private long messages;

    /// How many messages without content were sent.
    int emptyMessages;

    /// While it is, nothing that is sent leaves its machine.
    boolean isStalled;

    LoopbackNetwork(LongSupplier nanos) {
        this.nanos = nanos;
    }

    int nextHandle() {
        return ++lastHandle;
    }

    /// {@return how many ends of connections there are: each has to be closed}
    int connections() {
        return connections.size();
    }

    int listenSockets() {
        return listenSockets.size();
    }

    Connection connection(LoopbackSteam owner, int handle) {
        Connection connection = connections.get(handle);
        return connection != null && connection.owner == owner ? connection : null;
    }

    List<Connection> connectionsOf(LoopbackSteam owner) {
        return connections.values().stream().filter(one -> one.owner == owner).toList();
    }

    ListenSocket listenSocket(LoopbackSteam owner, int handle) {
        ListenSocket socket = listenSockets.get(handle);
        return socket != null && socket.owner() == owner ? socket : null;
    }

    // ---- Making connections

    int listen(LoopbackSteam owner, int port, int virtualPort, Map<Integer, Long> options) {
        boolean isTaken =
                listenSockets.values().stream()
                        .anyMatch(other ->
                                other.owner() == owner
                                        && other.port() == port
                                        && other.virtualPort() == virtualPort);
        if (port == 0 || isTaken || !KNOWN_OPTIONS.containsAll(options.keySet())) {
            return 0;
        }
        int handle = nextHandle();
        listenSockets.put(handle, new ListenSocket(handle, owner, port, virtualPort, options));
        return handle;
    }

    int connect(
            LoopbackSteam owner,
            NetAddress address,
            SteamIdentity identity,
            int virtualPort,
            Map<Integer, Long> options) {
        if (!KNOWN_OPTIONS.containsAll(options.keySet())) {
            return 0;
        }
        boolean isP2p = address == null;
        Connection from = new Connection(nextHandle(), owner, isP2p, nanos.getAsLong(), options);
        from.remoteAddress = address;
        if (isP2p) {
            from.remote = identity;
        }
        connections.put(from.handle, from);
        owner.post(new StateCallback(from, ConnectionStates.NONE, ConnectionStates.CONNECTING));
        ListenSocket target = target(address, identity, virtualPort);
        if (target != null) {
            arrive(from, target);
        }
        return from.handle;
    }

    private ListenSocket target(NetAddress address, SteamIdentity identity, int virtualPort) {
        for (ListenSocket socket : listenSockets.values()) {
            LoopbackSteam owner = socket.owner();
            boolean isMeant =
                    address == null
                            ? socket.virtualPort() == virtualPort
                                    && owner.identity().equals(identity)
                            : socket.port() == address.port()
                                    && owner.host().withPort(0).equals(address.withPort(0));
            if (isMeant) {
                return socket;
            }
        }
        return null;
    }

    private void arrive(Connection from, ListenSocket socket) {
        Connection to =
                new Connection(
                        nextHandle(),
                        socket.owner(),
                        from.isP2p,
                        nanos.getAsLong(),
                        socket.options());
        to.listenSocket = socket.handle();
        to.remote = from.owner.identity();
        to.remoteAddress = from.isP2p ? null : from.owner.host().withPort(40_000);
        to.peer = from;
        from.peer = to;
        connections.put(to.handle, to);
        to.owner.post(new StateCallback(to, ConnectionStates.NONE, ConnectionStates.CONNECTING));
    }

    int accept(LoopbackSteam owner, int handle) {
        Connection connection = connection(owner, handle);
        if (connection == null) {
            return INVALID_PARAMETER;
        }
        if (connection.state != ConnectionStates.CONNECTING || connection.listenSocket == 0) {
            return INVALID_STATE;
        }
        Connection peer = connection.peer;
        if (connection.isP2p) {
            connection.become(ConnectionStates.FINDING_ROUTE);
            peer.become(ConnectionStates.FINDING_ROUTE);
        } else {
            peer.remote = owner.identity();
        }
        connection.become(ConnectionStates.CONNECTED);
        peer.become(ConnectionStates.CONNECTED);
        deliver(peer);
        return OK;
    }

    // ---- Ending connections

    boolean close(LoopbackSteam owner, int handle, int code, String text, boolean lingers) {
        Connection connection = connection(owner, handle);
        if (connection == null) {
            return false;
        }
        Connection peer = connection.peer;
        boolean wasOpen = connection.isOpen();
        if (wasOpen && connection.state == ConnectionStates.CONNECTED) {
            // As the library does: only what is reliable is waited for.
            connection.unflushed.removeIf(message -> !lingers || (message.flags() & RELIABLE) == 0);
            deliver(connection);
        }
        connections.remove(handle);
        owner.leavePollGroup(connection);
        connection.received.clear();
        connection.become(ConnectionStates.NONE);
        if (peer != null && wasOpen && peer.isOpen() && peer.silentSinceNanos < 0) {
            peer.endReason = code;
            peer.endText = text;
            peer.become(ConnectionStates.CLOSED_BY_PEER);
        }
        return true;
    }

    boolean closeListenSocket(LoopbackSteam owner, int handle) {
        if (listenSocket(owner, handle) == null) {
            return false;
        }
        listenSockets.remove(handle);
        for (Connection connection : List.copyOf(connections.values())) {
            if (connection.listenSocket == handle) {
                // As the library does: those that are left end without a reason.
                close(owner, connection.handle, 0, "", false);
            }
        }
        return true;
    }

    /// Everything of this process falls silent, and is gone.
    void crash(LoopbackSteam owner) {
        for (Connection connection : connectionsOf(owner)) {
            connections.remove(connection.handle);
            if (connection.peer != null) {
                connection.peer.silentSinceNanos = nanos.getAsLong();
            }
        }
        listenSockets.values().removeIf(socket -> socket.owner() == owner);
    }

    void passTime() {
        long now = nanos.getAsLong();
        for (Connection connection : List.copyOf(connections.values())) {
            boolean isConnected = connection.state == ConnectionStates.CONNECTED;
            long timeoutMillis = connection.options.getOrDefault(isConnected ? 25 : 24, 10_000L);
            long since = isConnected ? connection.silentSinceNanos : connection.madeAtNanos;
            boolean waits = isConnected ? since >= 0 : connection.listenSocket == 0;
            if (connection.isOpen() && waits && now - since > timeoutMillis * NANOS_PER_MILLI) {
                connection.endReason = isConnected ? REMOTE_TIMEOUT : MISC_TIMEOUT;
                connection.endText = "timed out";
                connection.become(ConnectionStates.PROBLEM_DETECTED_LOCALLY);
            }
        }
    }

    /// Something goes wrong at one end that the other does not hear of.
    void fail(Connection connection, int code, String text) {
        connection.endReason = code;
        connection.endText = text;
        connection.become(ConnectionStates.PROBLEM_DETECTED_LOCALLY);
    }

    // ---- Messages

    int send(LoopbackSteam owner, int handle, byte[] payload, int flags) {
        Connection connection = connection(owner, handle);
        if (connection == null) {
            return NO_CONNECTION;
        }
        if (!connection.isOpen()) {
            return NO_CONNECTION;
        }
        if (payload.length > MESSAGE_BYTES_MAX) {
            return INVALID_PARAMETER;
        }
        emptyMessages += payload.length == 0 ? 1 : 0;
        boolean isConnected = connection.state == ConnectionStates.CONNECTED;
        if ((flags & NO_DELAY) != 0 && (!isConnected || isStalled)) {
            return IGNORED;
        }
        int pending = connection.pendingUnreliable + connection.pendingReliable;
        if (pending + payload.length > connection.options.getOrDefault(9, 524_288L)) {
            return LIMIT_EXCEEDED;
        }
        connection.unflushed.add(new Message(payload, flags, 0));
        count(connection);
        if ((flags & NO_NAGLE) != 0) {
            deliver(connection);
        }
        return OK;
    }

    int flush(LoopbackSteam owner, int handle) {
        Connection connection = connection(owner, handle);
        if (connection == null) {
            return NO_CONNECTION;
        }
        deliver(connection);
        return OK;
    }

    private void deliver(Connection connection) {
        Connection peer = connection.peer;
        if (isStalled || connection.state != ConnectionStates.CONNECTED) {
            return;
        }
        for (Message message : connection.unflushed) {
            if (peer.isOpen() && connections.containsKey(peer.handle)) {
                peer.received.add(new Message(message.payload(), message.flags(), ++messages));
            }
        }
        connection.unflushed.clear();
        count(connection);
    }

    private static void count(Connection connection) {
        connection.pendingReliable = 0;
        connection.pendingUnreliable = 0;
        for (Message message : connection.unflushed) {
            if ((message.flags() & RELIABLE) != 0) {
                connection.pendingReliable += message.payload().length;
            } else {
                connection.pendingUnreliable += message.payload().length;
            }
        }
    }
}
