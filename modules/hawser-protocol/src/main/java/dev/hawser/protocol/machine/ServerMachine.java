package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.ReasonBody;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A netcode server as a deterministic machine: datagrams and time in, packets and events out.
///
/// A machine is one start of a server: a random challenge key, sequences of its own, and an empty
/// token history, unless it joins a [ServerGroup]. To restart, make another one.
///
/// Methods are of four kinds: `handle…` takes what came in, a plain verb is a command, `next…` and
/// `poll…` ask what is due and what happened, a noun looks. Methods with a [PacketSink] may send;
/// packets are pushed into it before the call returns, events are asked for after it.
///
/// `nowNanos` is a monotonic time that never decreases from call to call (`System.nanoTime()` will
/// do). One thread at a time. Nothing that comes from the network throws; nothing is allocated per
/// packet except by the JDK's own cipher.
public final class ServerMachine {
    /// No slot: the datagram held nothing for the application.
    public static final int NO_SLOT = -1;

    /// No deadline: see [#nextTimeout()].
    public static final long NO_TIMEOUT = Long.MAX_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final StatedReason REPLACED =
            StatedReason.of(StatedReason.REPLACED, "the same player connected again");

    private final String cipherName;

    final PacketReader reader;
    final ServerPackets packets;
    private final Newcomers newcomers;
    final ServerPaths paths;

    final ClientSlots slots;
    final PendingConnections pendingConnections;
    private final ServerGroup group;
    private final long keepSlotNanos;
    private boolean isDraining;
    private final TokenHistory history;
    final ServerDeadlines deadlines;

    final Queue<ServerEvent> events = new ArrayDeque<>();
    private final DropCounters drops = new DropCounters();

    /// Starts a server with the best ciphers there are.
    ///
    /// Draws from `random`, in this order: the challenge key (32 bytes), where the global sequence
    /// starts (8), the key of the hash tables (16).
    ///
    /// @param wallClock asked once here and for each request; the start that refuses older tokens
    ///   moves with it ([WallClock#movedBySeconds])
    public ServerMachine(ServerConfig config, WallClock wallClock, RandomBytes random) {
        this(config, wallClock, random, Ciphers.best());
    }

    /// Starts a server with these ciphers.
    // Only providers can name the parameter: nobody else has a choice to make.
    public ServerMachine(
            ServerConfig config, WallClock wallClock, RandomBytes random, CipherProvider ciphers) {
        this(null, config, wallClock, random, ciphers);
    }

    /// Starts a server that shares its clients with the other members of a group, with the best
    /// ciphers there are. Draws the same from `random` as a server by itself.
    ///
    /// @param group joined here and left with [#close]
    public ServerMachine(
            ServerConfig config, WallClock wallClock, RandomBytes random, ServerGroup group) {
        this(config, wallClock, random, Ciphers.best(), group);
    }

    /// Starts a server that shares its clients with the other members of a group, with these
    /// ciphers.
    // Only providers can name the parameter: nobody else has a choice to make.
    public ServerMachine(
            ServerConfig config,
            WallClock wallClock,
            RandomBytes random,
            CipherProvider ciphers,
            ServerGroup group) {
        this(group, config, wallClock, random, ciphers);
    }

    private ServerMachine(
            @Nullable ServerGroup groupOrNone,
            ServerConfig config,
            WallClock wallClock,
            RandomBytes random,
            CipherProvider ciphers) {
        cipherName = ciphers.name();
        PacketCipher cipher = ciphers.newPacketCipher();
        reader = new PacketReader(cipher, config.protocolId(), PacketReader.SERVER_TYPES);
        Challenges challenges = new Challenges(cipher, random);
        packets =
                new ServerPackets(
                        cipher, config.protocolId(), config.maxClients(), randomLong(random));
        long hashKey0 = randomLong(random);
        long hashKey1 = randomLong(random);

        group =
                groupOrNone == null
                        ? new ServerGroup(config.tokenHistoryMax(), hashKey0, hashKey1)
                        : groupOrNone;
        history = group.history();
        keepSlotNanos = config.keepSlotNanos();
        ConnectionRequestReader requests =
                new ConnectionRequestReader(config, wallClock, ciphers.newTokenAead(), history);
        slots = new ClientSlots(config.maxClients(), hashKey0, hashKey1);
        SlotRules rules = new SlotRules(config.sameClient(), slots, group);
        pendingConnections = new PendingConnections(config, hashKey0, hashKey1);
        deadlines =
                new ServerDeadlines(slots, pendingConnections.capacity(), config.keepSlotNanos());
        newcomers =
                new Newcomers(
                        this,
                        config.asksAdmission(),
                        random,
                        requests,
                        challenges,
                        rules,
                        history,
                        group.join(slots));
        paths = new ServerPaths(this, config.clientsMayMove(), random, requests, newcomers, group);
    }

