package dev.hawser.local;

import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.ServerStats;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.AbstractServer;
import dev.hawser.spi.ReceiveLimit;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A server for clients in its own process ([LocalClient]): the player who hosts the game, several
/// players at one screen, bots, a game without network. No socket, no cipher, no packets, and
/// nothing that could get lost: where a queue is full, the sender is told.
///
/// Together with servers for everybody else it is a member of a [dev.hawser.multi.MultiServer].
///
/// ```java
/// var local = LocalServer.builder().build();
/// var server = MultiServer.builder().add("udp", udp).add("local", local).build();
/// server.start();
/// var host = LocalClient.builder(local).id(1).build();
/// host.connect();
/// ```
///
/// Local connections do not time out: both ends live and die together.
public final class LocalServer extends AbstractServer {
    private final int maxClients;
    private final SameClient sameClient;
    private final ReceiveLimit receiveLimit;

    /// What clients, on whichever threads, have begun.
    private final Queue<LocalConnection> begun = new ConcurrentLinkedQueue<>();

    /// Those that the application has not answered yet.
    private final Set<LocalConnection> asked = new HashSet<>();

    private final @Nullable LocalConnectedClient[] clientOfSlot;
    private final BitSet takenSlots = new BitSet();
    private volatile int pendingConnections;

    private LocalServer(Builder builder) {
        super(builder.maxClients, builder.requestHandler);
        maxClients = builder.maxClients;
        sameClient = builder.sameClient;
        receiveLimit = builder.receiveLimit;
        clientOfSlot = new @Nullable LocalConnectedClient[maxClients];
    }

    /// {@return a builder in which everything has a default}
    public static Builder builder() {
        return new Builder();
    }

    // ---- What clients do, on their threads

    /// Takes a connection that a client has begun.
    ///
    /// @return false when the server does not run
    boolean begin(LocalConnection connection) {
        if (!isRunning()) {
            return false;
        }
        begun.add(connection);
        wakeOwner();
        // It may have stopped meanwhile, and then nobody looks any more.
        return isRunning() || !begun.remove(connection);
    }

    /// A client has sent something, or leaves.
    void wakeForClient() {
        wakeOwner();
    }

    // ---- Life

    @Override
    protected void open() {}

    @Override
    protected void shut() {
        DisconnectReason stopped = new DisconnectReason.ServerStopped(STOPPED);
        for (int slot = 0; slot < maxClients; slot++) {
            LocalConnectedClient client = clientOfSlot[slot];
            if (client != null) {
                end(client, stopped);
            }
        }
        for (LocalConnection connection : asked) {
            connection.ended(stopped);
        }
        asked.clear();
        pendingConnections = 0;
        LocalConnection connection = begun.poll();
        while (connection != null) {
            connection.ended(stopped);
            connection = begun.poll();
        }
    }

    // ---- A tick

    @Override
    protected void tick() {
        // Who leaves and comes back leaves first.
        for (int slot = takenSlots.nextSetBit(0);
                slot >= 0;
                slot = takenSlots.nextSetBit(slot + 1)) {
            LocalConnectedClient client = clientOfSlot[slot];
            if (client != null) {
                takeFrom(client);
            }
        }
        takeBegun();
    }

    @Override
    protected void refuseNewcomers(Refusal.Draining reason) {
        asked.forEach(connection -> deny(connection, reason));
        asked.clear();
        pendingConnections = 0;
    }

    /// A connection is never dropped: with as much waiting as may wait, it stays where it is.
    private void takeBegun() {
        if (!asked.isEmpty() && asked.removeIf(connection -> connection.leaving() != null)) {
            pendingConnections = asked.size();
        }
        while (takesEvents()) {
            LocalConnection connection = begun.peek();
            if (connection == null || isLeaving(connectedAs(connection.id))) {
                return;
            }
            if (begun.remove(connection) && connection.leaving() == null) {
                consider(connection);
            }
        }
    }

    /// {@return whether a client is on its way out, and the application has no room for its end
    /// yet}
    private static boolean isLeaving(@Nullable AbstractConnectedClient client) {
        return client instanceof LocalConnectedClient local && local.connection.leaving() != null;
    }

    private void consider(LocalConnection connection) {
        Refusal refusal = objection(connection);
        if (refusal == null) {
            asked.add(connection);
            pendingConnections = asked.size();
            ask(connection.id, connection.userData, null, answer -> answer(connection, answer));
        } else {
            deny(connection, refusal);
        }
    }

