package dev.hawser.testkit.pair;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What one life of a server should look like from outside: what it answers to whom, and, with
/// [SlotsModel], who has which slot.
final class ServerModel {
    private static final int REQUEST = 0;
    private static final int DENIED = 1;
    private static final int CHALLENGE = 2;
    private static final int RESPONSE = 3;
    private static final int KEEP_ALIVE = 4;
    private static final int PAYLOAD = 5;
    private static final int DISCONNECT = 6;

    private final Pair pair;
    private final Invariants invariants;
    private final SimulatedServer server;
    private final String who;
    private final ClockModel clock;
    private final long startElapsedSeconds;

    private final PacketSink sink = this::emit;

    private final SlotsModel slots;
    private final PathModel paths;
    private final GroupModel group;

    // The last look at what is due, and whether there was somebody to look after.
    private long lookedAtNanos;
    private boolean wasSomebodyConnected;

    // The call that the machine is in.
    private final List<SimulatedPacket> emitted = new ArrayList<>();
    private boolean isHandlingDatagram;
    private boolean hasReplaced;
    private int eventsInCall;
    private int pendingBefore;
    private int connectedBefore;
    private int rememberedBefore;
    private int challengesBefore;
    private long dropsBefore;

    ServerModel(Pair pair, SimulatedServer server, GroupModel group, String who) {
        this.pair = pair;
        this.group = group;
        this.invariants = pair.invariants();
        this.server = server;
        this.who = who;
        clock = new ClockModel(pair.clock(), server.wallSeconds());
        startElapsedSeconds = clock.elapsedSeconds();
        paths = new PathModel(pair, who);
        slots = new SlotsModel(pair, server, group, paths, who);
        group.join(slots);
    }

    /// This life is over; the other members of its group go on.
    void leave() {
        group.leave(slots);
    }

    /// {@return who has which slot}
    SlotsModel slots() {
        return slots;
    }

    /// Where the machine sends: the packet is looked at, then goes on its way.
    PacketSink sink() {
        return sink;
    }

    private void emit(PeerAddress to, ByteBuffer packet) {
        SimulatedPacket sent =
                SimulatedPacket.of(
                        server.address(),
                        to.toNetAddress(),
                        packet,
                        SimulatedPacket.Origin.MACHINE);
        emitted.add(sent);
        if (!isHandlingDatagram) {
            paths.saidUnasked(sent);
        }
        pair.sendFromServer(sent);
    }

    void clocksLookedAt() {
        clock.look(server.wallSeconds());
    }

    // ---- Time

    /// The machine is about to look at what is due.
    void beforeTimeout() {
        long nowNanos = pair.clock().nanos();
        if (wasSomebodyConnected && slots.taken() > 0) {
            slots.passTime(nowNanos - lookedAtNanos);
        }
        lookedAtNanos = nowNanos;
        wasSomebodyConnected = slots.taken() > 0;
    }

    // ---- A datagram

    void beforeDatagram(SimulatedPacket packet, ServerMachine machine, ObservedCiphers ciphers) {
        emitted.clear();
        hasReplaced = false;
        eventsInCall = 0;
        pendingBefore = machine.pendingConnections();
        connectedBefore = machine.connectedClients();
        rememberedBefore = machine.rememberedTokens();
        challengesBefore = ciphers.challengesSealed();
        dropsBefore = machine.drops().total();
        paths.beforeDatagram(packet, machine.drops());
        isHandlingDatagram = true;
    }

    void received(int slot, byte[] payload, SimulatedPacket packet) {
        SlotModel slotModel = slots.at(slot);
        if (slotModel == null || !slotModel.address.equals(packet.from())) {
            violated(
                    Invariant.PAYLOADS_ONCE_AND_UNALTERED,
                    "slot " + slot + " delivered a payload, but its client is not at " + packet);
        } else if (slotModel.token != null) {
            pair.invariants()
                    .ledger()
                    .receivedByServer(slotModel.token, server, slots, payload, packet);
        }
    }

    /// A request that was opened in the transport's own buffer leaves no keys there.
    void checkHandedBack(SimulatedPacket packet, ByteBuffer lent) {
        MintedToken token =
                packet.typeNumber() == REQUEST ? invariants.tokenOfRequest(packet) : null;
        if (token != null && token.hasKeyIn(lent)) {
            violated(Invariant.KEYS_ERASED, "leaves the keys of " + token + " in " + packet);
        }
    }

    void afterDatagram(
            SimulatedPacket packet,
            ServerMachine machine,
            ObservedCiphers ciphers,
            boolean isPayload) {
        if (packet.isOfStranger()) {
            checkUnmoved(packet, machine, isPayload);
        }
        checkReplies(packet);
        int type = packet.typeNumber();
        if (type == REQUEST) {
            checkRequest(packet, machine, ciphers);
        }
        boolean isHeeded = machine.drops().total() == dropsBefore;
        if (PathPackets.hasPathId(packet)) {
            paths.afterPathPacket(slots.slotOfPath(packet), emitted, machine.drops());
        } else if (type == PathPackets.PING) {
            paths.afterPing(machine.drops());
        }
        if (isHeeded && (type == KEEP_ALIVE || type == PAYLOAD || type == PathPackets.PING)) {
            int slot = slots.slotOfAddress(packet.from());
            SlotModel slotModel = slot == SimulatedServer.NO_SLOT ? null : slots.at(slot);
            if (slotModel == null) {
                violated(Invariant.SLOTS_AS_TOKENS_SAY, "heeds a client without a slot: " + packet);
            } else {
                slotModel.isConfirmed = true;
                slotModel.silentSinceNanos = pair.clock().nanos();
                paths.heard(slotModel, packet);
            }
        }
        isHandlingDatagram = false;
    }

