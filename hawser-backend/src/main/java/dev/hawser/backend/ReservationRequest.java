package dev.hawser.backend;

import dev.hawser.protocol.KeyId;
import java.util.List;

/// For whom servers are wanted, and what they must be like.
///
/// @param clientId of the player, unsigned
/// @param protocolId that the servers must speak
/// @param region preferred; empty for any
/// @param keyIds the keys that a token can be sealed with, newest first: the servers that are
///   chosen must have one of them in common
/// @param serversMax how many are wanted at most, 1 to 32: the first gets the reservation, the
///   others are fallbacks
/// @param expiresAtUnixSeconds when the token will expire, and with it the reservation
public record ReservationRequest(
        long clientId,
        long protocolId,
        String region,
        List<KeyId> keyIds,
        int serversMax,
        long expiresAtUnixSeconds) {
    /// Copies the list.
    public ReservationRequest {
        keyIds = List.copyOf(keyIds);
    }
}
