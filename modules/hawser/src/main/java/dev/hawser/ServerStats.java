package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// What a server has sent, received and dropped. A snapshot; counts of packets begin with the last
/// start, those of payloads and of the transport with the server.
///
/// @param maxClients the number of slots
/// @param connectedClients how many of them are taken
/// @param pendingConnections how many connections are being made
/// @param rememberedTokens how many connect tokens are remembered until they expire
/// @param deniedConnections how many times a client was told that it is denied
/// @param refusals how many newcomers the application has refused since the server was made, by the
///   code that they were told: [dev.hawser.protocol.StatedReason#BANNED] and the others
/// @param payloadsOut handed to the transport
/// @param payloadBytesOut of those payloads
/// @param payloadsIn received and put into the queue for [NetServer#receive]
/// @param payloadBytesIn of those payloads
/// @param payloadsNotQueued received, and dropped because that queue was full
/// @param updatesAtLimit updates that met more packets than one takes
///   ([NetcodeServer.Builder#packetsPerUpdateMax]), or a transport's messages
/// @param drops packets that were dropped, by reason; only reasons that occurred
/// @param transport what the transport has moved and dropped
public record ServerStats(
        int maxClients,
        int connectedClients,
        int pendingConnections,
        int rememberedTokens,
        long deniedConnections,
        Map<Integer, Long> refusals,
        long payloadsOut,
        long payloadBytesOut,
        long payloadsIn,
        long payloadBytesIn,
        long payloadsNotQueued,
        long updatesAtLimit,
        Map<Drop, Long> drops,
        TransportStats transport) {
    /// Nothing has happened.
    static final ServerStats NONE =
            new ServerStats(
                    0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, Map.of(), TransportStats.NONE);

    /// Copies the maps.
    public ServerStats {
        Map<Drop, Long> copy = new EnumMap<>(Drop.class);
        copy.putAll(drops);
        drops = Collections.unmodifiableMap(copy);
        refusals = Map.copyOf(refusals);
    }

    /// {@return what two members have together}
    ///
    /// @param other a member that shares its memory of tokens with this one, if both remember any
    ServerStats plus(ServerStats other) {
        return new ServerStats(
                maxClients + other.maxClients,
                connectedClients + other.connectedClients,
                pendingConnections + other.pendingConnections,
                Math.max(rememberedTokens, other.rememberedTokens),
                deniedConnections + other.deniedConnections,
                sum(refusals, other.refusals),
                payloadsOut + other.payloadsOut,
                payloadBytesOut + other.payloadBytesOut,
                payloadsIn + other.payloadsIn,
                payloadBytesIn + other.payloadBytesIn,
                payloadsNotQueued + other.payloadsNotQueued,
                updatesAtLimit + other.updatesAtLimit,
                sum(drops, other.drops),
                transport.plus(other.transport));
    }

    private static <K> Map<K, Long> sum(Map<K, Long> some, Map<K, Long> others) {
        Map<K, Long> sum = new HashMap<>(some);
        others.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return sum;
    }
}
