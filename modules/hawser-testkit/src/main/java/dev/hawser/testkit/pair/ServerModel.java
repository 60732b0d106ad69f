package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one life of a server should look like from outside, kept beside the machine and compared
/// with it after every step.
final class ServerModel {
    private static final int REQUEST = 0;
    private static final int RESPONSE = 3;
    private static final int KEEP_ALIVE = 4;
    private static final int PAYLOAD = 5;
    private static final int DISCONNECT = 6;

    /// How late a slot may be freed: nobody is woken to the nanosecond.
    private static final long GRACE_NANOS = 1_000_000;

    private final Pair pair;
    private final Invariants invariants;
    private final SimulatedServer server;
    private final String who;
    private final ClockModel clock;
    private final long startElapsedSeconds;

    private final PacketSink sink = this::emit;

    private final @Nullable SlotModel[] slotModels;
    private final PathModel paths;

    /// The application's last answer to each request, null while there is none.
    private final Map<Long, @Nullable Boolean> answers = new HashMap<>();

    private final Map<UserData, Long> entryOfToken = new HashMap<>();
    private @Nullable SlotModel replaced;
    private int taken;

    /// How many slots were taken in this life, and how many had been when a token was first
    /// answered.
    private long slotsTaken;

    private final Map<MintedToken, Long> slotsBefore = new HashMap<>();
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

    ServerModel(Pair pair, SimulatedServer server, String who) {
        this.pair = pair;
        this.invariants = pair.invariants();
        this.server = server;
        this.who = who;
        clock = new ClockModel(pair.clock(), server.wallSeconds());
        startElapsedSeconds = clock.elapsedSeconds();
        slotModels = new SlotModel[pair.maxClients()];
        paths = new PathModel(pair, who);
    }

