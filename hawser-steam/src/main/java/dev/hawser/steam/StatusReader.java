package dev.hawser.steam;

import dev.hawser.LinkStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Asks Steam how connections are.
final class StatusReader {
    private static final int OK = 1;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    /// What Steam says of a connection.
    ///
    /// @param jitterNanos the most since it was asked before; less than 0 where it is not known
    record Sample(LinkStatus link, long jitterNanos) {
        OptionalLong jitter() {
            return jitterNanos < 0 ? OptionalLong.empty() : OptionalLong.of(jitterNanos);
        }

        OptionalLong roundTripNanos() {
            return link.pingMillis() < 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(link.pingMillis() * NANOS_PER_MILLI);
        }

        OptionalDouble inboundLoss() {
            OptionalDouble quality = link.qualityHere();
            return quality.isPresent()
                    ? OptionalDouble.of(1 - quality.getAsDouble())
                    : OptionalDouble.empty();
        }
    }

    private StatusReader() {}

    /// {@return how the connection is, or null when Steam does not know it}
    static @Nullable Sample sample(SteamFlat flat, int connection) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(SteamLayouts.STATUS);
            return flat.connectionRealTimeStatus(connection, status) == OK ? read(status) : null;
        }
    }

    private static Sample read(MemorySegment status) {
        StructLayout layout = SteamLayouts.STATUS;
        int jitterMicros = SteamLayouts.intAt(status, layout, "jitterMicros");
        return new Sample(
                new LinkStatus(
                        SteamLayouts.intAt(status, layout, "pingMillis"),
                        share(SteamLayouts.floatAt(status, layout, "qualityLocal")),
                        share(SteamLayouts.floatAt(status, layout, "qualityRemote")),
                        SteamLayouts.floatAt(status, layout, "outPacketsPerSecond"),
                        SteamLayouts.floatAt(status, layout, "outBytesPerSecond"),
                        SteamLayouts.floatAt(status, layout, "inPacketsPerSecond"),
                        SteamLayouts.floatAt(status, layout, "inBytesPerSecond"),
                        SteamLayouts.intAt(status, layout, "sendRateBytesPerSecond"),
                        SteamLayouts.intAt(status, layout, "pendingUnreliable"),
                        SteamLayouts.intAt(status, layout, "pendingReliable"),
                        SteamLayouts.intAt(status, layout, "unackedReliable"),
                        SteamLayouts.longAt(status, layout, "queueMicros") * NANOS_PER_MICRO),
                jitterMicros < 0 ? -1 : jitterMicros * NANOS_PER_MICRO);
    }

    /// Less than 0 is not known.
    private static OptionalDouble share(float quality) {
        return quality < 0 ? OptionalDouble.empty() : OptionalDouble.of(quality);
    }
}
