package dev.hawser.backend;

import dev.hawser.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import java.util.List;

/// Servers that were chosen for a player, with a slot at the first of them.
///
/// @param clientId of the player, unsigned
/// @param servers at least one; at the first a slot is reserved
/// @param keyId the newest key that all of them have
public record Reservation(long clientId, List<ServerAnnouncement> servers, KeyId keyId) {
    /// Copies the list.
    public Reservation {
        servers = List.copyOf(servers);
    }
}
