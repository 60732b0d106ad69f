package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a server has sent, received and dropped. A snapshot; counts of packets begin with the last
/// start, those of payloads and of the transport with the server.
///
/// @param maxClients the number of slots
/// @param connectedClients how many of them are taken
/// @param pendingConnections how many connections are being made
/// @param rememberedTokens how many connect tokens are remembered until they expire
/// @param deniedConnections how many times a client was told that it is denied
/// @param payloadsOut handed to the transport
/// @param payloadBytesOut of those payloads
/// @param payloadsIn received and put into the queue for [NetServer#receive]
/// @param payloadBytesIn of those payloads
/// @param payloadsNotQueued received, and dropped because that queue was full
/// @param drops packets that were dropped, by reason; only reasons that occurred
/// @param transport what the transport has moved and dropped
public record ServerStats(
        int maxClients,
        int connectedClients,
        int pendingConnections,
        int rememberedTokens,
        long deniedConnections,
        long payloadsOut,
        long payloadBytesOut,
        long payloadsIn,
        long payloadBytesIn,
        long payloadsNotQueued,
        Map<Drop, Long> drops,
        TransportStats transport) {
    /// Copies the map.
    public ServerStats {
        Map<Drop, Long> copy = new EnumMap<>(Drop.class);
        copy.putAll(drops);
        drops = Collections.unmodifiableMap(copy);
    }
}
