package dev.hawser.testkit;

import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.LinkModel;

/// One direction of a [SimulatedNetwork]: its [LinkConditions], which a test may change at any time
/// for the packets that are sent from then on, and what the link remembers of those before.
public final class Link {
    private final LinkModel model = new LinkModel();
    private LinkConditions conditions = LinkConditions.NONE;

    /// Creates a link that delivers everything at once, in order.
    public Link() {}

    /// Sets everything at once.
    public Link conditions(LinkConditions conditions) {
        this.conditions = conditions;
        return this;
    }

    /// Sets how many of the packets are lost, from 0 to 1.
    public Link loss(double probability) {
        return conditions(conditions.loss(probability));
    }

    /// Sets how losses come in bursts: the probability that one begins with a packet, that it is
    /// over before its next, and that a packet is lost in it ([LinkConditions.BurstLoss]).
    public Link burstLoss(double enter, double leave, double lossInBurst) {
        return conditions(conditions.burstLoss(enter, leave, lossInBurst));
    }

    /// Sets how many of the packets arrive twice, from 0 to 1; both copies are delayed and lost
    /// each for itself.
    public Link duplication(double probability) {
        return conditions(conditions.duplication(probability));
    }

    /// Sets how many of the packets are held back until others have overtaken them, from 0 to 1:
    /// for up to twice latency and jitter, at least 20 milliseconds.
    public Link reordering(double probability) {
        return conditions(conditions.reordering(probability));
    }

    /// Sets how long each packet travels.
    public Link latencyMillis(long millis) {
        return conditions(conditions.latencyMillis(millis));
    }

    /// Sets how much longer a packet may travel: a random time up to this one.
    public Link jitterMillis(long millis) {
        return conditions(conditions.jitterMillis(millis));
    }

    /// Sets how much the link carries; 0: no limit. What waits is bounded by
    /// [LinkConditions#queueBytes()].
    public Link bytesPerSecond(int bytes) {
        return conditions(conditions.bytesPerSecond(bytes));
    }

    /// Cuts the link, or joins it again: while it is cut, everything sent is lost.
    public Link cut(boolean cut) {
        return conditions(conditions.cut(cut));
    }

    /// {@return how packets are treated at present}
    public LinkConditions conditions() {
        return conditions;
    }

    LinkModel model() {
        return model;
    }

    @Override
    public String toString() {
        return "Link[" + conditions + "]";
    }
}
