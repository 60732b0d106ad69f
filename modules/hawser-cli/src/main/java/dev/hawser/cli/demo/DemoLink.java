package dev.hawser.cli.demo;

import dev.hawser.cli.words.Shares;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The links of the demo's udp clients: what each of them does to packets, and how much patience
/// that takes.
///
/// @param conditions of both directions, in each for itself
/// @param bursts as they were asked for; the conditions have them too
/// @param seed all chance follows from it
record DemoLink(LinkConditions conditions, Bursts bursts, long seed) {
    /// The largest latency and jitter with which netcode still works at the demo's rate: a packet
    /// that 256 others have overtaken is too old for its replay window. What is held back stays
    /// behind by up to twice latency and jitter, 3 seconds.
    static final int LATENCY_MILLIS_MAX = 1_000;

    static final int JITTER_MILLIS_MAX = 500;

    /// Below this a connection request, 1078 bytes, takes more than a second.
    static final int RATE_MIN = 1_000;

    static final int RATE_MAX = 1_000_000_000;

    /// Links that do nothing.
    static final DemoLink NONE = new DemoLink(LinkConditions.NONE, Bursts.NONE, 0);

    private static final int QUEUE_BYTES_MIN = 2_048;
    private static final long HELD_BACK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(20);
    private static final double NANOS_PER_SECOND = 1e9;

    /// With much loss the default of 5 seconds without a packet comes by chance.
    private static final int TIMEOUT_SECONDS_MIN = 10;

    /// {@return how many bytes wait for a bandwidth: half a second's, since a queue of the default
    /// size would keep packets for minutes where the rate is low}
    static int queueBytes(int bytesPerSecond) {
        return Math.max(QUEUE_BYTES_MIN, bytesPerSecond / 2);
    }

    boolean changesNothing() {
        return conditions.equals(LinkConditions.NONE);
    }

    /// {@return a transport on a link of its own}
    ///
    /// @param ownSeed so that the clients do not lose together
    ConditionedTransport wrap(Transport transport, long ownSeed) {
        return ConditionedTransport.builder(transport).conditions(conditions).seed(ownSeed).build();
    }

    /// {@return the longest that a packet and its answer can take on the links}
    long roundTripNanosMax() {
        long travelNanos = conditions.latencyNanos() + conditions.jitterNanos();
        long heldBackNanos =
                conditions.reordering() == 0 ? 0 : Math.max(HELD_BACK_NANOS_MIN, 2 * travelNanos);
        return 2 * (travelNanos + heldBackNanos + queueNanosMax());
    }

    private long queueNanosMax() {
        return conditions.bytesPerSecond() == 0
                ? 0
                : (long) (conditions.queueBytes() * NANOS_PER_SECOND / conditions.bytesPerSecond());
    }

    /// {@return how long a side may hear nothing}
    int timeoutSeconds() {
        return changesNothing()
                ? TokenRequest.TIMEOUT_SECONDS_DEFAULT
                : TIMEOUT_SECONDS_MIN
                        + (int) Math.ceilDiv(roundTripNanosMax(), TimeUnit.SECONDS.toNanos(1));
    }

    /// {@return how long a token lives: connecting has two steps, each of which may take a timeout}
    int lifetimeSeconds() {
        return Math.max(TokenRequest.LIFETIME_SECONDS_DEFAULT, 3 * timeoutSeconds());
    }

    /// {@return what happens to packets, for people}
    String describe() {
        List<String> parts = new ArrayList<>();
        long latencyMillis = TimeUnit.NANOSECONDS.toMillis(conditions.latencyNanos());
        long jitterMillis = TimeUnit.NANOSECONDS.toMillis(conditions.jitterNanos());
        if (jitterMillis > 0) {
            parts.add(latencyMillis + " to " + (latencyMillis + jitterMillis) + " ms on the way");
        } else if (latencyMillis > 0) {
            parts.add(latencyMillis + " ms on the way");
        }
        addShare(parts, conditions.loss(), "lost");
        addShare(
                parts,
                bursts.share(),
                "lost in bursts of " + Shares.number(bursts.packets()) + " on average");
        addShare(parts, conditions.duplication(), "twice");
        addShare(parts, conditions.reordering(), "held back");
        if (conditions.bytesPerSecond() > 0) {
            parts.add("at most " + conditions.bytesPerSecond() + " bytes a second");
        }
        return String.join(", ", parts);
    }

    private static void addShare(List<String> parts, double share, String what) {
        if (share > 0) {
            parts.add(Shares.percent(share) + " " + what);
        }
    }
}
