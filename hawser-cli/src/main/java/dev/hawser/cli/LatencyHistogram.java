package dev.hawser.cli;

/// Counts durations so that percentiles can be told from fixed memory, each at most 1/32 too large.
///
/// A duration falls into a bucket by its highest bit and the five bits below it.
final class LatencyHistogram {
    private static final int PRECISION_BITS = 5;
    private static final int PER_OCTAVE = 1 << PRECISION_BITS;

    private final long[] counts = new long[Long.SIZE * PER_OCTAVE];
    private long total;

    /// Counts a duration; a negative one counts as 0.
    void add(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    void add(LatencyHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    boolean isEmpty() {
        return total == 0;
    }

    /// {@return a duration that this share of all, 0 to 1, does not exceed; 0 when nothing was
    /// counted}
    long percentileNanos(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return largestOf(i);
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        if (nanos < PER_OCTAVE) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - PRECISION_BITS;
        return (shift + 1) * PER_OCTAVE + (int) (nanos >>> shift) - PER_OCTAVE;
    }

    private static long largestOf(int bucket) {
        if (bucket < PER_OCTAVE) {
            return bucket;
        }
        int shift = bucket / PER_OCTAVE - 1;
        long mantissa = (long) PER_OCTAVE + bucket % PER_OCTAVE;
        return ((mantissa + 1) << shift) - 1;
    }
}
