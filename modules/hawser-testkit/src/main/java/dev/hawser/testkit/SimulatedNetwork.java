package dev.hawser.testkit;

import dev.hawser.transport.LinkModel;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A network without sockets, threads or clocks: packets go in with a time and come out with a
/// time. What it loses, doubles, delays and reorders follows from its seed alone.
///
/// Bounded: when [#PACKETS_MAX] packets are under way, the next ones are lost.
public final class SimulatedNetwork {
    /// The most packets under way.
    public static final int PACKETS_MAX = 16_384;

    /// No packet is under way: see [#nextArrival()].
    public static final long NO_ARRIVAL = Long.MAX_VALUE;

    private final SplittableRandom random;
    private final PriorityQueue<Journey> journeys = new PriorityQueue<>();
    private long number;
    private long lost;
    private long duplicated;

    private record Journey(long arrivesAtNanos, long number, SimulatedPacket packet)
            implements Comparable<Journey> {
        /// By difference, as monotonic clocks demand; those that arrive together, as they were
        /// sent.
        @Override
        public int compareTo(Journey other) {
            long later = arrivesAtNanos - other.arrivesAtNanos;
            return later == 0 ? Long.compare(number, other.number) : Long.signum(later);
        }
    }

    /// Creates a network.
    public SimulatedNetwork(long seed) {
        random = new SplittableRandom(seed);
    }

    /// Takes a packet on its way.
    ///
    /// @param nowNanos when it is sent
    /// @param link how it is treated
    public void send(long nowNanos, Link link, SimulatedPacket packet) {
        LinkModel model = link.model();
        int copies = model.send(nowNanos, packet.length(), link.conditions(), random);
        if (copies > 1) {
            duplicated++;
        }
        for (int copy = 0; copy < copies; copy++) {
            if (model.fate(copy).arrives() && journeys.size() < PACKETS_MAX) {
                journeys.add(new Journey(model.arrivesAtNanos(copy), number++, packet));
            } else {
                lost++;
            }
        }
    }

    /// {@return when the next packet arrives, or [#NO_ARRIVAL]}
    public long nextArrival() {
        Journey next = journeys.peek();
        return next == null ? NO_ARRIVAL : next.arrivesAtNanos;
    }

    /// {@return the next packet that has arrived by now, or null}
    public @Nullable SimulatedPacket receive(long nowNanos) {
        Journey next = journeys.peek();
        if (next == null || next.arrivesAtNanos - nowNanos > 0) {
            return null;
        }
        journeys.remove();
        return next.packet;
    }

    /// Loses every packet that is under way.
    public void loseAll() {
        lost += journeys.size();
        journeys.clear();
    }

    /// {@return how many packets are under way}
    public int underWay() {
        return journeys.size();
    }

    /// {@return how many packets were lost so far}
    public long lost() {
        return lost;
    }

    /// {@return how many packets were doubled so far}
    public long duplicated() {
        return duplicated;
    }
}
