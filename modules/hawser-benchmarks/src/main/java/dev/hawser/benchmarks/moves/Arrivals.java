package dev.hawser.benchmarks.moves;

import java.util.Arrays;

/// When packets of one direction arrived, in one thread.
final class Arrivals {
    private static final int CAPACITY_FIRST = 4096;

    private long[] nanos = new long[CAPACITY_FIRST];
    private int count;

    void add(long nowNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = nowNanos;
    }

    /// {@return the longest time between two arrivals of which the second is after `from` and the
    /// first before `to`}
    long longestGapNanos(long from, long to) {
        long longest = 0;
        for (int i = 1; i < count; i++) {
            if (nanos[i] - from > 0 && nanos[i - 1] - to < 0) {
                longest = Math.max(longest, nanos[i] - nanos[i - 1]);
            }
        }
        return longest;
    }
}
