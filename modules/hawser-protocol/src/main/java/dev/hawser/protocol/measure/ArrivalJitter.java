package dev.hawser.protocol.measure;

import dev.hawser.protocol.wire.ReplayWindow;
import java.util.OptionalLong;

/// How unevenly packets arrive, in the manner of RFC 3550, section 6.4.1.
///
/// That estimator compares the time between two arrivals with the time between their sending.
/// Packets of the standard carry no time, so an interval is compared with the mean of the earlier
/// ones instead, a lost packet or several counting as so many intervals. Packets that arrive at the
/// same time are one arrival, and those that come late are none.
///
/// Written by one thread; another one sees some recent value.
public final class ArrivalJitter {
    private static final double GAIN = 1.0 / 16;
    private static final double NEVER = -1;

    private boolean hasArrival;
    private long newest;
    private long lastArrivalNanos;
    private double meanNanos = NEVER;
    private double jitterNanos = NEVER;

    /// Takes note of a packet that has opened and was never received before.
    public void arrived(long nowNanos, long sequence) {
        long steps = sequence - newest;
        if (!hasArrival || steps <= -ReplayWindow.SIZE) {
            // The first, or a jump ahead by more than half of all sequences: no interval.
            hasArrival = true;
            newest = sequence;
            lastArrivalNanos = nowNanos;
            return;
        }
        if (steps <= 0) {
            return;
        }
        newest = sequence;
        long passedNanos = nowNanos - lastArrivalNanos;
        if (passedNanos <= 0) {
            return;
        }
        lastArrivalNanos = nowNanos;
        add(steps == 1 ? passedNanos : passedNanos / (double) steps);
    }

    private void add(double intervalNanos) {
        if (meanNanos == NEVER) {
            meanNanos = intervalNanos;
            return;
        }
        double difference = intervalNanos - meanNanos;
        meanNanos += difference * GAIN;
        double jitter = Math.max(0, jitterNanos);
        jitterNanos = jitter + (Math.abs(difference) - jitter) * GAIN;
    }

    /// Forgets everything: packets come from elsewhere, in a sequence of their own.
    public void reset() {
        hasArrival = false;
        meanNanos = NEVER;
        jitterNanos = NEVER;
    }

    /// {@return the jitter; empty before the second interval}
    public OptionalLong nanos() {
        double jitter = jitterNanos;
        return jitter == NEVER ? OptionalLong.empty() : OptionalLong.of(Math.round(jitter));
    }
}
