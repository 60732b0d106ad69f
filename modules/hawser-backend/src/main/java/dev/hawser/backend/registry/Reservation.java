package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.token.TokenRequest;
import java.util.List;

/// Servers that were chosen for a player, with a slot at the first of them.
///
/// @param id names it among all of its registry, so that giving back an old one takes nothing from
///   the one that came after it
/// @param clientId of the player, unsigned
/// @param servers 1 to 32, each of which has the key; at the first a slot is reserved
/// @param keyId the newest key that all of them have
public record Reservation(String id, long clientId, List<ServerAnnouncement> servers, KeyId keyId) {
    /// Copies the list.
    ///
    /// @throws IllegalArgumentException when there are no servers, too many, one lacks the key, or
    ///   two know themselves by one address
    public Reservation {
        servers = List.copyOf(servers);
        if (servers.isEmpty() || servers.size() > TokenRequest.SERVERS_MAX) {
            throw new IllegalArgumentException(
                    "the number of servers is "
                            + servers.size()
                            + ", but must be from 1 to "
                            + TokenRequest.SERVERS_MAX);
        }
        for (int i = 0; i < servers.size(); i++) {
            ServerAnnouncement server = servers.get(i);
            if (!server.keyIds().contains(keyId)) {
                throw new IllegalArgumentException(
                        "keyId is "
                                + keyId
                                + ", but server "
                                + server.serverId()
                                + " has only "
                                + server.keyIds());
            }
            for (ServerAnnouncement other : servers.subList(0, i)) {
                if (ServerChoice.shareIdentity(server, other)) {
                    throw new IllegalArgumentException(
                            "servers "
                                    + server.serverId()
                                    + " and "
                                    + other.serverId()
                                    + " both know themselves as "
                                    + server.internalAddress()
                                    + ", so only one of them can be in a token");
                }
            }
        }
    }
}
