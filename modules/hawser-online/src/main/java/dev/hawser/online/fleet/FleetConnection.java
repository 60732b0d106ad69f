package dev.hawser.online.fleet;

import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.Refusal;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import org.jspecify.annotations.Nullable;

/// One connection of a player as the fleet knows it, from the question whether he may come in to
/// its end. Of the lock of its [AdmissionDesk].
final class FleetConnection {
    static final StatedReason REPLACED =
            StatedReason.of(StatedReason.REPLACED, "the same player connected again elsewhere");

    /// How far it has come.
    enum State {
        /// The game lets the player in, and the service has not answered.
        WAITING,
        /// The player may take a slot.
        ADMITTED,
        /// The player has a slot, or one is kept for him.
        HERE,
        /// It never comes back: its token lets nobody in any more.
        OVER
    }

    final ConnectionId id;
    final long clientId;
    final NetcodeServer member;

    /// That it was shown last: another one after the connection was resumed.
    ShownToken token;

    State state;

    /// Of the last question; null where nobody was asked.
    @Nullable ConnectionRequest request;

    /// From when the player has a slot.
    @Nullable ConnectedClient client;

    /// Why it is to end as soon as it has a slot; null where it is not.
    @Nullable StatedReason ending;

    /// What becomes of whoever shows the token once it is over.
    Refusal refusal = new Refusal.TokenUsed();

    /// Whether a service may have heard of it.
    boolean mayBeKnown;

    /// When the state has lasted too long: of those that wait, and those that are admitted.
    long deadlineNanos;

    /// Whether its latest token is among what the service is to be told.
    boolean isToBeTold;

    FleetConnection(
            ConnectionId id, long clientId, NetcodeServer member, ShownToken token, State state) {
        this.id = id;
        this.clientId = clientId;
        this.member = member;
        this.token = token;
        this.state = state;
    }
}