    private void checkUnmoved(SimulatedPacket packet, ServerMachine machine, boolean isPayload) {
        // Whose connection nobody has, of him nobody has a key: a path id that fits is reset.
        boolean isReset =
                PathPackets.hasPathId(packet)
                        && emitted.size() == 1
                        && emitted.getFirst().typeNumber() == PathPackets.RESET;
        boolean isUnmoved =
                (emitted.isEmpty() || isReset)
                        && eventsInCall == 0
                        && !isPayload
                        && machine.pendingConnections() == pendingBefore
                        && machine.connectedClients() == connectedBefore
                        && machine.rememberedTokens() == rememberedBefore
                        && machine.drops().total() == dropsBefore + (isReset ? 0 : 1);
        if (!isUnmoved) {
            violated(
                    Invariant.NO_STATE_FOR_STRANGERS,
                    "a packet that nobody with the keys made was not dropped: "
                            + packet
                            + ", answered with "
                            + emitted);
        }
    }

    private void checkReplies(SimulatedPacket packet) {
        long bytes = 0;
        for (SimulatedPacket reply : emitted) {
            // The one whose place is taken is told; that is no reply to the newcomer.
            boolean isFarewell = hasReplaced && reply.typeNumber() == DISCONNECT;
            if (reply.length() >= packet.length() || packet.length() == 0) {
                violated(
                        Invariant.REPLIES_SMALLER_THAN_REQUESTS,
                        "answers " + packet + " with " + reply);
            }
            bytes += isFarewell ? 0 : reply.length();
        }
        if (bytes > 0 && bytes >= packet.length()) {
            violated(
                    Invariant.REPLIES_SMALLER_THAN_REQUESTS,
                    "answers " + packet + " with " + bytes + " bytes: " + emitted);
        }
        int type = packet.typeNumber();
        boolean mayBeAnswered =
                type == REQUEST
                        || type == RESPONSE
                        || type == PathPackets.REQUEST
                        || type == PathPackets.RESPONSE;
        if (!emitted.isEmpty() && !mayBeAnswered) {
            violated(
                    Invariant.REPLIES_SMALLER_THAN_REQUESTS,
                    "answers " + packet + ", which asks nothing, with " + emitted);
        }
    }

    private void checkRequest(
            SimulatedPacket packet, ServerMachine machine, ObservedCiphers ciphers) {
        boolean isNewPending = machine.pendingConnections() > pendingBefore;
        if (ciphers.challengesSealed() - challengesBefore > (isNewPending ? 1 : 0)) {
            violated(
                    Invariant.ONE_CHALLENGE_PER_PENDING,
                    "makes a new challenge for a request that was there before: " + packet);
        }
        MintedToken token = invariants.tokenOfRequest(packet);
        if (emitted.isEmpty() || token == null) {
            return;
        }
        group.seen(token, server);
        long nowUnixSeconds = clock.unixSeconds(clock.elapsedSeconds());
        long lifetimeMax = pair.maxTokenLifetimeSeconds();
        String problem = null;
        if (!token.servers.contains(server)) {
            problem = "it does not list this server";
        } else if (!UnixTime.isAfter(token.expireTimestamp, nowUnixSeconds - clock.slack())) {
            problem = "it has expired";
        } else if (lifetimeMax > 0
                && UnixTime.isAfter(
                        clock.unixSeconds(startElapsedSeconds) + lifetimeMax,
                        token.expireTimestamp)) {
            problem = "it may be older than this start of the server";
        } else if (lifetimeMax > 0
                && UnixTime.isAfter(token.expireTimestamp, nowUnixSeconds + lifetimeMax)) {
            problem = "it outlives the limit";
        } else if (!token.bindTo(slots, packet.from()).equals(packet.from())) {
            problem = "it came from another address before";
        }
        if (problem != null) {
            violated(
                    Invariant.ONLY_VALID_TOKENS_ANSWERED,
                    "answers a request with " + token + ", but " + problem + ": " + packet);
        }
        if (token.hasConnectedAt(slots)) {
            violated(
                    Invariant.ONE_CONNECTION_PER_TOKEN,
                    "answers a request with " + token + ", which has led to a connection");
        }
        checkAnswer(token, emitted.getFirst());
    }

