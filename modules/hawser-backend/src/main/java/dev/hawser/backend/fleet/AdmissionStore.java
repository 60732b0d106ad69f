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
/// **Marks.** A token that was admitted is marked with the server start that asked and with the
/// answer, for the longest lifetime of tokens and [#MARK_SLACK_SECONDS] more from the admission, by
/// the store's clock. A later question of the same start has the same answer, and changes nothing,
/// also after a [#release]; one of another start is [Admission.TokenUsed]. A refusal of who is
/// banned is remembered in the same way, so that a question that is late, or asked twice, makes
/// nobody present whom the server has turned away.
///
/// **Presence.** An admission makes the player present at that server, under the connection's id.
/// If the player was present elsewhere, that is superseded: the command to kick it
/// ([ServerCommand.Kick], replaced), which names its connection, is in the [CommandQueue] of its
/// server before the presence changes. An admission at the same server start needs no such command,
/// since the server itself replaces its connections; a later connection of this start stays, and
/// whoever was asked for before it and comes late has [Admission.TokenUsed].
///
/// A presence ends with its server: when that falls silent, withdraws, or another start has its
/// name. Where the registry does not know the server, as after it has forgotten everything, the
/// presence lasts as long as a silent server would, from the last time that this start admitted or
/// reconciled somebody.
public interface AdmissionStore {
    /// So much longer than the longest lifetime of tokens a mark lives.
    int MARK_SLACK_SECONDS = 60;

    /// By how much the clocks of who made the token and of the store may differ, in either
    /// direction: half of the slack of a mark, so that no mark is forgotten while its token could
    /// still be admitted.
    int EXPIRY_SLACK_SECONDS = MARK_SLACK_SECONDS / 2;

    /// The longest lifetime of tokens that counts, a day: tokens that live longer have
    /// [Admission.Expired], whatever limit a server has.
    int LIFETIME_SECONDS_MAX = 86_400;

    /// The most newcomers of one question.
    int NEWCOMERS_MAX = 64;

    /// The most connections of one release.
    int ENDED_MAX = 256;

    /// The most players of one [#reconcile].
    int PRESENT_MAX = 1000;

    /// How long the end of a connection is remembered, for what it has overtaken on its way.
    int ENDED_MEMORY_SECONDS = 300;

    /// Answers each newcomer, in one step for each: what was answered before, used up, expired,
    /// banned, or admitted, in this order; who is admitted is present then.
    ///
    /// A connection that was released before is not admitted: its token is marked, with the answer
    /// [Admission.TokenUsed], and nothing else happens.
    ///
    /// @param server that asks
    /// @param newcomers 1 to [#NEWCOMERS_MAX]
    /// @param tokenLifetimeSecondsMax the longest lifetime of the tokens that the server takes, at
    ///   least 1; more than [#LIFETIME_SECONDS_MAX] counts as that
    /// @return an answer for each, in their order
    CompletionStage<List<Admission>> admit(
            ServerStart server, List<Newcomer> newcomers, int tokenLifetimeSecondsMax);

    /// Ends presences, of players who have left or never came. One that another connection has
    /// superseded stays as it is. Asked again, it does nothing.
    ///
    /// @param ended up to [#ENDED_MAX]
    CompletionStage<Void> release(ServerStart server, List<Ended> ended);

    /// A connection that is over.
    ///
    /// @param clientId of the player, unsigned
    record Ended(long clientId, ConnectionId connectionId) {}

    /// Takes what a server says of who is connected there: after it was out of reach, and from time
    /// to time, which heals what a store has lost. Players whom nobody else has are present there
    /// again, and the tokens that have not expired are marked.
    ///
    /// @param present up to [#PRESENT_MAX]; those that were admitted without a question with the
    ///   token that they showed
    /// @return the connections of them that are over, which the server ends: the player is
    ///   elsewhere or has a later one here, the token was used at another start, the player is
    ///   banned, or it was released, which may have overtaken this
    CompletionStage<Set<ConnectionId>> reconcile(
            ServerStart server, List<Newcomer> present, int tokenLifetimeSecondsMax);

    /// {@return where a player is, by the latest admission; empty when he has left, or the server
    /// is gone}
    CompletionStage<Optional<Presence>> where(long clientId);

    /// {@return a part of the players of a server, in no order; each at least once in all parts
    /// together, unless he comes or goes meanwhile} None when no such server is known.
    ///
    /// @param cursor empty for the first part, else [Page#next()] of the part before; one that is
    ///   neither fails with an [IllegalArgumentException]
    /// @param max of a part, 1 to 1000; a part may have fewer, also none, before the end
    CompletionStage<Page<Presence>> players(String serverId, String cursor, int max);
}
