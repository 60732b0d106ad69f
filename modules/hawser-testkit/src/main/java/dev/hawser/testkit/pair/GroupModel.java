package dev.hawser.testkit.pair;

import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the servers of one group, or one server by itself, should know together: who is connected
/// where, which connections ended lately, and so who may go on with what (docs/extension.md
/// "Resume", told a second time).
final class GroupModel {
    private static final long ENDED_NANOS = 60_000_000_000L;
    private static final int TOKEN_HISTORY_MAX = 256;

    private final Pair pair;
    private final Invariants invariants;
    private final List<SlotsModel> members = new ArrayList<>();

    /// When a member ended the connection of a client itself, for each tag that it may name.
    private final Map<Ended, Long> endedAtNanos = new HashMap<>();

    private final Set<TokenTag> goodbyes = new HashSet<>();

    /// How many slots were taken, and how many had been when a token was first answered by a
    /// server.
    private long slotsTaken;

    private final Map<Seen, Long> slotsBefore = new HashMap<>();

    /// The machines' own group, where there are several.
    private @Nullable ServerGroup machines;

    private record Ended(long clientId, TokenTag tag) {}

    private record Seen(MintedToken token, SimulatedServer server) {}

    /// What becomes of somebody who comes in with a token.
    enum Claim {
        /// A new connection.
        NEW,
        /// The one that its token names.
        RESUMES,
        /// None: the same client is here under another token.
        REPLACED,
        /// None: this server, or another member, has ended it.
        ENDED
    }

    GroupModel(Pair pair) {
        this.pair = pair;
        invariants = pair.invariants();
    }

    /// {@return the group that the machine of a new member joins}
    ServerGroup machines() {
        ServerGroup current = machines;
        if (current == null) {
            current = new ServerGroup(TOKEN_HISTORY_MAX, pair.newRandom());
            machines = current;
        }
        return current;
    }

    void join(SlotsModel member) {
        members.add(member);
    }

    void leave(SlotsModel member) {
        members.remove(member);
    }

    // ---- Slots

    long takeSlot() {
        return ++slotsTaken;
    }

    /// A server answers a request with this token.
    void seen(MintedToken token, SimulatedServer server) {
        slotsBefore.putIfAbsent(new Seen(token, server), slotsTaken);
    }

    /// {@return how many slots had been taken when this server first saw the token}
    long slotsBefore(MintedToken token, SimulatedServer server) {
        return slotsBefore.getOrDefault(new Seen(token, server), 0L);
    }

    /// {@return the slot of a client at whichever member, connected or kept, or null}
    @Nullable SlotModel ofClientId(long clientId) {
        for (SlotsModel member : members) {
            SlotModel slotModel = member.slotModelOfClient(clientId);
            if (slotModel != null) {
                return slotModel;
            }
        }
        return null;
    }

    /// {@return the member, other than one of them, at which a client has a slot; or null}
    @Nullable SlotsModel otherWith(long clientId, SlotsModel member) {
        for (SlotsModel other : members) {
            if (other != member && other.slotModelOfClient(clientId) != null) {
                return other;
            }
        }
        return null;
    }

    // ---- Who may go on

    /// {@return what the holder of this token may have now}
    Claim claimOf(MintedToken token) {
        if (token.resumes == null) {
            return Claim.NEW;
        }
        SlotModel held = ofClientId(token.clientId);
        if (held != null) {
            return held.isOf(token.resumes) ? Claim.RESUMES : Claim.REPLACED;
        }
        Long atNanos = endedAtNanos.get(new Ended(token.clientId, token.resumes));
        return atNanos != null && pair.clock().nanos() - atNanos < ENDED_NANOS
                ? Claim.ENDED
                : Claim.NEW;
    }

    /// A connection has ended; if by the server's own will, its client is told when it comes back,
    /// unless it was sent on.
    void ended(SlotModel slotModel, ServerEvent.Cause cause, StatedReason reason) {
        MintedToken token = slotModel.token;
        if (token == null) {
            return;
        }
        switch (cause) {
            case SERVER_DISCONNECTED, REPLACED -> {
                boolean isSentOn =
                        reason.code() == StatedReason.MOVED
                                || reason.code() == StatedReason.SERVER_STOPPED;
                if (token.mayResume && !isSentOn) {
                    long nowNanos = pair.clock().nanos();
                    endedAtNanos.put(new Ended(token.clientId, token.tag), nowNanos);
                    TokenTag former = slotModel.formerTag();
                    if (former != null) {
                        endedAtNanos.put(new Ended(token.clientId, former), nowNanos);
                    }
                }
            }
            case CLIENT_DISCONNECTED -> goodbyes.add(token.tag);
            case TIMED_OUT, SEQUENCE_EXHAUSTED -> {}
        }
    }

    // ---- What is counted

    void countNew(MintedToken token) {
        TokenTag resumes = token.resumes;
        if (resumes == null) {
            return;
        }
        MintedToken former = invariants.minted(resumes);
        if (former != null && former.clientId != token.clientId) {
            invariants.count(ResumeStep.NEW_WITH_ANOTHERS_TAG);
        } else if (goodbyes.contains(resumes)) {
            invariants.count(ResumeStep.NEW_AFTER_GOODBYE);
        } else {
            invariants.count(ResumeStep.NEW_OF_UNKNOWN);
        }
    }
}
