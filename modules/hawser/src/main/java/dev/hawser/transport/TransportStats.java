package dev.hawser.transport;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a transport has moved and dropped since it was made. A snapshot; packets are counted as
/// this machine handed them over, not as they arrived.
///
/// @param packetsIn received and handed on
/// @param bytesIn of those packets, without the headers of the layers below
/// @param packetsOut sent
/// @param bytesOut of those packets, without the headers of the layers below
/// @param oversizePackets received, larger than this transport takes, and dropped
/// @param receiveErrors reported by the system while receiving, for example that an earlier packet
///   did not reach its port
/// @param receiveBufferDrops packets that the system dropped because they found no room in the
///   socket's receive buffer: nobody asked for packets for too long, or the buffer is too small
///   ([UdpTransport.Builder#socketBufferBytes]). Known on Linux with [UdpIo#MMSG]; elsewhere 0
/// @param socketReopenings how often a socket whose packets could not leave was opened anew
///   ([Transport#reopen])
/// @param sendFailures packets that could not be sent, by reason; only reasons that occurred
public record TransportStats(
        long packetsIn,
        long bytesIn,
        long packetsOut,
        long bytesOut,
        long oversizePackets,
        long receiveErrors,
        long receiveBufferDrops,
        long socketReopenings,
        Map<SendFailure, Long> sendFailures) {
    /// Copies the map.
    public TransportStats {
        Map<SendFailure, Long> copy = new EnumMap<>(SendFailure.class);
        copy.putAll(sendFailures);
        sendFailures = Collections.unmodifiableMap(copy);
    }

    /// Nothing has moved.
    public static final TransportStats NONE = new TransportStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    /// {@return what this one and another have moved and dropped together}
    public TransportStats plus(TransportStats other) {
        Map<SendFailure, Long> failures = new EnumMap<>(SendFailure.class);
        failures.putAll(sendFailures);
        other.sendFailures.forEach((failure, count) -> failures.merge(failure, count, Long::sum));
        return new TransportStats(
                packetsIn + other.packetsIn,
                bytesIn + other.bytesIn,
                packetsOut + other.packetsOut,
                bytesOut + other.bytesOut,
                oversizePackets + other.oversizePackets,
                receiveErrors + other.receiveErrors,
                receiveBufferDrops + other.receiveBufferDrops,
                socketReopenings + other.socketReopenings,
                failures);
    }

    /// {@return how many packets could not be sent, for whatever reason}
    public long packetsNotSent() {
        return sendFailures.values().stream().mapToLong(Long::longValue).sum();
    }
}
