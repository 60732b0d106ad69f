package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// One direction of a [ConditionedTransport]: packets go in, are counted and delayed, and what
/// arrives comes out. The conditions may be set by any thread, the rest is for one.
final class LinkDirection {
    private final RandomGenerator random;
    private final DelayedPackets delayed;
    private LinkModel model = new LinkModel();
    private volatile LinkConditions conditions;

    private long packets;
    private long duplicated;
    private long lost;
    private long cut;
    private long queueDropped;
    private long overflowed;
    private long heldBack;

    LinkDirection(LinkConditions conditions, RandomGenerator random, DelayedPackets delayed) {
        this.conditions = conditions;
        this.random = random;
        this.delayed = delayed;
    }

    LinkConditions conditions() {
        return conditions;
    }

    void conditions(LinkConditions conditions) {
        this.conditions = conditions;
    }

    /// Takes a packet on its way; the bytes are copied.
    void take(long nowNanos, PeerAddress peer, ByteBuffer packet) {
        packets++;
        int copies = model.send(nowNanos, packet.remaining(), conditions, random);
        if (copies > 1) {
            duplicated++;
        }
        for (int copy = 0; copy < copies; copy++) {
            LinkModel.Fate fate = model.fate(copy);
            count(fate);
            if (fate.arrives() && !delayed.add(peer, packet, model.arrivesAtNanos(copy))) {
                overflowed++;
            }
        }
    }

    private void count(LinkModel.Fate fate) {
        switch (fate) {
            case ARRIVES -> {}
            case HELD_BACK -> heldBack++;
            case LOST -> lost++;
            case CUT -> cut++;
            case QUEUE_FULL -> queueDropped++;
        }
    }

    /// Hands on what has arrived.
    ///
    /// @return how many packets that were
    int handOverDue(long nowNanos, DatagramHandler target, int packetsMax) {
        return delayed.handOverDue(nowNanos, target, packetsMax);
    }

    /// Hands on everything at once, in the order in which it would have arrived.
    void handOverAll(DatagramHandler target) {
        delayed.handOverAll(target);
    }

    /// {@return how long until the next packet arrives, [DelayedPackets#NEVER] when there is none}
    long nanosToNext(long nowNanos) {
        return delayed.nanosToNext(nowNanos);
    }

    /// Forgets what is under way, the burst and the queue; chance goes on where it was.
    void startAfresh() {
        delayed.forgetAll();
        model = new LinkModel();
    }

    LinkStats stats() {
        return new LinkStats(
                packets, duplicated, lost, cut, queueDropped, overflowed, heldBack, delayed.size());
    }
}
