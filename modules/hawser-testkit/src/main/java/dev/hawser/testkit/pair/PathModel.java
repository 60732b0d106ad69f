package dev.hawser.testkit.pair;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.testkit.SimulatedPacket;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one life of a server should know of where its clients are, if their connections survive a
/// changed address. Part of a [ServerModel].
final class PathModel {
    private static final Drop[] DROPS = Drop.values();
    private static final long CANDIDATE_LIFE_NANOS = 2_000_000_000;
    private static final long MOVE_INTERVAL_NANOS = 100_000_000;
    private static final long ENDED_NANOS = 60_000_000_000L;
    private static final int RESET_BYTES = 17;

    private final Pair pair;
    private final Invariants invariants;
    private final String who;

    private final long[] dropsBefore = new long[DROPS.length];

    /// What ended last in each slot.
    private final @Nullable MintedToken[] ended;

    private final long[] endedAtNanos;

    // The datagram that the machine has before it.
    private @Nullable SimulatedPacket packet;
    private @Nullable SlotModel mover;

    PathModel(Pair pair, String who) {
        this.pair = pair;
        invariants = pair.invariants();
        this.who = who;
        ended = new MintedToken[pair.maxClients()];
        endedAtNanos = new long[pair.maxClients()];
    }

    // ---- A datagram

    void beforeDatagram(SimulatedPacket packet, DropCounters drops) {
        this.packet = packet;
        mover = null;
        if (packet.typeNumber() >= PathPackets.REQUEST) {
            for (Drop drop : DROPS) {
                dropsBefore[drop.ordinal()] = drops.count(drop);
            }
        }
    }

    /// @param slotModel of the path that the packet names, null when no slot has it
    void afterPathPacket(
            @Nullable SlotModel slotModel, List<SimulatedPacket> emitted, DropCounters drops) {
        SimulatedPacket packet = this.packet;
        if (packet == null) {
            return;
        }
        Drop drop = dropped(drops);
        count(drop);
        if (drop == Drop.NONE && emitted.isEmpty() && slotModel != null) {
            violated(Invariant.MOVES_AS_CHALLENGED, "heeds in silence " + packet);
        }
        for (SimulatedPacket answer : emitted) {
            if (!answer.to().equals(packet.from())) {
                violated(
                        Invariant.MOVES_AS_CHALLENGED,
                        "answers " + packet + " elsewhere: " + answer);
            }
            if (answer.typeNumber() == PathPackets.RESET) {
                reset(packet, slotModel, answer);
            } else if (slotModel != null) {
                answered(packet, slotModel);
            }
        }
        boolean isReset =
                emitted.stream().anyMatch(answer -> answer.typeNumber() == PathPackets.RESET);
        if (slotModel != null && isHeard(drop) && !isReset) {
            slotModel.silentSinceNanos = pair.clock().nanos();
            slotModel.isConfirmed |= slotModel.address.equals(packet.from());
            heard(slotModel, packet);
        }
    }

    void afterPing(DropCounters drops) {
        if (dropped(drops) == Drop.NONE) {
            invariants.count(PathStep.SERVER_PINGED);
        }
    }

    /// A packet of a client has opened, from where it is.
    void heard(SlotModel slotModel, SimulatedPacket packet) {
        // Clients of a pair count from 0: no difference is too large.
        boolean isNewer = PathPackets.sequence(packet) - slotModel.candidateSequence > 0;
        if (slotModel.candidate != null && slotModel.address.equals(packet.from()) && isNewer) {
            slotModel.candidate = null;
            invariants.count(PathStep.CANDIDATE_OVERTAKEN);
        }
    }

    /// {@return whether the packet came from where its client is, or was its newest: what is late,
    /// or does not open, shows nothing}
    private static boolean isHeard(Drop drop) {
        return switch (drop) {
            case NONE, PATH_CHALLENGE, PATH_MOVES_LIMIT -> true;
            default -> false;
        };
    }

    private Drop dropped(DropCounters drops) {
        for (Drop drop : DROPS) {
            if (drop != Drop.NONE && drops.count(drop) > dropsBefore[drop.ordinal()]) {
                return drop;
            }
        }
        return Drop.NONE;
    }

    private Set<MintedToken> tokensOf(SimulatedPacket packet) {
        return invariants.tokensOfPath(PathPackets.pathId(packet));
    }

    private void count(Drop drop) {
        PathStep step = PathStep.of(drop);
        if (drop != Drop.NONE && step != null) {
            invariants.count(step);
        }
    }

