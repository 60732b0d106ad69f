package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Page;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Who may not play. It stands beside the presences: whoever bans learns where the player is in the
/// same step, and no admission slips in between.
public interface BanStore {
    /// Bans a player, in place of a former ban.
    ///
    /// @return where the player is at that moment, to be kicked there
    CompletionStage<Optional<Presence>> ban(Ban ban);

    /// {@return false when the player was not banned}
    CompletionStage<Boolean> unban(long clientId);

    /// {@return the ban of a player, unless it is over}
    CompletionStage<Optional<Ban>> find(long clientId);

    /// {@return a part of the bans that are not over, in no order, as [AdmissionStore#players]}
    CompletionStage<Page<Ban>> bans(String cursor, int max);
}