    // ---- What comes in

    /// Takes one datagram.
    ///
    /// @param nowNanos the monotonic time
    /// @param from where it came from; read during the call only
    /// @param datagram its bytes between position and limit; the content is consumed
    /// @param out takes the answer, if there is one; answers are smaller than what they answer
    /// @return the slot whose payload now stands between position and limit of `datagram`, or
    ///   [#NO_SLOT] when there is nothing for the application
    public int handleDatagram(
            long nowNanos, PeerAddress from, ByteBuffer datagram, PacketSink out) {
        assertNotSending();
        if (datagram.hasRemaining() && datagram.get(datagram.position()) == 0) {
            drops.add(newcomers.handleRequest(nowNanos, from, datagram, out));
            return NO_SLOT;
        }
        Drop drop = reader.inspect(datagram);
        if (drop == Drop.NONE) {
            switch (reader.type()) {
                case PAYLOAD -> {
                    return handlePayload(nowNanos, from, datagram);
                }
                case KEEP_ALIVE -> drop = handleKeepAlive(nowNanos, from, datagram);
                case CONNECTION_RESPONSE ->
                        drop = newcomers.handleResponse(nowNanos, from, datagram, out);
                case PATH_REQUEST, PATH_RESPONSE ->
                        drop = paths.handle(nowNanos, from, datagram, out);
                case PING -> drop = handlePing(nowNanos, from, datagram);
                default -> drop = handleDisconnect(nowNanos, from, datagram);
            }
        }
        drops.add(drop);
        return NO_SLOT;
    }

    /// Takes one datagram on top of what the caller wants to spend an update on: the end of a
    /// connection counts, so that none waits behind payloads. Everything else is dropped unopened
    /// ([Drop#OVER_LIMIT]); as with [#pausePayloads], it does not show that a client is there.
    ///
    /// @param nowNanos the monotonic time
    /// @param from where it came from; read during the call only
    /// @param datagram its bytes between position and limit; the content is consumed
    public void handleSurplus(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        assertNotSending();
        boolean isRequest = datagram.hasRemaining() && datagram.get(datagram.position()) == 0;
        Drop drop = isRequest ? Drop.OVER_LIMIT : reader.inspect(datagram);
        if (drop == Drop.NONE) {
            drop =
                    switch (reader.type()) {
                        case DISCONNECT -> handleDisconnect(nowNanos, from, datagram);
                        case PAYLOAD -> surplusPayload(from);
                        default -> Drop.OVER_LIMIT;
                    };
        }
        drops.add(drop);
    }

    private Drop surplusPayload(PeerAddress from) {
        ClientSlot client = slots.ofAddress(from);
        if (client == null) {
            return Drop.UNKNOWN_ADDRESS;
        }
        client.meter.overLimit();
        client.meter.skipLoss();
        return Drop.OVER_LIMIT;
    }

