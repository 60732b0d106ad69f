package dev.hawser.cli.demo;

import dev.hawser.transport.LinkConditions.BurstLoss;

/// Losses in bursts as people say them.
///
/// @param share of the packets that are lost in bursts, from 0 to 1
/// @param packets how many are lost in a row, on average
public record Bursts(double share, double packets) {
    /// The longest a burst can be on average.
    static final double PACKETS_MAX = 1000;

    static final Bursts NONE = new Bursts(0, 1);

    /// {@return how much can be lost in bursts of this length: between two of them at least one
    /// packet arrives}
    static double shareMax(double packets) {
        return packets / (packets + 1);
    }

    /// {@return the same, as the probabilities that begin and end a burst}
    BurstLoss toBurstLoss() {
        if (share == 0) {
            return BurstLoss.NONE;
        }
        // The largest share makes 1, or what rounding has left of it.
        double enter = Math.min(1, share / ((1 - share) * packets));
        return new BurstLoss(enter, 1 / packets, 1);
    }
}
