package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import org.jspecify.annotations.Nullable;

/// What a [ServerModel] knows of a slot that is taken, or kept for a client that fell silent.
final class SlotModel {
    final long clientId;
    final @Nullable MintedToken token;

    /// Of all slots that were taken at the servers of the group, in their order.
    final long number;

    NetAddress address;
    boolean isConfirmed;

    /// Whether it is kept: its client has neither keys nor an address then.
    boolean isKept;

    long silentSinceNanos;

    /// Where the latest challenge went that was not answered yet; the one of a dead candidate is
    /// forgotten when somebody looks.
    @Nullable NetAddress candidate;

    long candidateSinceNanos;
    long candidateSequence;
    boolean hasMoved;
    long movedAtNanos;

    SlotModel(
            long clientId,
            NetAddress address,
            @Nullable MintedToken token,
            long number,
            long nowNanos) {
        this.clientId = clientId;
        this.address = address;
        this.token = token;
        this.number = number;
        silentSinceNanos = nowNanos;
    }

    /// {@return the tag of the token before, which its client may still take for the last one}
    @Nullable TokenTag formerTag() {
        return token == null || isConfirmed ? null : token.resumes;
    }

    /// {@return whether its client may name it so}
    boolean isOf(TokenTag tag) {
        return token != null && (token.tag.equals(tag) || tag.equals(formerTag()));
    }

    @Override
    public String toString() {
        return (isKept ? "a slot kept for " : "the slot of ") + token;
    }
}
