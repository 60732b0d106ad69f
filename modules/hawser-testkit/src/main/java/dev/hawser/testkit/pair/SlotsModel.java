package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.SimulatedPacket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who should have which slot in one life of a server, by the events that it tells of: compared
/// with the machine after every step. Part of a [ServerModel].
final class SlotsModel {
    /// How late a slot may be freed: nobody is woken to the nanosecond.
    private static final long GRACE_NANOS = 1_000_000;

    private final Pair pair;
    private final Invariants invariants;
    private final SimulatedServer server;
    private final String who;
    private final GroupModel group;
    private final PathModel paths;
    private final @Nullable SlotModel[] slotModels;

    /// The application's last answer to each request, null while there is none.
    private final Map<Long, @Nullable Boolean> answers = new HashMap<>();

    private final Map<UserData, Long> entryOfToken = new HashMap<>();

    /// Who has just ended for a newcomer that is about to be told of.
    private @Nullable SlotModel replaced;

    private int taken;
    private int kept;
    private boolean isDraining;

    SlotsModel(Pair pair, SimulatedServer server, GroupModel group, PathModel paths, String who) {
        this.pair = pair;
        this.invariants = pair.invariants();
        this.server = server;
        this.group = group;
        this.paths = paths;
        this.who = who;
        slotModels = new SlotModel[pair.maxClients()];
    }

    // ---- Looks

    @Nullable SlotModel at(int slot) {
        return slotModels[slot];
    }

    /// {@return how many clients are connected}
    int taken() {
        return taken;
    }

    /// {@return how many slots are kept for clients that fell silent}
    int kept() {
        return kept;
    }

    boolean isDraining() {
        return isDraining;
    }

    /// {@return whether somebody with this id would find a slot}
    boolean hasSlotFor(long clientId) {
        return lowestFree() < slotModels.length || slotModelOfClient(clientId) != null;
    }

