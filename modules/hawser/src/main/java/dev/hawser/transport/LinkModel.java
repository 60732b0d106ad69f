package dev.hawser.transport;

import dev.hawser.transport.LinkConditions.BurstLoss;
import java.util.random.RandomGenerator;

/// Decides what becomes of each packet on one direction of a link: whether it is lost, how many
/// copies there are, when each arrives. It moves nothing and asks nobody for anything: time, size,
/// conditions and randomness are handed in, so the same calls give the same answers.
///
/// ```java
/// int copies = model.send(nowNanos, packet.remaining(), conditions, random);
/// for (int copy = 0; copy < copies; copy++) {
///     if (model.fate(copy).arrives()) {
///         deliverAt(model.arrivesAtNanos(copy), packet);
///     }
/// }
/// ```
///
/// It remembers whether the link is in a burst of losses, and how long its bandwidth is taken. The
/// conditions may be others for each packet; what was decided before stays. Where the bandwidth is
/// another, the queue before it begins empty.
///
/// Not for several threads at a time. Allocates nothing.
public final class LinkModel {
    /// What becomes of one copy of a packet.
    public enum Fate {
        /// It arrives after latency, jitter, and its wait for the bandwidth.
        ARRIVES,
        /// It arrives, and is held back so that others overtake it.
        HELD_BACK,
        /// It is lost by chance, alone or in a burst.
        LOST,
        /// It is lost since the link is cut.
        CUT,
        /// It is dropped since the queue before the bandwidth has no room for it.
        QUEUE_FULL;

        /// {@return whether the copy arrives}
        public boolean arrives() {
            return this == ARRIVES || this == HELD_BACK;
        }
    }

    private static final int COPIES_MAX = 2;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// Where packets hardly travel at all, one that is held back still falls behind some others.
    private static final long HELD_BACK_NANOS_MIN = 20_000_000;

    private final Fate[] fates = {Fate.LOST, Fate.LOST};
    private final long[] arrivesAtNanos = new long[COPIES_MAX];
    private boolean isInBurst;
    private int bytesPerSecond;
    private long bandwidthFreeAtNanos;

    /// Creates a link that is in no burst and on which nothing waits.
    public LinkModel() {}

    /// Decides about a packet.
    ///
    /// @param nowNanos when it is sent, on a monotonic clock that may run over the end of the
    ///   `long`
    /// @param bytes its size
    /// @param conditions of this moment
    /// @param random where chance comes from; how many numbers are drawn follows from the
    ///   conditions and the numbers themselves
    /// @return how many copies there are, 1 or 2; [#fate(int)] and [#arrivesAtNanos(int)] tell of
    ///   each until the next packet
    public int send(long nowNanos, int bytes, LinkConditions conditions, RandomGenerator random) {
        int copies = happens(conditions.duplication(), random) ? COPIES_MAX : 1;
        for (int copy = 0; copy < copies; copy++) {
            fates[copy] = decide(copy, nowNanos, bytes, conditions, random);
        }
        return copies;
    }

    /// {@return what becomes of a copy of the packet that was sent last}
    ///
    /// @param copy from 0
    public Fate fate(int copy) {
        return fates[copy];
    }

    /// {@return when a copy of the packet that was sent last arrives, not before it was sent;
    /// without meaning where its fate is not to arrive}
    ///
    /// @param copy from 0
    public long arrivesAtNanos(int copy) {
        return arrivesAtNanos[copy];
    }

    private Fate decide(
            int copy, long nowNanos, int bytes, LinkConditions conditions, RandomGenerator random) {
        if (conditions.isCut()) {
            return Fate.CUT;
        }
        if (happens(lossOfNext(conditions, random), random)) {
            return Fate.LOST;
        }
        if (!takesBandwidth(nowNanos, bytes, conditions)) {
            return Fate.QUEUE_FULL;
        }
        long departsAtNanos = bytesPerSecond == 0 ? nowNanos : bandwidthFreeAtNanos;
        long jitterNanos = conditions.jitterNanos();
        long travelNanos =
                conditions.latencyNanos() + (jitterNanos == 0 ? 0 : upTo(jitterNanos, random));
        boolean isHeldBack = happens(conditions.reordering(), random);
        if (isHeldBack) {
            travelNanos += upTo(heldBackNanosMax(conditions), random);
        }
        arrivesAtNanos[copy] = departsAtNanos + travelNanos;
        return isHeldBack ? Fate.HELD_BACK : Fate.ARRIVES;
    }

    /// Takes the link's step between good and burst, which comes before every packet.
    private double lossOfNext(LinkConditions conditions, RandomGenerator random) {
        BurstLoss bursts = conditions.burstLoss();
        if (bursts.enter() == 0) {
            isInBurst = false;
        } else if (happens(isInBurst ? bursts.leave() : bursts.enter(), random)) {
            isInBurst = !isInBurst;
        }
        return isInBurst ? bursts.loss() : conditions.loss();
    }

    /// {@return whether there is room; the bandwidth is then taken until the packet has passed}
    private boolean takesBandwidth(long nowNanos, int bytes, LinkConditions conditions) {
        if (conditions.bytesPerSecond() != bytesPerSecond) {
            // Who waited for a slow link keeps that time of arrival; nobody waits behind it.
            bytesPerSecond = conditions.bytesPerSecond();
            bandwidthFreeAtNanos = nowNanos;
        }
        if (bytesPerSecond == 0) {
            return true;
        }
        long waitNanos = Math.max(0, bandwidthFreeAtNanos - nowNanos);
        if (waitNanos > 0 && bytesIn(waitNanos, bytesPerSecond) + bytes > conditions.queueBytes()) {
            return false;
        }
        bandwidthFreeAtNanos =
                nowNanos + waitNanos + Math.ceilDiv(bytes * NANOS_PER_SECOND, bytesPerSecond);
        return true;
    }

    /// A wait is at most what fills a queue, so the product stays below 2^31 seconds in
    /// nanoseconds.
    private static long bytesIn(long nanos, int bytesPerSecond) {
        return nanos * bytesPerSecond / NANOS_PER_SECOND;
    }

    private static long heldBackNanosMax(LinkConditions conditions) {
        return Math.max(
                HELD_BACK_NANOS_MIN, 2 * (conditions.latencyNanos() + conditions.jitterNanos()));
    }

    private static long upTo(long nanos, RandomGenerator random) {
        return random.nextLong(0, nanos + 1);
    }

    private static boolean happens(double probability, RandomGenerator random) {
        return random.nextDouble() < probability;
    }
}
