package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a client has sent, received and dropped since it was made. A snapshot.
///
/// @param payloadsOut handed to the transport
/// @param payloadBytesOut of those payloads
/// @param payloadsIn received and put into the queue for [NetClient#receive]
/// @param payloadBytesIn of those payloads
/// @param payloadsNotQueued received, and dropped because that queue was full
/// @param updatesAtLimit updates that met more packets than one takes
///   ([NetcodeClient.Builder#packetsPerUpdateMax]), or a transport's messages
/// @param drops packets that were dropped, by reason; only reasons that occurred
/// @param transport what the transport has moved and dropped
public record ClientStats(
        long payloadsOut,
        long payloadBytesOut,
        long payloadsIn,
        long payloadBytesIn,
        long payloadsNotQueued,
        long updatesAtLimit,
        Map<Drop, Long> drops,
        TransportStats transport) {
    /// Copies the map.
    public ClientStats {
        Map<Drop, Long> copy = new EnumMap<>(Drop.class);
        copy.putAll(drops);
        drops = Collections.unmodifiableMap(copy);
    }
}
