package dev.hawser.benchmarks.chaos.verdict;

import java.util.Comparator;
import java.util.List;

/// A time from a moment to another one, by the machine's monotonic clock.
record Span(long from, long to) {
    static final long SECOND = 1_000_000_000L;

    long nanos() {
        return Math.max(0, to - from);
    }

    Span and(Span other) {
        return new Span(Math.max(from, other.from), Math.min(to, other.to));
    }

    boolean holds(long nanos) {
        return from <= nanos && nanos <= to;
    }

    /// {@return the longest part of this in which none of the others is}
    long longestOutside(List<Span> others) {
        long longest = 0;
        long since = from;
        for (Span other : others.stream().sorted(Comparator.comparingLong(Span::from)).toList()) {
            if (other.to < since || other.from > to) {
                continue;
            }
            longest = Math.max(longest, other.from - since);
            since = Math.max(since, other.to);
        }
        return Math.max(longest, to - since);
    }
}
