package dev.hawser.fleet;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import java.util.List;
import java.util.Set;

/// What a game server tells of itself when it starts and then again and again, as a heartbeat.
///
/// @param serverId names it, 1 to 64 letters, digits, `-`, `_` and `.`; another announcement of the
///   same name replaces this one
/// @param publicAddress which clients dial
/// @param internalAddress by which the server knows itself (its identity); often the same
/// @param region where it is, in words of the operator's choice; empty for anywhere
/// @param protocolId of the game and its version
/// @param maxClients its slots
/// @param freeSlots how many of them are free at this moment
/// @param keyIds the private keys that it holds, newest first
/// @param maxConnectTokenLifetimeSeconds the server refuses tokens that live longer than this, so a
///   service that mints such tokens must not send players to it; 0 when it accepts any
/// @param webTransportCertificateHashes SHA-256 hashes of the certificates that browsers are to
///   accept, as 64 hexadecimal digits each; empty where it takes no browsers
/// @param connectedSince ids of the clients that have connected since the last announcement: the
///   slots that were reserved for them are counted in `freeSlots` from now on
public record ServerAnnouncement(
        String serverId,
        NetAddress publicAddress,
        NetAddress internalAddress,
        String region,
        long protocolId,
        int maxClients,
        int freeSlots,
        List<KeyId> keyIds,
        int maxConnectTokenLifetimeSeconds,
        List<String> webTransportCertificateHashes,
        Set<Long> connectedSince) {
    /// Copies the collections.
    public ServerAnnouncement {
        keyIds = List.copyOf(keyIds);
        webTransportCertificateHashes = List.copyOf(webTransportCertificateHashes);
        connectedSince = Set.copyOf(connectedSince);
    }
}
