package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.token.TokenRequest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// For whom servers are wanted, and what they must be like.
///
/// @param clientId of the player, unsigned
/// @param protocolId that the servers must speak
/// @param region preferred, up to 64 characters; empty for any
/// @param keyIds the keys that a token can be sealed with, newest first, 1 to 4: the servers that
///   are chosen must have one of them in common
/// @param serversMax how many are wanted at most, 1 to 32: the first gets the reservation, the
///   others are fallbacks
/// @param expiresAtUnixSeconds when the token will expire, and with it the reservation
/// @param resumes the token of the connection that the player has lost and goes on with, which is
///   no secret: whoever has seen a connection request knows it
public record ReservationRequest(
        long clientId,
        long protocolId,
        String region,
        List<KeyId> keyIds,
        int serversMax,
        long expiresAtUnixSeconds,
        Optional<TokenTag> resumes) {
    /// Copies the list.
    ///
    /// @throws IllegalArgumentException when anything is outside its limits; the message begins
    ///   with the name of what is wrong
    public ReservationRequest {
        keyIds = List.copyOf(keyIds);
        Objects.requireNonNull(resumes, "resumes");
        ServerAnnouncement.checkRegion(region);
        ServerAnnouncement.checkKeyIds(keyIds);
        if (serversMax < 1 || serversMax > TokenRequest.SERVERS_MAX) {
            throw new IllegalArgumentException(
                    "serversMax is "
                            + serversMax
                            + ", but must be from 1 to "
                            + TokenRequest.SERVERS_MAX);
        }
        if (expiresAtUnixSeconds < 0) {
            throw new IllegalArgumentException(
                    "expiresAtUnixSeconds is "
                            + expiresAtUnixSeconds
                            + ", but must be a time since 1970: a slot is not kept for ever");
        }
    }

    /// A request of a player who has lost no connection.
    ///
    /// @throws IllegalArgumentException as above
    public ReservationRequest(
            long clientId,
            long protocolId,
            String region,
            List<KeyId> keyIds,
            int serversMax,
            long expiresAtUnixSeconds) {
        this(
                clientId,
                protocolId,
                region,
                keyIds,
                serversMax,
                expiresAtUnixSeconds,
                Optional.empty());
    }
}
