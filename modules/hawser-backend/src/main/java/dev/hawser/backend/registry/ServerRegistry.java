package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
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
    ///
    /// Announcements of one start ([ServerAnnouncement#startId()]) have a sequence: one that was
    /// overtaken by a later one, or by a withdrawal, changes nothing. Where a server says no start,
    /// its addresses stand for one.
    ///
    /// **Two servers of one name.** A newcomer gets the name at once: it may be the server itself,
    /// after a crash. Then nothing more is heard of the former start, but what was overtaken on its
    /// way. When that is heard again with a higher sequence, or with none, there are two: the
    /// former one gets its name back, drained if it was, and keeps it as long as it is not silent,
    /// and the newcomer is told so. A start that was never heard before and is older than the one
    /// that has the name ([ServerStart#startId()]) is late, and told so too.
    CompletionStage<Announced> announce(ServerAnnouncement announcement);

    /// Forgets a server, which takes no more clients. Does nothing when it is not known, when
    /// another start has its name, or when it was overtaken by a later announcement.
    ///
    /// @param server the start that leaves
    /// @param sequence as that of announcements
    CompletionStage<Void> withdraw(ServerStart server, long sequence);

    /// Offers a server to nobody any more, whatever it announces, not to players who resume a
    /// connection there either, since it would refuse them; a later start of it is offered again.
    /// What the operator's drain begins with, and what a server that announces itself as draining
    /// has said itself.
    ///
    /// @return the start that is drained now; empty when no server of this name is known
    CompletionStage<Optional<ServerStart>> drain(String serverId);

    /// {@return a server by its name; empty when it is not known} Asked for each group of
    /// newcomers: it must be cheap.
    CompletionStage<Optional<ListedServer>> find(String serverId);

    /// {@return a part of the servers that are known, in no order; each at least once in all parts
    /// together, unless it comes or goes meanwhile}
    ///
    /// @param cursor empty for the first part, else [Page#next()] of the part before
    /// @param max of a part, 1 to 1000; a part may have fewer, also none, before the end
    CompletionStage<Page<ListedServer>> servers(String cursor, int max);

    /// Chooses servers for a player and reserves a slot at the first of them, in one step: two
    /// players never get the same slot.
    ///
    /// A reservation ends when the server announces that the client has connected, when it expires,
    /// or when it is released. A player that asks again before that keeps one reservation, not two.
    ///
    /// A server that is full has room for a player who is connected there: he is sent back to it. A
    /// player who [ReservationRequest#resumes] a connection is sent to the server that has it, as
    /// far as the registry knows, before any other. No two servers of one internal address are in
    /// one reservation, since they would seal packets under the same numbers.
    ///
    /// @return empty when no server has room
    CompletionStage<Optional<Reservation>> reserve(ReservationRequest request);

    /// Gives a reservation back, for example because no token could be made. Does nothing when it
    /// has ended.
    CompletionStage<Void> release(Reservation reservation);

    /// Says which token was made of a reservation, so that a player who loses the connection can be
    /// sent back by it. A registry may forget it. By default it does nothing, and only a player who
    /// is known to be connected is sent back.
    ///
    /// @param tag of the token, which servers and clients know it by
    default CompletionStage<Void> minted(Reservation reservation, TokenTag tag) {
        return CompletableFuture.completedStage(null);
    }

    /// {@return false when a token is known to be another player's, whose connection is nothing
    /// that this one could go on with} Game servers look too, so true is never wrong: it is the
    /// default.
    ///
    /// @param clientId of the player who asks, unsigned
    /// @param former the tag that the player gave
    default CompletionStage<Boolean> mayResume(long clientId, TokenTag former) {
        return CompletableFuture.completedStage(true);
    }

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
