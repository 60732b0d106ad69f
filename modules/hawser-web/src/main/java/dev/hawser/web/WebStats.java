package dev.hawser.web;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a web transport knows besides [dev.hawser.transport.TransportStats]. A snapshot.
///
/// @param sessions open at this moment
/// @param connections of the network that are open at this moment, with those that have no session
/// @param sessionsOpened since the transport was made
/// @param refusals sessions that were not opened, by reason; only reasons that occurred
/// @param cuts sessions and connections that the server ended and their peers did not, by reason;
///   only reasons that occurred
/// @param drops packets that were dropped, by reason; only reasons that occurred
/// @param addressChecks how often somebody had to prove its address before a WebTransport server
///   kept anything of it, since many connections were half open: one more round trip for an honest
///   peer
/// @param protocolErrors connections and streams that broke the rules of their protocol, or broke
///   off
/// @param queueBytes the memory of the queues between the owner's thread and the network's
/// @param networkBytes the memory outside the heap that Netty's buffers take in this process
public record WebStats(
        int sessions,
        int connections,
        long sessionsOpened,
        Map<SessionRefusal, Long> refusals,
        Map<SessionCut, Long> cuts,
        Map<WebDrop, Long> drops,
        long addressChecks,
        long protocolErrors,
        long queueBytes,
        long networkBytes) {
    /// Copies the maps.
    public WebStats {
        refusals = copy(SessionRefusal.class, refusals);
        cuts = copy(SessionCut.class, cuts);
        drops = copy(WebDrop.class, drops);
    }

    private static <E extends Enum<E>> Map<E, Long> copy(Class<E> type, Map<E, Long> counts) {
        Map<E, Long> copy = new EnumMap<>(type);
        copy.putAll(counts);
        return Collections.unmodifiableMap(copy);
    }

    /// {@return how many packets were dropped, for whatever reason}
    public long packetsDropped() {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }
}