    /// Does what is due: keep-alives, timeouts, the end of pending connections that went nowhere.
    ///
    /// Costs nothing while nothing is due; call it once a tick, after the datagrams, or when
    /// [#nextTimeout()] has come. While clients are connected, of the time between two calls at
    /// most a second counts as their silence: a server that stood still has not listened.
    public void handleTimeout(long nowNanos, PacketSink out) {
        assertNotSending();
        group.forgetEnded(nowNanos);
        deadlines.look(nowNanos);
        while (deadlines.isDue(nowNanos)) {
            int index = deadlines.soonestIndex();
            if (deadlines.isSlotSoonest()) {
                handleSlotDue(nowNanos, slots.at(index), out);
            } else {
                newcomers.handleDue(nowNanos, pendingConnections.place(index));
            }
        }
        ClientSlot client = deadlines.keepAliveDue(nowNanos);
        while (client != null) {
            if (hasSequenceLeft(nowNanos, client)) {
                keepAlive(nowNanos, client, out);
            }
            client = deadlines.keepAliveDue(nowNanos);
        }
    }

    // ---- Commands

    /// Sends a payload to a client. A payload to a client that has not confirmed its connection is
    /// preceded by a keep-alive.
    ///
    /// @param payload 1 to 1200 bytes between position and limit, both left as they are
    /// @return whether it was handed to `out`; false when the slot is free
    /// @throws IllegalArgumentException when the payload is empty or larger than 1200 bytes
    public boolean send(long nowNanos, int slot, ByteBuffer payload, PacketSink out) {
        assertNotSending();
        Payloads.check(payload);
        ClientSlot client = slots.at(slot);
        if (!client.isConnected) {
            return false;
        }
        if (!client.isConfirmed) {
            if (!hasSequenceLeft(nowNanos, client)) {
                return false;
            }
            keepAlive(nowNanos, client, out);
        }
        if (!hasSequenceLeft(nowNanos, client)) {
            return false;
        }
        packets.payload(client, payload, out);
        deadlines.sent(nowNanos, client);
        return true;
    }

    /// Ends a connection: ten disconnect packets, then the slot is free; one that is kept for a
    /// client that fell silent is freed. A free slot stays as it is.
    ///
    /// @param reason told to a client whose token says that it understands reasons
    public void disconnect(long nowNanos, int slot, StatedReason reason, PacketSink out) {
        assertNotSending();
        ClientSlot client = slots.at(slot);
        if (client.isConnected) {
            packets.disconnects(client, reason, out);
        }
        if (client.isConnected || client.isSuspended) {
            end(nowNanos, client, ServerEvent.Cause.SERVER_DISCONNECTED, reason);
        }
    }

    /// Ends a connection whose client has connected again at another member of the group: ten
    /// disconnect packets that say so, then the slot is free ([ServerEvent.Cause#REPLACED]). A free
    /// slot stays as it is. When to call it, [ServerGroup] says.
    public void replace(long nowNanos, int slot, PacketSink out) {
        assertNotSending();
        ClientSlot client = slots.at(slot);
        if (client.isConnected || client.isSuspended) {
            replace(nowNanos, client, out);
        }
    }

    /// Frees the slot of a client that has resumed its connection at another member of the group
    /// ([ServerEvent.Resumed]): without a packet, without an event. A free slot stays as it is.
    public void abandon(int slot) {
        assertNotSending();
        ClientSlot client = slots.at(slot);
        if (client.isConnected || client.isSuspended) {
            deadlines.cancel(client);
            slots.release(client);
        }
    }

    /// Lets nobody in from here on, whatever was decided about them: requests and responses that
    /// would lead to a slot are answered *denied*. Who is connected stays; slots that are kept for
    /// clients that fell silent are freed, and none is kept from here on. There is no way back; a
    /// second call replaces the reason.
    ///
    /// @param reason told to newcomers whose token says that they understand reasons
    public void drain(long nowNanos, StatedReason reason) {
        assertNotSending();
        newcomers.drain(reason);
        isDraining = true;
        for (int slot = 0; slot < slots.count(); slot++) {
            ClientSlot client = slots.at(slot);
            if (client.isSuspended) {
                end(nowNanos, client, ServerEvent.Cause.TIMED_OUT, StatedReason.NONE);
            }
        }
    }

