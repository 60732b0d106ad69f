package dev.hawser.netcode;

import dev.hawser.ConnectionStats;
import dev.hawser.protocol.machine.ConnectionMeter;

/// What a netcode connection has measured, as part of its figures.
final class Meters {
    private Meters() {}

    /// @param counted the payloads of the connection
    static ConnectionStats stats(ConnectionStats.Builder counted, ConnectionMeter meter) {
        return counted.packetsIn(meter.packetsIn())
                .bytesIn(meter.bytesIn())
                .packetsOut(meter.packetsOut())
                .bytesOut(meter.bytesOut())
                .morePayloadsNotQueued(meter.packetsOverLimit())
                .inboundLoss(meter.inboundLoss())
                .outboundLoss(meter.outboundLoss())
                .jitterNanos(meter.jitterNanos())
                .roundTripNanos(meter.roundTripNanos())
                .build();
    }
}