    private @Nullable Refusal objection(LocalConnection connection) {
        return objection(connection.id, sameClient, takenSlots.cardinality() == maxClients);
    }

    private void answer(LocalConnection connection, @Nullable Refusal answer) {
        if (!asked.remove(connection)) {
            return;
        }
        pendingConnections = asked.size();
        if (connection.leaving() != null) {
            return;
        }
        Refusal refusal = answer == null ? objection(connection) : answer;
        if (refusal == null) {
            slot(connection);
        } else {
            deny(connection, refusal);
        }
    }

    private void deny(LocalConnection connection, Refusal refusal) {
        countDenied();
        connection.ended(new DisconnectReason.Denied(refusal.stated()));
    }

    private void slot(LocalConnection connection) {
        replaceOlder(connection.id);
        int slot = takenSlots.nextClearBit(0);
        LocalConnectedClient client =
                new LocalConnectedClient(this, connection, slot, receiveLimit);
        takenSlots.set(slot);
        clientOfSlot[slot] = client;
        connection.connected();
        addClient(client);
    }

    /// Takes what a client has sent, as far as there is room: a client that does not find room
    /// waits, nothing is dropped.
    private void takeFrom(LocalConnectedClient client) {
        LocalConnection connection = client.connection;
        StatedReason leaving = connection.leaving();
        if (leaving != null) {
            takeLastFrom(client, leaving);
            return;
        }
        LocalQueue queue = connection.toServer;
        long mark = queue.mark();
        while (queue.hasBefore(mark) && client.takes(queue.oldest())) {
            queue.take();
        }
    }

    /// A client has left: its end does not wait for room.
    private void takeLastFrom(LocalConnectedClient client, StatedReason leaving) {
        if (!takesEvents()) {
            return;
        }
        LocalQueue queue = client.connection.toServer;
        long mark = queue.mark();
        while (queue.hasBefore(mark)) {
            client.takesLast(queue.oldest());
            queue.take();
        }
        remove(client, new DisconnectReason.ClientLeft(leaving));
    }

    // ---- Commands

    /// @param reason as both sides are to see it
    void end(LocalConnectedClient client, DisconnectReason reason) {
        client.connection.ended(reason);
        remove(client, reason);
    }

    private void remove(LocalConnectedClient client, DisconnectReason reason) {
        clientOfSlot[client.clientIndex()] = null;
        takenSlots.clear(client.clientIndex());
        removeClient(client, reason);
    }

    // ---- Looks

    @Override
    public ServerStats stats() {
        return counted().pendingConnections(pendingConnections).build();
    }

    @Override
    public String toString() {
        return "LocalServer";
    }

    /// How a local server is set up. Each method replaces what was set before and returns the
    /// builder.
    public static final class Builder {
        private int maxClients = 8;
        private SameClient sameClient = SameClient.REFUSE;
        private ReceiveLimit receiveLimit = ReceiveLimit.DEFAULT;
        private @Nullable ConnectionRequestHandler requestHandler;

        private Builder() {}

        /// Sets the number of slots, 1 to 1024, 8 by default.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder maxClients(int slots) {
            if (slots < 1 || slots > 1024) {
                throw new IllegalArgumentException(
                        "maxClients is "
                                + slots
                                + ", but a local server has from 1 to 1024 slots: for more clients"
                                + " add another local server to a MultiServer");
            }
            maxClients = slots;
            return this;
        }

        /// Sets what happens when an id that is connected connects again, by default
        /// [SameClient#REFUSE]. A newcomer that is refused is told so.
        public Builder sameClient(SameClient policy) {
            sameClient = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /// Sets how much of one client may wait between update and receive. What it sends beyond
        /// waits in its own queue, and when that is full it is told. By default 256 payloads and 64
        /// KiB.
        ///
        /// @throws IllegalArgumentException when one is less than 1
        public Builder receiveLimitPerClient(int payloads, int bytes) {
            receiveLimit = new ReceiveLimit(payloads, bytes);
            return this;
        }

        /// Sets who decides which clients may come in. Without one everybody may; a member of a
        /// [dev.hawser.multi.MultiServer] asks the handler of that one.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            requestHandler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /// {@return the server, not yet started}
        public LocalServer build() {
            return new LocalServer(this);
        }
    }
}