    /// Drops the payloads of a client unopened from here on ([Drop#OVER_LIMIT]): for one that has
    /// as much waiting as the application allows. A free slot stays as it is, and every connection
    /// starts unpaused.
    ///
    /// Keep-alives and disconnects still count. Nothing shows that what is dropped is authentic, so
    /// it does not show that the client is there either: a client that sends payloads and no
    /// keep-alives is gone once the pause has lasted for the token's timeout.
    public void pausePayloads(int slot) {
        ClientSlot client = slots.at(slot);
        if (client.isConnected && !client.isPaused) {
            client.isPaused = true;
            client.meter.pauseLoss();
        }
    }

    /// Takes the payloads of a client again.
    public void resumePayloads(int slot) {
        ClientSlot client = slots.at(slot);
        if (client.isPaused) {
            client.isPaused = false;
            client.meter.resumeLoss();
        }
    }

    /// From here on no connection ends because nothing was received: for debugging, where one side
    /// stands still for minutes. Keep-alives go on, connections that are being made end as ever.
    public void suspendTimeouts() {
        deadlines.suspendTimeouts();
    }

    /// Ends what [#suspendTimeouts()] began: every client counts as just heard. Does nothing when
    /// timeouts are not suspended.
    public void resumeTimeouts(long nowNanos) {
        deadlines.resumeTimeouts(nowNanos);
    }

    /// Ends every connection, erases every key and leaves the group. The machine is not used
    /// afterwards, except to poll the events that are left.
    public void close(long nowNanos, StatedReason reason, PacketSink out) {
        for (int slot = 0; slot < slots.count(); slot++) {
            disconnect(nowNanos, slot, reason, out);
        }
        newcomers.close();
        group.leave(slots);
    }

    /// Takes the keys that connect tokens may be sealed with from now on, those of the
    /// configuration until then. Clients that are connected, or have shown their token, are not
    /// concerned.
    ///
    /// @param ring copied
    /// @throws IllegalStateException when one of its keys has been erased
    public void keyRing(KeyRing ring) {
        newcomers.keyRing(ring);
    }

    /// Admits a client that has asked ([ServerEvent.Requested]).
    ///
    /// With the `nowNanos` of the call that raised the event, it takes its slot at once; later, its
    /// next response does, which shows that it is still there. Either way every check is made
    /// again. An answer after half of the token's timeout is too late and counts as a refusal; one
    /// to an entry that is gone does nothing.
    ///
    /// @param entry from the event
    public void admit(long nowNanos, long entry, PacketSink out) {
        assertNotSending();
        drops.add(newcomers.admit(nowNanos, entry, out));
    }

    /// Refuses a client that has asked ([ServerEvent.Requested]): its next responses are answered
    /// *denied*. An answer to an entry that is gone does nothing.
    ///
    /// @param entry from the event
    /// @param reason told to a client whose token says that it understands reasons
    public void refuse(long nowNanos, long entry, StatedReason reason, PacketSink out) {
        assertNotSending();
        drops.add(newcomers.refuse(nowNanos, entry, reason, out));
    }

    // ---- What is due, what happened

    /// {@return when [#handleTimeout] has something to do at the earliest, or [#NO_TIMEOUT]}
    public long nextTimeout() {
        return deadlines.soonest();
    }

    /// {@return the next thing that happened, or null}
    public @Nullable ServerEvent pollEvent() {
        return events.poll();
    }

    // ---- Looks

    /// {@return the number of slots}
    public int maxClients() {
        return slots.count();
    }

    /// {@return how many slots are taken}
    public int connectedClients() {
        return slots.connected();
    }

    /// {@return how many slots are kept for clients that fell silent}
    public int suspendedClients() {
        return slots.suspended();
    }

    /// {@return how many connections are being made}
    public int pendingConnections() {
        return pendingConnections.size();
    }

    /// {@return how many tokens are remembered, by all members of the group together}
    public int rememberedTokens() {
        return history.size();
    }

    /// {@return up to when tokens may be refused because others of their time were forgotten: the
    /// latest expiry of a token that this server, or another member of the group, has forgotten, in
    /// Unix seconds; 0 where none was. It matters when the clock is set back behind it}
    public long latestForgottenExpiry() {
        return history.latestForgotten();
    }

