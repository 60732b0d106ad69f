package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.hawser.ConnectionStats;
import dev.hawser.LinkStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Asks Steam how connections are. One thread.
final class StatusReader {
    private static final int OK = 1;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private static final long PING_MILLIS = offset("pingMillis");
    private static final long QUALITY_LOCAL = offset("qualityLocal");
    private static final long QUALITY_REMOTE = offset("qualityRemote");
    private static final long OUT_PACKETS_PER_SECOND = offset("outPacketsPerSecond");
    private static final long OUT_BYTES_PER_SECOND = offset("outBytesPerSecond");
    private static final long IN_PACKETS_PER_SECOND = offset("inPacketsPerSecond");
    private static final long IN_BYTES_PER_SECOND = offset("inBytesPerSecond");
    private static final long SEND_RATE = offset("sendRateBytesPerSecond");
    private static final long PENDING_UNRELIABLE = offset("pendingUnreliable");
    private static final long PENDING_RELIABLE = offset("pendingReliable");
    private static final long UNACKED_RELIABLE = offset("unackedReliable");
    private static final long QUEUE_MICROS = offset("queueMicros");
    private static final long JITTER_MICROS = offset("jitterMicros");

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
            return loss(link.qualityHere());
        }

        OptionalDouble outboundLoss() {
            return loss(link.qualityThere());
        }

        private static OptionalDouble loss(OptionalDouble quality) {
            return quality.isPresent()
                    ? OptionalDouble.of(1 - quality.getAsDouble())
                    : OptionalDouble.empty();
        }
    }

    private final SteamApi steam;

    /// What Steam fills in, again and again.
    private final MemorySegment status = Arena.ofAuto().allocate(SteamLayouts.STATUS);

    /// Used again for each sample, so that a second costs no builder.
    private final LinkStatus.Builder link = LinkStatus.builder();

    StatusReader(SteamApi steam) {
        this.steam = steam;
    }

    /// {@return how the connection is, or null when Steam does not know it}
    @Nullable Sample sample(int connection) {
        return steam.flatUnchecked().connectionRealTimeStatus(connection, status) == OK
                ? read()
                : null;
    }

    /// {@return whether something that was sent reliably has not arrived}
    boolean isUnacknowledged(int connection) {
        return steam.flatUnchecked().connectionRealTimeStatus(connection, status) == OK
                && intAt(PENDING_RELIABLE) + intAt(UNACKED_RELIABLE) > 0;
    }

    /// {@return the figures of a connection}
    ///
    /// @param counted its payloads, and the echoes that the game reports, which tell more than
    ///   Steam's own ping
    /// @param sample the latest, or null while there is none
    static ConnectionStats stats(ConnectionStats.Builder counted, @Nullable Sample sample) {
        ConnectionStats stats = counted.build();
        if (sample == null) {
            return stats;
        }
        OptionalLong reported = stats.roundTripNanos();
        return counted.inboundLoss(sample.inboundLoss())
                .outboundLoss(sample.outboundLoss())
                .jitterNanos(sample.jitter())
                .roundTripNanos(reported.isPresent() ? reported : sample.roundTripNanos())
                .link(Optional.of(sample.link()))
                .build();
    }

    private Sample read() {
        int jitterMicros = intAt(JITTER_MICROS);
        return new Sample(
                link.pingMillis(intAt(PING_MILLIS))
                        .qualityHere(share(floatAt(QUALITY_LOCAL)))
                        .qualityThere(share(floatAt(QUALITY_REMOTE)))
                        .packetsOutPerSecond(floatAt(OUT_PACKETS_PER_SECOND))
                        .bytesOutPerSecond(floatAt(OUT_BYTES_PER_SECOND))
                        .packetsInPerSecond(floatAt(IN_PACKETS_PER_SECOND))
                        .bytesInPerSecond(floatAt(IN_BYTES_PER_SECOND))
                        .sendRateBytesPerSecond(intAt(SEND_RATE))
                        .pendingUnreliableBytes(intAt(PENDING_UNRELIABLE))
                        .pendingReliableBytes(intAt(PENDING_RELIABLE))
                        .unacknowledgedBytes(intAt(UNACKED_RELIABLE))
                        .queueNanos(status.get(JAVA_LONG_UNALIGNED, QUEUE_MICROS) * NANOS_PER_MICRO)
                        .build(),
                jitterMicros < 0 ? -1 : jitterMicros * NANOS_PER_MICRO);
    }

    private int intAt(long offset) {
        return status.get(JAVA_INT_UNALIGNED, offset);
    }

    private float floatAt(long offset) {
        return status.get(JAVA_FLOAT_UNALIGNED, offset);
    }

    private static long offset(String field) {
        return SteamLayouts.offset(SteamLayouts.STATUS, field);
    }

    /// Less than 0 is not known.
    private static OptionalDouble share(float quality) {
        return quality < 0 ? OptionalDouble.empty() : OptionalDouble.of(quality);
    }
}
