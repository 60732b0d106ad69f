package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.machine.PendingConnection.Admission;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Who wants to come in at a server: from a connection request to a slot, or a denial. Part of a
/// [ServerMachine], on whose slots, packets and deadlines it works.
final class Newcomers {
    private static final long RESTART_OFFSET_MASK = (1L << 56) - 1;

    private static final StatedReason SERVER_FULL =
            StatedReason.of(StatedReason.SERVER_FULL, "the server is full");
    private static final StatedReason NO_ANSWER =
            StatedReason.of(StatedReason.REFUSED, "the server did not decide in time");

    private final ServerMachine machine;
    private final boolean asksAdmission;
    private final RandomBytes random;
    private final ConnectionRequestReader requests;
    private final Challenges challenges;
    private final SlotRules rules;
    private final TokenHistory history;
    private final int member;

    // The machine's.
    private final PacketReader reader;
    private final ServerPackets packets;
    private final ClientSlots slots;
    private final PendingConnections pendingConnections;
    private final ServerDeadlines deadlines;
    private final Queue<ServerEvent> events;

    private final DropCounters drops = new DropCounters();
    private final SlotRules.Newcomer newcomer = new SlotRules.Newcomer();

    /// Why nobody comes in any more; null while somebody may.
    private @Nullable StatedReason draining;