    /// {@return whether the slot is kept for a client that fell silent}
    public boolean isSuspended(int slot) {
        return slots.at(slot).isSuspended;
    }

    /// {@return whether a client is connected with this slot}
    public boolean isConnected(int slot) {
        return slots.at(slot).isConnected;
    }

    /// {@return the id of the client that has this slot, unsigned; undefined for a free one}
    public long clientId(int slot) {
        return slots.at(slot).clientId;
    }

    /// {@return what was measured of the connection that has this slot, or had it last; a new
    /// object for each connection}
    ///
    /// @throws IllegalStateException when nobody has had the slot yet
    public ConnectionMeter meter(int slot) {
        ConnectionMeter meter = slots.at(slot).meter;
        if (meter == ClientSlot.NO_METER) {
            throw new IllegalStateException(
                    "slot "
                            + slot
                            + " has had no client yet: ask once a ServerEvent.Connected names it");
        }
        return meter;
    }

    /// {@return how many denied packets were sent}
    public long denied() {
        return packets.denied();
    }

    /// {@return how many clients were told that nobody here has their connection: those of a server
    /// that ran before this one, at the same address and with the same key}
    public long resets() {
        return packets.resets();
    }

    /// {@return why packets were dropped, and how many}
    public DropCounters drops() {
        return drops;
    }

    /// {@return why those who want to come in were not answered, and how many of their packets:
    /// connection requests of any version, and responses of clients whose id is connected. What
    /// healthy connections bring along is not in it, nor what is no netcode at all}
    public DropCounters newcomerDrops() {
        return newcomers.drops();
    }

    /// {@return which ciphers run}
    public String cipherName() {
        return cipherName;
    }

    // ---- Packets of connected clients: the hot path

    private int handlePayload(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        ClientSlot client = slots.ofAddress(from);
        if (client == null) {
            drops.add(Drop.UNKNOWN_ADDRESS);
            return NO_SLOT;
        }
        if (client.isPaused) {
            client.meter.overLimit();
            drops.add(Drop.OVER_LIMIT);
            return NO_SLOT;
        }
        Drop drop = openFromClient(nowNanos, from, client, datagram);
        drops.add(drop);
        return drop == Drop.NONE ? client.index : NO_SLOT;
    }

    private Drop handleKeepAlive(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        ClientSlot client = slots.ofAddress(from);
        return client == null
                ? Drop.UNKNOWN_ADDRESS
                : openFromClient(nowNanos, from, client, datagram);
    }

    private Drop openFromClient(
            long nowNanos, PeerAddress from, ClientSlot client, ByteBuffer datagram) {
        int bytes = datagram.remaining();
        Drop drop =
                reader.open(datagram, client.clientToServerKey, client.window, client.extensions);
        if (drop == Drop.NONE) {
            client.lastReceivedNanos = nowNanos;
            client.isConfirmed = true;
            // Answers leave from where it was heard last; what is not authentic moves nothing.
            client.address.setLocal(from);
            client.heardHere(reader.sequence());
            client.meter.received(nowNanos, reader.sequence(), bytes);
        }
        return drop;
    }

    private Drop handlePing(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        ClientSlot client = slots.ofAddress(from);
        if (client == null) {
            return Drop.UNKNOWN_ADDRESS;
        }
        Drop drop = openFromClient(nowNanos, from, client, datagram);
        if (drop == Drop.NONE) {
            client.meter.pingReceived(nowNanos, reader.sequence(), datagram);
        }
        return drop;
    }

    /// A disconnect ends a pending connection or a slot, whichever it opens under.
    private Drop handleDisconnect(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        PendingConnection pending = newcomers.openUnderPending(from, datagram);
        if (pending != null) {
            newcomers.forget(pending);
            return Drop.NONE;
        }
        ClientSlot client = slots.ofAddress(from);
        if (client == null) {
            return newcomers.noPending(from);
        }
        reader.inspect(datagram);
        Drop drop = openFromClient(nowNanos, from, client, datagram);
        if (drop == Drop.NONE) {
            end(nowNanos, client, ServerEvent.Cause.CLIENT_DISCONNECTED, ReasonBody.read(datagram));
        }
        return drop;
    }