    int slotOfClient(long clientId) {
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            if (slotModel != null && slotModel.clientId == clientId) {
                return slot;
            }
        }
        return SimulatedServer.NO_SLOT;
    }

    /// {@return whether the connection of a token has a slot in this life}
    boolean hasSlot(MintedToken token) {
        return slotOf(Set.of(token)) != null;
    }

    private @Nullable SlotModel slotOfPath(SimulatedPacket packet) {
        return slotOf(invariants.tokensOfPath(PathPackets.pathId(packet)));
    }

    private @Nullable SlotModel slotOf(Set<MintedToken> tokens) {
        for (SlotModel slotModel : slotModels) {
            if (slotModel != null && slotModel.token != null && tokens.contains(slotModel.token)) {
                return slotModel;
            }
        }
        return null;
    }

    /// {@return whether a client of another token is at this address}
    boolean isTakenFrom(MintedToken token, NetAddress address) {
        int slot = slotOfAddress(address);
        SlotModel slotModel = slot == SimulatedServer.NO_SLOT ? null : slotModels[slot];
        return slotModel != null && slotModel.token != token;
    }

    private int slotOfAddress(NetAddress address) {
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            if (slotModel != null && slotModel.address.equals(address)) {
                return slot;
            }
        }
        return SimulatedServer.NO_SLOT;
    }

    /// Notes the application's answer to a request; only the first one counts.
    ///
    /// @return whether the request was made in this life
    boolean answered(ServerEvent.Requested request, boolean isAdmitted) {
        if (!answers.containsKey(request.entry())) {
            return false;
        }
        if (answers.get(request.entry()) == null) {
            answers.put(request.entry(), isAdmitted);
        }
        return true;
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
        for (SlotModel slotModel : slotModels) {
            if (slotModel != null && wasSomebodyConnected) {
                slotModel.silentSinceNanos =
                        Pause.silentSince(
                                nowNanos, slotModel.silentSinceNanos, nowNanos - lookedAtNanos);
            }
        }
        lookedAtNanos = nowNanos;
        wasSomebodyConnected = taken > 0;
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
        SlotModel slotModel = slotModels[slot];
        if (slotModel == null || !slotModel.address.equals(packet.from())) {
            violated(
                    Invariant.PAYLOADS_ONCE_AND_UNALTERED,
                    "slot " + slot + " delivered a payload, but its client is not at " + packet);
        } else if (slotModel.token != null) {
            pair.invariants()
                    .ledger()
                    .receivedByServer(slotModel.token, server, this, payload, packet);
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
            paths.afterPathPacket(slotOfPath(packet), emitted, machine.drops());
        } else if (type == PathPackets.PING) {
            paths.afterPing(machine.drops());
        }
        if (isHeeded && (type == KEEP_ALIVE || type == PAYLOAD || type == PathPackets.PING)) {
            int slot = slotOfAddress(packet.from());
            SlotModel slotModel = slot == SimulatedServer.NO_SLOT ? null : slotModels[slot];
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
        slotsBefore.putIfAbsent(token, slotsTaken);
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
        } else if (!token.bindTo(this, packet.from()).equals(packet.from())) {
            problem = "it came from another address before";
        }
        if (problem != null) {
            violated(
                    Invariant.ONLY_VALID_TOKENS_ANSWERED,
                    "answers a request with " + token + ", but " + problem + ": " + packet);
        }
        if (token.hasConnectedAt(this)) {
            violated(
                    Invariant.ONE_CONNECTION_PER_TOKEN,
                    "answers a request with " + token + ", which has led to a connection");
        }
    }

    // ---- A payload to a client

    void beforeSend(int slot, byte[] payload) {
        emitted.clear();
        SlotModel slotModel = slotModels[slot];
        if (slotModel != null && slotModel.token != null) {
            invariants.ledger().sentToClient(slotModel.token, payload);
        }
    }

    void afterSend(int slot, boolean isSent) {
        SlotModel slotModel = slotModels[slot];
        if (!isSent || slotModel == null) {
            return;
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

    // ---- Events

    void happened(ServerEvent event) {
        eventsInCall++;
        switch (event) {
            case ServerEvent.Requested requested -> {
                answers.put(requested.entry(), null);
                entryOfToken.put(requested.userData(), requested.entry());
            }
            case ServerEvent.Suspended _, ServerEvent.Resumed _ ->
                    throw new AssertionError("no server of a pair keeps slots: " + event);
            case ServerEvent.Connected connected -> connected(connected);
            case ServerEvent.Disconnected disconnected -> disconnected(disconnected);
            case ServerEvent.Moved moved ->
                    paths.moved(
                            moved,
                            slotModels[moved.slot()],
                            slotOfAddress(moved.to()) != SimulatedServer.NO_SLOT);
        }
    }

    private void connected(ServerEvent.Connected event) {
        MintedToken token = invariants.tokenOf(event.userData());
        if (token != null) {
            if (!token.slotIn(this, server)) {
                violated(
                        Invariant.ONE_CONNECTION_PER_TOKEN,
                        "gives a second connection to " + token);
            }
            if (token.clientId != event.clientId()
                    || !token.bindTo(this, event.address()).equals(event.address())) {
                violated(Invariant.SLOTS_AS_TOKENS_SAY, event + " does not fit " + token);
            }
        }
        if (pair.isAskingAdmission()) {
            Long entry = entryOfToken.get(event.userData());
            if (entry == null || !Boolean.TRUE.equals(answers.get(entry))) {
                violated(Invariant.ADMISSION_HEEDED, event + ", whom nobody has admitted");
            }
        }
        checkTakeover(event, token);
        if (slotOfClient(event.clientId()) != SimulatedServer.NO_SLOT
                || slotOfAddress(event.address()) != SimulatedServer.NO_SLOT) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", which has a slot already");
        }
        if (event.slot() != lowestFree()) {
            violated(
                    Invariant.SLOTS_AS_TOKENS_SAY,
                    event + ", but the lowest free slot is " + lowestFree());
        }
        slotsTaken++;
        slotModels[event.slot()] = new SlotModel(event, token, slotsTaken, pair.clock().nanos());
        taken++;
    }

    private void checkTakeover(ServerEvent.Connected event, @Nullable MintedToken token) {
        SlotModel slotModel = replaced;
        replaced = null;
        if (slotModel == null || slotModel.token == null || token == null) {
            return;
        }
        boolean mayTakeOver =
                pair.sameClient() == SameClient.TAKE_OVER
                        && slotModel.clientId == event.clientId()
                        && slotsBefore.getOrDefault(token, 0L) >= slotModel.number;
        if (!mayTakeOver) {
            violated(
                    Invariant.SLOTS_AS_TOKENS_SAY,
                    event + ", who has no right to the place of " + slotModel.token);
        }
    }

    private void disconnected(ServerEvent.Disconnected event) {
        SlotModel slotModel = slotModels[event.slot()];
        if (slotModel == null || slotModel.clientId != event.clientId()) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", but the slot was not its own");
            return;
        }
        if (event.cause() == ServerEvent.Cause.TIMED_OUT && isHeard(slotModel)) {
            violated(
                    Invariant.SILENCE_IS_HEARD_OUT,
                    event + ", of whom something was heard in time");
        }
        if (event.cause() != ServerEvent.Cause.TIMED_OUT) {
            paths.ended(event.slot(), slotModel);
        }
        if (event.cause() == ServerEvent.Cause.TIMED_OUT && slotModel.token != null) {
            invariants.checkLost(slotModel.token, server, event.toString());
        }
        if (event.cause() == ServerEvent.Cause.REPLACED) {
            hasReplaced = true;
            replaced = slotModel;
        }
        slotModels[event.slot()] = null;
        taken--;
    }

    private boolean isHeard(SlotModel slotModel) {
        long silentNanos = pair.clock().nanos() - slotModel.silentSinceNanos;
        return slotModel.token != null && silentNanos < slotModel.token.timeoutNanos;
    }

    private int lowestFree() {
        int slot = 0;
        while (slot < slotModels.length && slotModels[slot] != null) {
            slot++;
        }
        return slot;
    }

    // ---- After each step, and in the end

    void check(ServerMachine machine) {
        int connected = 0;
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            if (machine.isConnected(slot) != (slotModel != null)) {
                violated(
                        Invariant.NOTHING_LEAKED,
                        "slot " + slot + (slotModel == null ? " is taken by nobody" : " was lost"));
            }
            if (slotModel != null) {
                connected++;
                paths.forgetDeadCandidate(slotModel);
                checkAlive(slot, slotModel);
            }
        }
        if (machine.connectedClients() != connected || taken != connected) {
            violated(
                    Invariant.NOTHING_LEAKED,
                    "counts "
                            + machine.connectedClients()
                            + " clients, but "
                            + connected
                            + " are connected");
        }
        if (machine.rememberedTokens() > invariants.tokensMinted()) {
            violated(
                    Invariant.NOTHING_LEAKED,
                    "remembers "
                            + machine.rememberedTokens()
                            + " tokens of "
                            + invariants.tokensMinted());
        }
    }

    private void checkAlive(int slot, SlotModel slotModel) {
        MintedToken token = slotModel.token;
        if (token == null || token.timeoutNanos == 0) {
            return;
        }
        long silentNanos = pair.clock().nanos() - slotModel.silentSinceNanos;
        if (silentNanos > token.timeoutNanos + pair.tickNanos() + GRACE_NANOS) {
            violated(
                    Invariant.GHOSTS_LEAVE,
                    "slot "
                            + slot
                            + " is kept for "
                            + token
                            + ", silent for "
                            + silentNanos / 1_000_000
                            + " ms");
        }
    }

    void checkNothingLeft(ServerMachine machine, ObservedCiphers ciphers) {
        check(machine);
        if (taken > 0 || machine.pendingConnections() > 0) {
            violated(
                    Invariant.NOTHING_LEAKED,
                    taken
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
