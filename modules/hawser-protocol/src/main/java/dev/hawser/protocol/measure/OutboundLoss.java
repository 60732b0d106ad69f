package dev.hawser.protocol.measure;

import java.util.OptionalDouble;

/// How many of this side's latest packets did not arrive, told from two reports of the other side:
/// of how many numbers so many packets arrived between them.
///
/// The older of the two moves on so that between 128 and some more than 256 numbers lie between
/// them, unless this side sends more than that from one report to the next.
///
/// A report that claims nonsense makes a nonsensical share of this connection alone, and one from 0
/// to 1. Written by one thread; another one sees a share of some recent moment.
final class OutboundLoss {
    private static final double NEVER = -1;

    private boolean hasBase;
    private int baseCount;
    private long baseSequence;
    private int middleCount;
    private long middleSequence;
    private double share = NEVER;

    void reported(int count, long sequence) {
        if (!hasBase) {
            hasBase = true;
            baseCount = count;
            baseSequence = sequence;
            middleCount = count;
            middleSequence = sequence;
            return;
        }
        long sent = sequence - baseSequence;
        if (sent >= LossWindow.EXPECTED_MIN) {
            double arrived = Integer.toUnsignedLong(count - baseCount);
            share = Math.clamp(1 - arrived / sent, 0.0, 1.0);
        }
        if (sequence - middleSequence >= LossWindow.HALF) {
            baseCount = middleCount;
            baseSequence = middleSequence;
            middleCount = count;
            middleSequence = sequence;
        }
    }

    void reset() {
        hasBase = false;
        share = NEVER;
    }

    OptionalDouble share() {
        double share = this.share;
        return share == NEVER ? OptionalDouble.empty() : OptionalDouble.of(share);
    }
}
