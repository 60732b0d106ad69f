package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.ServerStart;

/// Where a player is.
///
/// @param clientId of the player, unsigned
/// @param server where
/// @param connectionId of the connection, until which the presence lasts
/// @param sinceUnixSeconds when it was admitted, by the store's clock
public record Presence(
        long clientId, ServerStart server, ConnectionId connectionId, long sinceUnixSeconds) {}