    /// {@return the slot of a client, connected or kept}
    int slotOfClient(long clientId) {
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            if (slotModel != null && slotModel.clientId == clientId) {
                return slot;
            }
        }
        return SimulatedServer.NO_SLOT;
    }

    @Nullable SlotModel slotModelOfClient(long clientId) {
        int slot = slotOfClient(clientId);
        return slot == SimulatedServer.NO_SLOT ? null : slotModels[slot];
    }

    /// {@return whether the connection of a token has a slot in this life}
    boolean hasSlot(MintedToken token) {
        return slotOf(Set.of(token)) != null;
    }

    @Nullable SlotModel slotOfPath(SimulatedPacket packet) {
        return slotOf(invariants.tokensOfPath(PathPackets.pathId(packet)));
    }

    private @Nullable SlotModel slotOf(Set<MintedToken> tokens) {
        for (SlotModel slotModel : slotModels) {
            if (slotModel != null
                    && !slotModel.isKept
                    && slotModel.token != null
                    && tokens.contains(slotModel.token)) {
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

    int slotOfAddress(NetAddress address) {
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            if (slotModel != null && !slotModel.isKept && slotModel.address.equals(address)) {
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

    // ---- Time

    /// So much time has passed since the last look at what is due.
    void passTime(long sinceLookNanos) {
        long nowNanos = pair.clock().nanos();
        for (SlotModel slotModel : slotModels) {
            if (slotModel != null) {
                slotModel.silentSinceNanos =
                        Pause.silentSince(nowNanos, slotModel.silentSinceNanos, sinceLookNanos);
            }
        }
    }

    // ---- Events

    void happened(ServerEvent event) {
        switch (event) {
            case ServerEvent.Requested requested -> {
                answers.put(requested.entry(), null);
                entryOfToken.put(requested.userData(), requested.entry());
            }
            case ServerEvent.Suspended suspended -> suspended(suspended);
            case ServerEvent.Resumed resumed -> resumed(resumed);
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
        checkToken(token, event.clientId(), event.address(), event);
        if (pair.isAskingAdmission()) {
            Long entry = entryOfToken.get(event.userData());
            if (entry == null || !Boolean.TRUE.equals(answers.get(entry))) {
                violated(Invariant.ADMISSION_HEEDED, event + ", whom nobody has admitted");
            }
        }
        SlotModel displaced = replaced != null ? replaced : group.ofClientId(event.clientId());
        replaced = null;
        if (token != null && displaced != null) {
            checkTakeover(event, token, displaced);
        }
        if (token != null && group.claimOf(token) == GroupModel.Claim.ENDED) {
            violated(
                    Invariant.RESUMES_AS_TOKENS_SAY,
                    event + " with " + token + ", whose connection was ended here");
        }
        if (slotOfClient(event.clientId()) != SimulatedServer.NO_SLOT
                || slotOfAddress(event.address()) != SimulatedServer.NO_SLOT) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", which has a slot already");
        }
        if (token != null) {
            group.countNew(token);
        }
        takeFree(event.slot(), event.clientId(), event.address(), token, event);
    }

    /// Whoever gets a slot has a token that says so, and at a time at which slots are given.
    private void checkToken(
            @Nullable MintedToken token, long clientId, NetAddress address, ServerEvent event) {
        if (isDraining) {
            violated(Invariant.NOBODY_IN_A_DRAIN, event + ", though it drains");
        }
        if (token == null) {
            return;
        }
        if (!token.slotIn(this, server)) {
            violated(Invariant.ONE_CONNECTION_PER_TOKEN, "gives a second connection to " + token);
        }
        if (token.clientId != clientId || !token.bindTo(this, address).equals(address)) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + " does not fit " + token);
        }
    }

    private void takeFree(
            int slot,
            long clientId,
            NetAddress address,
            @Nullable MintedToken token,
            ServerEvent event) {
        if (slot != lowestFree()) {
            violated(
                    Invariant.SLOTS_AS_TOKENS_SAY,
                    event + ", but the lowest free slot is " + lowestFree());
        }
        take(slot, clientId, address, token);
    }

    private void take(int slot, long clientId, NetAddress address, @Nullable MintedToken token) {
        slotModels[slot] =
                new SlotModel(clientId, address, token, group.takeSlot(), pair.clock().nanos());
        taken++;
    }

    /// @param displaced which ends for the newcomer, here or at another member
    private void checkTakeover(
            ServerEvent.Connected event, MintedToken token, SlotModel displaced) {
        if (token.resumes != null) {
            violated(
                    Invariant.RESUMES_AS_TOKENS_SAY,
                    event + " with " + token + " displaces " + displaced.token);
        }
        boolean mayTakeOver =
                displaced.clientId == event.clientId()
                        && (displaced.isKept
                                || (pair.sameClient() == SameClient.TAKE_OVER
                                        && group.slotsBefore(token, server) >= displaced.number));
        if (!mayTakeOver && displaced.token != null) {
            violated(
                    Invariant.SLOTS_AS_TOKENS_SAY,
                    event + ", who has no right to the place of " + displaced.token);
        }
    }

    private void suspended(ServerEvent.Suspended event) {
        SlotModel slotModel = slotModels[event.slot()];
        if (slotModel == null || slotModel.isKept || slotModel.clientId != event.clientId()) {
            violated(Invariant.SLOTS_ARE_KEPT, event + ", who is not connected there");
            return;
        }
        if (!mayKeep(slotModel)) {
            violated(
                    isDraining ? Invariant.NOBODY_IN_A_DRAIN : Invariant.SLOTS_ARE_KEPT,
                    event + ", of whom nothing may be kept");
        }
        checkSilence(slotModel, event);
        slotModel.isKept = true;
        slotModel.candidate = null;
        taken--;
        kept++;
        invariants.count(ResumeStep.SUSPENDED);
    }

    private boolean mayKeep(SlotModel slotModel) {
        MintedToken token = slotModel.token;
        return pair.keepSlotNanos() > 0 && !isDraining && (token == null || token.mayResume);
    }

    private void resumed(ServerEvent.Resumed event) {
        MintedToken token = invariants.tokenOf(event.userData());
        SlotModel held = group.ofClientId(event.clientId());
        if (token == null
                || held == null
                || group.claimOf(token) != GroupModel.Claim.RESUMES
                || replaced != null) {
            violated(
                    Invariant.RESUMES_AS_TOKENS_SAY,
                    event + " with " + token + ", but there is " + held);
            return;
        }
        checkToken(token, event.clientId(), event.address(), event);
        countResumed(token, held);
        SlotModel here = slotModelOfClient(event.clientId());
        int neighbour = slotOfAddress(event.address());
        if (neighbour != SimulatedServer.NO_SLOT && slotModels[neighbour] != here) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", where another client is");
        }
        if (here != null) {
            if (slotModels[event.slot()] != here) {
                violated(Invariant.RESUMES_AS_TOKENS_SAY, event + ", whose slot is another one");
            }
            free(slotOfClient(event.clientId()), here);
            take(event.slot(), event.clientId(), event.address(), token);
        } else {
            invariants.count(ResumeStep.RESUMED_ELSEWHERE);
            takeFree(event.slot(), event.clientId(), event.address(), token, event);
        }
    }

    private void countResumed(MintedToken token, SlotModel held) {
        invariants.count(held.isKept ? ResumeStep.RESUMED_KEPT : ResumeStep.RESUMED_CONNECTED);
        if (held.token != null && !held.token.tag.equals(token.resumes)) {
            invariants.count(ResumeStep.RESUMED_BY_FORMER_TAG);
        }
        if (held.isKept && lowestFree() == slotModels.length) {
            invariants.count(ResumeStep.RESUMED_AT_FULL_SERVER);
        }
    }

    private void free(int slot, SlotModel slotModel) {
        slotModels[slot] = null;
        if (slotModel.isKept) {
            kept--;
        } else {
            taken--;
        }
    }

    private void disconnected(ServerEvent.Disconnected event) {
        SlotModel slotModel = slotModels[event.slot()];
        if (slotModel == null || slotModel.clientId != event.clientId()) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", but the slot was not its own");
            return;
        }
        if (slotModel.isKept) {
            keptNoLonger(event, slotModel);
        } else if (event.cause() == ServerEvent.Cause.TIMED_OUT) {
            if (mayKeep(slotModel) && slotModel.token != null) {
                violated(Invariant.SLOTS_ARE_KEPT, event + ", whose slot is not kept");
            }
            if (isDraining && pair.keepSlotNanos() > 0) {
                invariants.count(ResumeStep.NOT_KEPT_IN_DRAIN);
            }
            checkSilence(slotModel, event);
        }
        if (event.cause() != ServerEvent.Cause.TIMED_OUT) {
            paths.ended(event.slot(), slotModel);
        }
        if (event.cause() == ServerEvent.Cause.REPLACED) {
            replaced = slotModel;
        }
        group.ended(slotModel, event.cause(), event.reason());
        free(event.slot(), slotModel);
    }

    private void keptNoLonger(ServerEvent.Disconnected event, SlotModel slotModel) {
        switch (event.cause()) {
            case TIMED_OUT -> {
                long keptNanos = keptNanos(slotModel);
                if (!isDraining && silentNanos(slotModel) < keptNanos) {
                    violated(
                            Invariant.SLOTS_ARE_KEPT,
                            event + ", who had " + keptNanos / 1_000_000 + " ms to come back");
                }
                invariants.count(
                        isDraining ? ResumeStep.KEPT_UNTIL_DRAIN : ResumeStep.KEPT_TO_THE_END);
            }
            case REPLACED -> invariants.count(ResumeStep.KEPT_REPLACED);
            case SERVER_DISCONNECTED -> invariants.count(ResumeStep.KEPT_GIVEN_UP);
            case CLIENT_DISCONNECTED, SEQUENCE_EXHAUSTED ->
                    violated(Invariant.SLOTS_ARE_KEPT, event + " of a client that is lost");
        }
    }

    /// The connection ends for silence, or its slot is kept.
    private void checkSilence(SlotModel slotModel, ServerEvent event) {
        if (isHeard(slotModel)) {
            violated(
                    Invariant.SILENCE_IS_HEARD_OUT,
                    event + ", of whom something was heard in time");
        }
        if (slotModel.token != null) {
            invariants.checkLost(slotModel.token, server, event.toString());
        }
    }

    private long silentNanos(SlotModel slotModel) {
        return pair.clock().nanos() - slotModel.silentSinceNanos;
    }

    /// {@return for how long a client may be silent before its slot is free}
    private long keptNanos(SlotModel slotModel) {
        return slotModel.token == null ? 0 : slotModel.token.timeoutNanos + pair.keepSlotNanos();
    }

    private boolean isHeard(SlotModel slotModel) {
        return slotModel.token != null && silentNanos(slotModel) < slotModel.token.timeoutNanos;
    }

    private int lowestFree() {
        int slot = 0;
        while (slot < slotModels.length && slotModels[slot] != null) {
            slot++;
        }
        return slot;
    }

    // ---- Commands that a server is given

    void drain() {
        isDraining = true;
    }

    /// A client that goes on at another member of the group has been left.
    void abandoned(int slot) {
        SlotModel slotModel = slotModels[slot];
        if (slotModel != null) {
            free(slot, slotModel);
        }
    }

    /// A client that came in at another member has been replaced here.
    void replacedElsewhere() {
        replaced = null;
    }

    // ---- After each step

    void check(ServerMachine machine) {
        int connected = 0;
        for (int slot = 0; slot < slotModels.length; slot++) {
            SlotModel slotModel = slotModels[slot];
            boolean isKept = slotModel != null && slotModel.isKept;
            if (machine.isConnected(slot) != (slotModel != null && !isKept)
                    || machine.isSuspended(slot) != isKept) {
                violated(
                        Invariant.NOTHING_LEAKED,
                        "slot " + slot + (slotModel == null ? " is taken by nobody" : " was lost"));
            }
            if (slotModel != null) {
                connected += isKept ? 0 : 1;
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
        if (machine.suspendedClients() != kept || (isDraining && kept > 0)) {
            violated(
                    isDraining ? Invariant.NOBODY_IN_A_DRAIN : Invariant.SLOTS_ARE_KEPT,
                    "keeps " + machine.suspendedClients() + " slots, but " + kept + " are lost");
        }
        // A token is remembered once for each of its servers that has seen it.
        int timesMax = pair.sharesClients() ? pair.servers().size() : 1;
        if (machine.rememberedTokens() > timesMax * invariants.tokensMinted()) {
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
        long silentNanos = silentNanos(slotModel);
        long silentNanosMax = slotModel.isKept ? keptNanos(slotModel) : token.timeoutNanos;
        if (silentNanos > silentNanosMax + pair.tickNanos() + GRACE_NANOS) {
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

    private void violated(Invariant invariant, String problem) {
        invariants.violated(invariant, who + " " + problem);
    }
}
