package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerEvent;
import org.jspecify.annotations.Nullable;

/// What a [ServerModel] knows of a slot that is taken.
final class SlotModel {
    final long clientId;
    final @Nullable MintedToken token;

    /// Of all slots that were taken in this life of the server, in their order.
    final long number;

    NetAddress address;
    boolean isConfirmed;
    long silentSinceNanos;

    /// Where the latest challenge went that was not answered yet; the one of a dead candidate is
    /// forgotten when somebody looks.
    @Nullable NetAddress candidate;

    long candidateSinceNanos;
    long candidateSequence;
    boolean hasMoved;
    long movedAtNanos;

    SlotModel(
            ServerEvent.Connected event, @Nullable MintedToken token, long number, long nowNanos) {
        clientId = event.clientId();
        address = event.address();
        this.token = token;
        this.number = number;
        silentSinceNanos = nowNanos;
    }
}