    private final ByteBuffer scratch = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);

    /// @param member which one of the group the server is
    Newcomers(
            ServerMachine machine,
            boolean asksAdmission,
            RandomBytes random,
            ConnectionRequestReader requests,
            Challenges challenges,
            SlotRules rules,
            TokenHistory history,
            int member) {
        this.machine = machine;
        this.asksAdmission = asksAdmission;
        this.random = random;
        this.requests = requests;
        this.challenges = challenges;
        this.rules = rules;
        this.history = history;
        this.member = member;
        reader = machine.reader;
        packets = machine.packets;
        slots = machine.slots;
        pendingConnections = machine.pendingConnections;
        deadlines = machine.deadlines;
        events = machine.events;
    }

    void keyRing(KeyRing ring) {
        requests.keyRing(ring);
    }

    /// See [ServerMachine#drain].
    void drain(StatedReason reason) {
        draining = reason;
    }

    /// {@return why they were not answered, and how many of their packets}
    DropCounters drops() {
        return drops;
    }

    /// Forgets everybody, and erases the keys.
    void close() {
        for (int i = 0; i < pendingConnections.capacity(); i++) {
            PendingConnection pending = pendingConnections.inUse(i);
            if (pending != null) {
                forget(pending);
            }
        }
        challenges.erase();
        requests.erase();
    }

    // ---- Connection requests

    /// Takes a datagram that says that it is a connection request.
    Drop handleRequest(long nowNanos, PeerAddress from, ByteBuffer datagram, PacketSink out) {
        Drop drop = considerRequest(nowNanos, from, datagram, out);
        requests.forgetToken();
        if (drop != Drop.WRONG_SIZE || ConnectionRequest.isOfSomeVersion(datagram)) {
            drops.add(drop);
        }
        return drop;
    }

    /// docs/protocol.md "Connection request", in its order from the address on.
    private Drop considerRequest(
            long nowNanos, PeerAddress from, ByteBuffer datagram, PacketSink out) {
        Drop drop = requests.read(datagram);
        if (drop != Drop.NONE) {
            return drop;
        }
        PrivateToken token = requests.token();
        long tagHigh = requests.tagHigh();
        long tagLow = requests.tagLow();
        int serverIndex = requests.serverIndex();
        long slotsBefore = history.slotsBefore(tagHigh, tagLow, serverIndex);
        newcomer.set(token, slotsBefore);
        drop = rules.checkNotConnected(from, newcomer);
        if (drop != Drop.NONE) {
            return drop;
        }
        drop =
                history.admit(
                        tagHigh,
                        tagLow,
                        serverIndex,
                        from,
                        member,
                        requests.expireTimestamp(),
                        requests.nowUnixSeconds());
        if (drop != Drop.NONE) {
            return drop;
        }
        StatedReason denial = rules.denial(nowNanos, newcomer);
        if (denial == null) {
            denial =
                    draining != null || rules.hasSlotFor(token.clientId()) ? draining : SERVER_FULL;
        }
        if (denial != null) {
            boolean speaks =
                    token.statesReasons() && history.takesTurnToSpeak(tagHigh, tagLow, serverIndex);
            deny(from, token.serverToClientKey(), speaks ? denial : StatedReason.NONE, out);
            return Drop.NONE;
        }
        PendingConnection pending = pendingConnections.find(from, tagHigh, tagLow);
        if (pending == null) {
            pending = pendingConnections.add(from);
            if (pending == null) {
                return Drop.PENDING_FULL;
            }
            begin(nowNanos, pending, slotsBefore);
        }
        pending.extendLife(nowNanos);
        packets.challenge(pending, from, out);
        return Drop.NONE;
    }

    private void begin(long nowNanos, PendingConnection pending, long slotsBefore) {
        pending.begin(requests, slotsBefore);
        if (requests.mayPrecedeStart()) {
            // A server that ran before may have used the same numbers under the same keys.
            pending.firstSequence += ServerMachine.randomLong(random) & RESTART_OFFSET_MASK;
        }
        challenges.make(pending, requests.token().userData());
        pending.extendLife(nowNanos);
        deadlines.schedule(pending);
    }

    // ---- Connection responses

    /// docs/protocol.md "Connection response": the part that proves who answers.
    Drop handleResponse(long nowNanos, PeerAddress from, ByteBuffer datagram, PacketSink out) {
        PendingConnection pending = openUnderPending(from, datagram);
        if (pending == null) {
            return noPending(from);
        }
        if (!challenges.isAnswer(pending, scratch)) {
            return Drop.CHALLENGE_NOT_AUTHENTIC;
        }
        pending.address.setLocal(from);
        pending.extendLife(nowNanos);
        if (!pending.hasResponded) {
            pending.hasResponded = true;
            pending.firstResponseSequence = reader.sequence();
        }
        Drop drop = slot(nowNanos, pending, out);
        if (drop == Drop.CLIENT_ID_CONNECTED) {
            drops.add(drop);
        }
        return drop;
    }

    /// docs/protocol.md "Connection response": the part that needs a slot and an answer.
    private Drop slot(long nowNanos, PendingConnection pending, PacketSink out) {
        newcomer.set(pending);
        Drop drop = rules.checkNotConnected(pending.address, newcomer);
        if (drop != Drop.NONE) {
            return drop;
        }
        StatedReason denial = rules.denial(nowNanos, newcomer);
        if (denial != null) {
            deny(pending, denial, out);
            return Drop.NONE;
        }
        switch (admission(nowNanos, pending)) {
            case ADMITTED -> {
                if (rules.hasSlotFor(pending.clientId)) {
                    takeSlot(nowNanos, pending, out);
                } else {
                    deny(pending, SERVER_FULL, out);
                }
            }
            case REFUSED -> deny(pending, pending.refusal, out);
            case NOT_ASKED -> ask(nowNanos, pending);
            case ASKED -> {}
        }
        return Drop.NONE;
    }

    private Admission admission(long nowNanos, PendingConnection pending) {
        StatedReason draining = this.draining;
        if (draining != null && pending.admission != Admission.REFUSED) {
            // Also those whom the application has admitted, or has not answered yet.
            pending.refuse(draining);
        } else if (pending.hasWaitedTooLong(nowNanos)) {
            pending.refuse(NO_ANSWER);
        }
        // Who resumes was admitted when the connection began.
        boolean decides =
                (asksAdmission && !rules.resumes(newcomer))
                        || pending.admission == Admission.REFUSED;
        return decides ? pending.admission : Admission.ADMITTED;
    }

    private void ask(long nowNanos, PendingConnection pending) {
        pending.admission = Admission.ASKED;
        pending.askedAtNanos = nowNanos;
        events.add(
                new ServerEvent.Requested(
                        pending.handle(),
                        pending.clientId,
                        pending.address.toNetAddress(),
                        challenges.userDataOf(pending),
                        pending.token()));
    }

    private void takeSlot(long nowNanos, PendingConnection pending, PacketSink out) {
        boolean resumes = rules.resumes(newcomer);
        ClientSlot client = slots.ofClientId(pending.clientId);
        if (client != null && resumes) {
            deadlines.cancel(client);
            slots.resume(client, pending.address);
        } else {
            if (client != null) {
                machine.replace(nowNanos, client, out);
            }
            client = slots.take(pending.address, pending.clientId);
        }
        client.begin(nowNanos, pending, history.takeSlot());
        machine.paths.begin(client, pending);
        UserData userData = challenges.userDataOf(pending);
        ShownToken token = pending.token();
        consumeAllOf(client.address);

        machine.keepAlive(nowNanos, client, out);
        deadlines.schedule(client);
        NetAddress address = client.address.toNetAddress();
        events.add(
                resumes
                        ? new ServerEvent.Resumed(
                                client.index, client.clientId, address, userData, token)
                        : new ServerEvent.Connected(
                                client.index, client.clientId, address, userData, token));
    }

    /// Ends every pending connection of an address that a client now has, and uses up its token.
    void consumeAllOf(PeerAddress address) {
        PendingConnection pending = pendingConnections.first(address);
        while (pending != null) {
            history.consume(pending.tagHigh, pending.tagLow, pending.serverIndex);
            forget(pending);
            pending = pendingConnections.first(address);
        }
    }

    // ---- What the application says

    /// See [ServerMachine#admit].
    Drop admit(long nowNanos, long entry, PacketSink out) {
        PendingConnection pending = pendingConnections.ofHandle(entry);
        if (pending == null || pending.admission != Admission.ASKED) {
            return Drop.NONE;
        }
        if (pending.hasWaitedTooLong(nowNanos)) {
            pending.refuse(NO_ANSWER);
            return Drop.NONE;
        }
        pending.admission = Admission.ADMITTED;
        if (nowNanos == pending.askedAtNanos) {
            return slot(nowNanos, pending, out);
        }
        return Drop.NONE;
    }

    /// See [ServerMachine#refuse].
    Drop refuse(long nowNanos, long entry, StatedReason reason, PacketSink out) {
        PendingConnection pending = pendingConnections.ofHandle(entry);
        if (pending == null || pending.admission != Admission.ASKED) {
            return Drop.NONE;
        }
        pending.refuse(reason);
        if (nowNanos == pending.askedAtNanos) {
            return slot(nowNanos, pending, out);
        }
        return Drop.NONE;
    }

    // ---- Pending connections

    /// Tries a packet under each pending connection of an address, on a copy each time: an attempt
    /// that fails may have wiped the bytes. At most four tries, of packets of two sizes.
    ///
    /// @return the one under which it opened, its body then in `scratch`; or null
    @Nullable PendingConnection openUnderPending(PeerAddress from, ByteBuffer datagram) {
        PendingConnection pending = pendingConnections.first(from);
        while (pending != null) {
            scratch.clear();
            scratch.put(0, datagram, datagram.position(), datagram.remaining());
            scratch.limit(datagram.remaining());
            reader.inspect(scratch);
            Drop drop = reader.open(scratch, pending.clientToServerKey, null, pending.extensions);
            if (drop == Drop.NONE) {
                return pending;
            }
            pending = pendingConnections.next(pending);
        }
        return null;
    }

    /// {@return why a packet is dropped that opened under no pending connection}
    Drop noPending(PeerAddress from) {
        if (pendingConnections.first(from) != null) {
            return Drop.NOT_AUTHENTIC;
        }
        return slots.ofAddress(from) == null ? Drop.UNKNOWN_ADDRESS : Drop.ADDRESS_CONNECTED;
    }

    /// The time of a pending connection has come, if it was not put off.
    void handleDue(long nowNanos, PendingConnection pending) {
        if (pending.diesAtNanos - nowNanos > 0) {
            deadlines.schedule(pending);
        } else {
            forget(pending);
        }
    }

    void forget(PendingConnection pending) {
        deadlines.cancel(pending);
        pendingConnections.remove(pending);
    }

    private void deny(PendingConnection pending, StatedReason reason, PacketSink out) {
        boolean speaks =
                pending.statesReasons()
                        && history.takesTurnToSpeak(
                                pending.tagHigh, pending.tagLow, pending.serverIndex);
        deny(pending.address, pending.serverToClientKey, speaks ? reason : StatedReason.NONE, out);
    }

    private void deny(PeerAddress to, PacketKey key, StatedReason reason, PacketSink out) {
        packets.denied(to, key, reason, out);
    }
}