    private void answered(SimulatedPacket request, SlotModel slotModel) {
        if (slotModel == mover) {
            return; // it is confirmed where it has moved to
        }
        if (slotModel.address.equals(request.from())) {
            invariants.count(PathStep.HOME_CONFIRMED);
            return;
        }
        long nowNanos = pair.clock().nanos();
        NetAddress before = slotModel.candidate;
        forgetDeadCandidate(slotModel);
        boolean isRepeat = request.from().equals(slotModel.candidate);
        if (!isRepeat) {
            if (before != null && slotModel.candidate != null) {
                invariants.count(PathStep.CANDIDATE_REPLACED);
            }
            slotModel.candidate = request.from();
            slotModel.candidateSinceNanos = nowNanos;
        }
        slotModel.candidateSequence = PathPackets.sequence(request);
        invariants.count(PathStep.CHALLENGED);
    }

    private void reset(
            SimulatedPacket request, @Nullable SlotModel slotModel, SimulatedPacket answer) {
        invariants.count(PathStep.RESET_ANSWERED);
        if (slotModel != null && isOneConnection(slotModel.token)) {
            violated(
                    Invariant.RESET_OF_UNKNOWN_ONLY,
                    "resets " + slotModel.token + ", which has a slot, for " + request);
        }
        Set<MintedToken> tokens = tokensOf(request);
        if (tokens.isEmpty()) {
            violated(Invariant.RESET_OF_UNKNOWN_ONLY, "resets what nobody had, for " + request);
        }
        for (int slot = 0; slot < ended.length; slot++) {
            MintedToken token = ended[slot];
            if (isOneConnection(token)
                    && tokens.contains(token)
                    && pair.clock().nanos() - endedAtNanos[slot] < ENDED_NANOS) {
                violated(
                        Invariant.RESET_OF_UNKNOWN_ONLY,
                        "resets " + token + ", whose connection has just ended here");
            }
        }
        if (answer.length() != RESET_BYTES) {
            violated(Invariant.REPLIES_SMALLER_THAN_REQUESTS, "resets with " + answer);
        }
    }

    /// {@return whether its path is that of a token: one that was used twice has led to one path
    /// before a restart and to another one after it}
    private static boolean isOneConnection(@Nullable MintedToken token) {
        return token != null && !token.isMisused;
    }

    // ---- Events

    void moved(ServerEvent.Moved event, @Nullable SlotModel slotModel, boolean isTaken) {
        SimulatedPacket packet = this.packet;
        String problem = null;
        long nowNanos = pair.clock().nanos();
        if (slotModel == null
                || slotModel.clientId != event.clientId()
                || !slotModel.address.equals(event.from())) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", but its client was not there");
            return;
        }
        if (packet == null
                || packet.typeNumber() != PathPackets.RESPONSE
                || !packet.from().equals(event.to())) {
            problem = "no response came from there, but " + packet;
        } else if (!tokensOf(packet).contains(slotModel.token)) {
            problem = "the response names another path: " + packet;
        } else if (!event.to().equals(slotModel.candidate)) {
            problem = "the latest challenge went to " + slotModel.candidate;
        } else if (nowNanos - slotModel.candidateSinceNanos >= CANDIDATE_LIFE_NANOS) {
            problem = "the challenge was too old";
        } else if (slotModel.hasMoved && nowNanos - slotModel.movedAtNanos < MOVE_INTERVAL_NANOS) {
            problem = "it had just moved";
        }
        if (problem != null) {
            violated(Invariant.MOVES_AS_CHALLENGED, event + ", but " + problem);
        }
        if (isTaken) {
            violated(Invariant.SLOTS_AS_TOKENS_SAY, event + ", where another client is");
        }
        invariants.count(PathStep.MOVED);
        if (event.from().isIpv4() != event.to().isIpv4()) {
            invariants.count(PathStep.MOVED_TO_OTHER_FAMILY);
        }
        slotModel.address = event.to();
        slotModel.candidate = null;
        slotModel.hasMoved = true;
        slotModel.movedAtNanos = nowNanos;
        mover = slotModel;
    }

    void ended(int slot, SlotModel slotModel) {
        ended[slot] = slotModel.token;
        endedAtNanos[slot] = pair.clock().nanos();
    }

    // ---- Time

    /// A path answer that nobody has asked for.
    void saidUnasked(SimulatedPacket answer) {
        if (answer.typeNumber() == PathPackets.ANSWER) {
            invariants.count(PathStep.NOTHING_HEARD_SAID);
        }
    }

    void forgetDeadCandidate(SlotModel slotModel) {
        long nowNanos = pair.clock().nanos();
        if (slotModel.candidate != null
                && nowNanos - slotModel.candidateSinceNanos >= CANDIDATE_LIFE_NANOS) {
            slotModel.candidate = null;
            invariants.count(PathStep.CANDIDATE_DIED);
        }
    }

    private void violated(Invariant invariant, String problem) {
        invariants.violated(invariant, who + " " + problem);
    }
}