    /// Who may not come in is denied at once, and nobody else is.
    private void checkAnswer(MintedToken token, SimulatedPacket answer) {
        GroupModel.Claim claim = group.claimOf(token);
        boolean isDraining = slots.isDraining();
        boolean hasSlot = slots.hasSlotFor(token.clientId);
        boolean isWelcome =
                switch (claim) {
                    case NEW, RESUMES -> hasSlot && !isDraining;
                    case REPLACED, ENDED -> false;
                };
        if (answer.typeNumber() != (isWelcome ? CHALLENGE : DENIED)) {
            Invariant ofAnswers =
                    token.resumes == null
                            ? Invariant.SLOTS_AS_TOKENS_SAY
                            : Invariant.RESUMES_AS_TOKENS_SAY;
            violated(
                    isDraining ? Invariant.NOBODY_IN_A_DRAIN : ofAnswers,
                    "answers " + token + ", which is " + claim + ", with " + answer);
        }
        switch (claim) {
            case NEW -> {}
            case REPLACED -> invariants.count(ResumeStep.DENIED_AS_REPLACED);
            case ENDED -> invariants.count(ResumeStep.DENIED_AS_ENDED);
            case RESUMES -> {
                if (isDraining) {
                    invariants.count(ResumeStep.DENIED_IN_DRAIN);
                } else if (!hasSlot) {
                    invariants.count(ResumeStep.DENIED_AT_FULL_MEMBER);
                }
            }
        }
    }

    // ---- A payload to a client

    void beforeSend(int slot, byte[] payload) {
        emitted.clear();
        SlotModel slotModel = slots.at(slot);
        if (slotModel != null && slotModel.token != null) {
            invariants.ledger().sentToClient(slotModel.token, payload);
        }
    }

    void afterSend(int slot, boolean isSent) {
        SlotModel slotModel = slots.at(slot);
        if (!isSent || slotModel == null) {
            return;
        }
        if (slotModel.isKept) {
            violated(Invariant.SLOTS_ARE_KEPT, "sends to slot " + slot + ", whose client is lost");
        }
        if (emitted.stream().anyMatch(packet -> !packet.to().equals(slotModel.address))) {
            violated(
                    Invariant.PAYLOADS_ONCE_AND_UNALTERED,
                    "sends a payload for the client at " + slotModel.address + " as " + emitted);
        }
        List<Integer> types = emitted.stream().map(SimulatedPacket::typeNumber).toList();
        List<Integer> expected =
                slotModel.isConfirmed ? List.of(PAYLOAD) : List.of(KEEP_ALIVE, PAYLOAD);
        if (!types.equals(expected)) {
            violated(
                    Invariant.KEEP_ALIVE_BEFORE_PAYLOAD,
                    "sends types "
                            + types
                            + " for a payload to a client that has "
                            + (slotModel.isConfirmed ? "" : "not ")
                            + "confirmed its connection");
        }
    }

    // ---- Events and commands

    void happened(ServerEvent event) {
        eventsInCall++;
        hasReplaced |=
                event instanceof ServerEvent.Disconnected disconnected
                        && disconnected.cause() == ServerEvent.Cause.REPLACED;
        slots.happened(event);
    }

    /// Its application has sent on whoever was left.
    void checkDrained(ServerMachine machine) {
        if (slots.taken() + slots.kept() + machine.connectedClients() + machine.suspendedClients()
                > 0) {
            violated(Invariant.NOBODY_IN_A_DRAIN, "has clients left at the deadline of its drain");
        }
    }

    /// The machine is about to leave a client to another member of the group.
    void beforeLeaving() {
        emitted.clear();
        eventsInCall = 0;
    }

    /// The machine has left a client that goes on with its connection at another member.
    void abandoned(int slot) {
        SlotModel slotModel = slots.at(slot);
        if (slotModel == null || !emitted.isEmpty() || eventsInCall > 0) {
            violated(
                    Invariant.RESUMES_AS_TOKENS_SAY,
                    "leaves slot " + slot + " with " + eventsInCall + " events and " + emitted);
        }
        slots.abandoned(slot);
    }

    /// The keys of a client that is lost go with it.
    void checkLostKeysErased(ServerMachine machine, ObservedCiphers ciphers) {
        if (machine.connectedClients() + machine.pendingConnections() == 0) {
            checkKeysErased(ciphers);
        }
    }

    // ---- After each step, and in the end

    void check(ServerMachine machine) {
        slots.check(machine);
    }

    void checkNothingLeft(ServerMachine machine, ObservedCiphers ciphers) {
        check(machine);
        int left = slots.taken() + slots.kept();
        if (left > 0 || machine.pendingConnections() > 0) {
            violated(
                    Invariant.NOTHING_LEAKED,
                    left
                            + " clients and "
                            + machine.pendingConnections()
                            + " pending connections are left when all has ended");
        }
        if (machine.nextTimeout() != ServerMachine.NO_TIMEOUT) {
            violated(Invariant.NOTHING_LEAKED, "a deadline is left when all has ended");
        }
        checkKeysErased(ciphers);
    }

    void checkKeysErased(ObservedCiphers ciphers) {
        if (!ciphers.areConnectionKeysErased()) {
            violated(Invariant.KEYS_ERASED, "keys are left when all has ended");
        }
    }

    private void violated(Invariant invariant, String problem) {
        invariants.violated(invariant, who + " " + problem);
    }
}