    // ---- What is due

    private void handleSlotDue(long nowNanos, ClientSlot client, PacketSink out) {
        if (client.isSuspended) {
            handleSuspendedDue(nowNanos, client);
        } else if (deadlines.hasTimedOut(nowNanos, client)) {
            if (keepSlotNanos > 0 && !isDraining && client.mayResume()) {
                suspend(client);
            } else {
                end(nowNanos, client, ServerEvent.Cause.TIMED_OUT, StatedReason.NONE);
            }
        } else {
            if (client.survivesMoves()) {
                paths.handleDue(nowNanos, client, out);
            }
            deadlines.schedule(client);
        }
    }

    private void suspend(ClientSlot client) {
        deadlines.cancel(client);
        slots.suspend(client);
        deadlines.scheduleSuspended(client);
        events.add(
                new ServerEvent.Suspended(
                        client.index,
                        client.clientId,
                        timeoutSeconds(client),
                        deadlines.pauseNanos(client)));
    }

    private void handleSuspendedDue(long nowNanos, ClientSlot client) {
        if (deadlines.keptUntil(client) - nowNanos <= 0) {
            end(nowNanos, client, ServerEvent.Cause.TIMED_OUT, StatedReason.NONE);
        } else {
            deadlines.scheduleSuspended(client);
        }
    }

    private static int timeoutSeconds(ClientSlot client) {
        return (int) (client.timeoutNanos / NANOS_PER_SECOND);
    }

    /// Ends the connection of a client that has connected again, here or at another member.
    void replace(long nowNanos, ClientSlot client, PacketSink out) {
        if (client.isConnected) {
            packets.disconnects(client, REPLACED, out);
        }
        end(nowNanos, client, ServerEvent.Cause.REPLACED, REPLACED);
    }

    private void end(
            long nowNanos, ClientSlot client, ServerEvent.Cause cause, StatedReason reason) {
        deadlines.cancel(client);
        // A client that was not heard may well be asking for its path; better it hears that this
        // connection is gone.
        if (cause != ServerEvent.Cause.TIMED_OUT) {
            client.pathEnded(nowNanos);
        }
        boolean isWanted =
                cause == ServerEvent.Cause.SERVER_DISCONNECTED
                        || cause == ServerEvent.Cause.REPLACED;
        if (isWanted && client.mayResume() && !isOfServer(reason)) {
            group.ended(nowNanos, client, reason);
        }
        slots.release(client);
        int timeoutSeconds = timeoutSeconds(client);
        long pausedNanos = cause == ServerEvent.Cause.TIMED_OUT ? deadlines.pauseNanos(client) : 0;
        events.add(
                new ServerEvent.Disconnected(
                        client.index, client.clientId, cause, reason, timeoutSeconds, pausedNanos));
    }

    /// {@return whether a reason says what becomes of the server, and nothing against the client:
    /// it may come back to this one as to any other, where another member of the group takes
    /// players, or all have started again}
    private static boolean isOfServer(StatedReason reason) {
        return reason.code() == StatedReason.MOVED || reason.code() == StatedReason.SERVER_STOPPED;
    }

    // ---- What goes out

    void keepAlive(long nowNanos, ClientSlot client, PacketSink out) {
        packets.keepAlive(client, out);
        deadlines.sent(nowNanos, client);
    }

    /// Ends a connection whose sequence has used up its numbers.
    private boolean hasSequenceLeft(long nowNanos, ClientSlot client) {
        if (!client.hasSequenceLeft()) {
            end(nowNanos, client, ServerEvent.Cause.SEQUENCE_EXHAUSTED, StatedReason.NONE);
        }
        return client.isConnected;
    }

    private void assertNotSending() {
        assert !packets.isSending()
                : "a PacketSink called back into the machine it was sending for";
    }

    static long randomLong(RandomBytes random) {
        byte[] bytes = new byte[Long.BYTES];
        random.nextBytes(bytes);
        return LittleEndian.getLong(ByteBuffer.wrap(bytes), 0);
    }
}
