package dev.hawser.online.operator;

import java.util.Objects;
import java.util.Optional;

/// What came of a ban.
///
/// @param ban as it holds from now on
/// @param presence the connection that ends, with the next announcement of its server; empty where
///   the player was at none
public record BannedPlayer(PlayerBan ban, Optional<PlayerPresence> presence) {
    /// Checks that all of it is there.
    public BannedPlayer {
        Objects.requireNonNull(ban, "ban");
        Objects.requireNonNull(presence, "presence");
    }
}
