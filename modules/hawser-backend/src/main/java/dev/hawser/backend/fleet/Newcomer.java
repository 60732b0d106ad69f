package dev.hawser.backend.fleet;

import dev.hawser.protocol.TokenTag;

/// A client that has proved itself to a game server, which asks whether to seat it.
///
/// @param tokenTag of its connect token
/// @param clientId from the token, unsigned
/// @param expiresAtUnixSeconds when the token expires
/// @param connectionId that its connection is to have; asked again for the same token, the server
///   may name another one, and is told the first
public record Newcomer(
        TokenTag tokenTag, long clientId, long expiresAtUnixSeconds, ConnectionId connectionId) {}
