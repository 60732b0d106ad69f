package dev.hawser.online.operator;

import java.util.Objects;

/// Where a player is.
///
/// @param clientId of the player, unsigned
/// @param serverId the server's name
/// @param startId which start of the server, 32 hexadecimal digits
/// @param connectionId which connection, 32 hexadecimal digits
/// @param sinceUnixSeconds when the player was admitted
public record PlayerPresence(
        long clientId,
        String serverId,
        String startId,
        String connectionId,
        long sinceUnixSeconds) {
    /// Checks that all of it is there.
    public PlayerPresence {
        Objects.requireNonNull(serverId, "serverId");
        Objects.requireNonNull(startId, "startId");
        Objects.requireNonNull(connectionId, "connectionId");
    }
}
