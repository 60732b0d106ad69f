package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Knows the game servers: which there are, which are alive, where there is room.
///
/// Asynchronous, so that it may be a store that several services share. Any thread may call it; a
/// stage that fails counts as a registry that cannot be reached, and players are told to come back.
public interface ServerRegistry {
    /// Takes what a server tells of itself. A server that falls silent is dropped after a time that
    /// the registry knows.
    CompletionStage<Void> announce(ServerAnnouncement announcement);

    /// Forgets a server, which takes no more clients. Does nothing when it is not known.
    CompletionStage<Void> withdraw(String serverId);

    /// Chooses servers for a player and reserves a slot at the first of them, in one step: two
    /// players never get the same slot.
    ///
    /// A reservation ends when the server announces that the client has connected, when it expires,
    /// or when it is released. A player that asks again before that keeps one reservation, not two.
    ///
    /// A server that is full has room for a player who is connected there: he is sent back to it.
    /// No two servers of one internal address are in one reservation, since they would seal packets
    /// under the same numbers.
    ///
    /// @return empty when no server has room
    CompletionStage<Optional<Reservation>> reserve(ReservationRequest request);

    /// Gives a reservation back, for example because no token could be made. Does nothing when it
    /// has ended.
    CompletionStage<Void> release(Reservation reservation);

    /// Says that a client id stands for a player from now on.
    ///
    /// @param clientId unsigned
    /// @param player who it is, as [dev.hawser.backend.player.PlayerIdentity#key()] says it
    /// @return false when the id stands for somebody else already
    CompletionStage<Boolean> claimClientId(long clientId, String player);

    /// {@return a stage that fails when the registry cannot be reached, for `/health/ready`}
    default CompletionStage<Void> check() {
        return CompletableFuture.completedStage(null);
    }

    /// {@return after how many seconds of silence a server is dropped; at least 1} Servers are told
    /// to announce themselves three times as often.
    int serverTimeoutSeconds();
}
