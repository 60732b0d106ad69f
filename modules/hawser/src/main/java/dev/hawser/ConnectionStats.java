package dev.hawser;

import dev.hawser.protocol.machine.ConnectionMeter;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What one connection has moved, and how good it is. A snapshot.
///
/// What was never measured is empty, and nothing is guessed: netcode acknowledges nothing, so only
/// what comes in can be judged, and the way out is what the other side sees.
///
/// @param packetsIn authentic packets received, keep-alives included
/// @param bytesIn of those packets, without the headers of the layers below
/// @param packetsOut sent, keep-alives included
/// @param bytesOut of those packets, without the headers of the layers below
/// @param payloadsIn received and put into the queue for the application
/// @param payloadsOut handed to the transport
/// @param payloadsNotQueued received and dropped, because the queue was full or this client had as
///   much waiting as it may
/// @param inboundLoss how many of the packets that were sent to this side did not arrive, from 0 to
///   1, over the last one or two hundred, told by the gaps in their numbers
/// @param jitterNanos how unevenly packets arrive: the smoothed difference of the intervals from
///   their mean, with the sender's own unevenness and the grain of this side's updates in it
/// @param roundTripNanos there and back, smoothed: at a client from the handshake, where it was
///   certain which packet answered which, and at both sides from the echoes that the game reports
/// @param link what a connection knows besides that has its own view of the network, as those of
///   Steam do
public record ConnectionStats(
        long packetsIn,
        long bytesIn,
        long packetsOut,
        long bytesOut,
        long payloadsIn,
        long payloadsOut,
        long payloadsNotQueued,
        OptionalDouble inboundLoss,
        OptionalLong jitterNanos,
        OptionalLong roundTripNanos,
        Optional<LinkStatus> link) {
    /// Creates the figures of a connection that has no view of the network of its own.
    public ConnectionStats(
            long packetsIn,
            long bytesIn,
            long packetsOut,
            long bytesOut,
            long payloadsIn,
            long payloadsOut,
            long payloadsNotQueued,
            OptionalDouble inboundLoss,
            OptionalLong jitterNanos,
            OptionalLong roundTripNanos) {
        this(
                packetsIn,
                bytesIn,
                packetsOut,
                bytesOut,
                payloadsIn,
                payloadsOut,
                payloadsNotQueued,
                inboundLoss,
                jitterNanos,
                roundTripNanos,
                Optional.empty());
    }

    /// Nothing has happened.
    static final ConnectionStats NONE =
            new ConnectionStats(
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    OptionalDouble.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty());

    /// Of a local connection, for which the game may report echoes.
    static ConnectionStats ofLocal(ConnectionMeter meter, PayloadCounters payloads) {
        return ofPayloads(
                payloads,
                OptionalDouble.empty(),
                OptionalLong.empty(),
                meter.roundTripNanos(),
                Optional.empty());
    }

    /// Of a connection that sees payloads and no packets: both are the same.
    static ConnectionStats ofPayloads(
            PayloadCounters payloads,
            OptionalDouble inboundLoss,
            OptionalLong jitterNanos,
            OptionalLong roundTripNanos,
            Optional<LinkStatus> link) {
        return new ConnectionStats(
                payloads.in(),
                payloads.bytesIn(),
                payloads.out(),
                payloads.bytesOut(),
                payloads.in(),
                payloads.out(),
                payloads.notQueued(),
                inboundLoss,
                jitterNanos,
                roundTripNanos,
                link);
    }

    static ConnectionStats of(ConnectionMeter meter, PayloadCounters payloads) {
        return new ConnectionStats(
                meter.packetsIn(),
                meter.bytesIn(),
                meter.packetsOut(),
                meter.bytesOut(),
                payloads.in(),
                payloads.out(),
                payloads.notQueued() + meter.packetsOverLimit(),
                meter.inboundLoss(),
                meter.jitterNanos(),
                meter.roundTripNanos());
    }
}
