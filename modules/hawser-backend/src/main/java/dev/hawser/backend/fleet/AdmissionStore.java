package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// Which tokens are used up, and where players are. It is what makes a token good once in a whole
/// fleet, and a player present once.
///
/// **Marks.** A token that was admitted is marked with the server start that asked, for the longest
/// lifetime of tokens and [#MARK_SLACK_SECONDS] more from the admission, by the store's clock.
/// A later question of the same start has the same answer, and changes nothing, also after a
/// [#release]; one of another start is [Admission.TokenUsed].
///
/// **Presence.** An admission makes the player present at that server, under the connection's id.
/// If the player was present elsewhere, or there under another connection, that is superseded: the
/// command to kick it ([ServerCommand.Kick], replaced), which names its connection, is in the
/// [CommandQueue] of its server before the presence changes. An admission at the same server start
/// needs no such command, since the server itself replaces its connections.
public interface AdmissionStore {
    /// So much longer than the longest lifetime of tokens a mark lives: what clocks may differ by.
    int MARK_SLACK_SECONDS = 60;

    /// The most newcomers of one question.
    int NEWCOMERS_MAX = 64;

    /// Marks the token of each newcomer and makes its player present, in one step for each: banned,
    /// used up, or admitted.
    ///
    /// @param server that asks
    /// @param newcomers 1 to [#NEWCOMERS_MAX]
    /// @param tokenLifetimeSecondsMax the longest lifetime of the tokens that the server takes, at
    ///   least 1
    /// @return an answer for each, in their order
    CompletionStage<List<Admission>> admit(
            ServerStart server, List<Newcomer> newcomers, int tokenLifetimeSecondsMax);

    /// Ends presences, of players who have left or never came. One that another connection has
    /// superseded stays as it is. Asked again, it does nothing.
    CompletionStage<Void> release(ServerStart server, List<Ended> ended);

    /// A connection that is over.
    ///
    /// @param clientId of the player, unsigned
    record Ended(long clientId, ConnectionId connectionId) {}

    /// Takes what a server says that was out of reach: who is connected there. Their tokens are
    /// marked, players whom nobody else has are present there again, and banned ones are not.
    ///
    /// @param present as many as it has; those that were admitted without a question with the token
    ///   that they showed
    /// @return the connections of them that were superseded meanwhile, or whose player is banned:
    ///   the server ends them
    CompletionStage<Set<ConnectionId>> reconcile(
            ServerStart server, List<Newcomer> present, int tokenLifetimeSecondsMax);

    /// {@return where a player is, by the latest admission; empty when he has left, or the server
    /// is gone}
    CompletionStage<Optional<Presence>> where(long clientId);

    /// {@return a part of the players of a server, in no order; each at least once in all parts
    /// together, unless he comes or goes meanwhile}
    ///
    /// @param cursor empty for the first part, else [Page#next()] of the part before
    /// @param max of a part, 1 to 1000; a part may have fewer, also none, before the end
    CompletionStage<Page<Presence>> players(String serverId, String cursor, int max);
}
