package dev.hawser.protocol;

import java.util.EnumMap;
import java.util.Map;

/// How many packets were dropped for which reason. Written by the machine that owns it; another
/// thread may read it and sees each count at some recent value.
public final class DropCounters {
    private static final Drop[] REASONS = Drop.values();

    private final long[] counts = new long[REASONS.length];

    /// Creates counters that stand at zero.
    public DropCounters() {}

    /// Counts one packet. [Drop#NONE] is not counted.
    public void add(Drop drop) {
        if (drop != Drop.NONE) {
            counts[drop.ordinal()]++;
        }
    }

    /// {@return how many packets were dropped for this reason}
    public long count(Drop drop) {
        return counts[drop.ordinal()];
    }

    /// {@return how many packets were dropped}
    public long total() {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    /// {@return the reasons that occurred, with their counts; a snapshot}
    public Map<Drop, Long> asMap() {
        Map<Drop, Long> map = new EnumMap<>(Drop.class);
        for (Drop drop : REASONS) {
            if (counts[drop.ordinal()] > 0) {
                map.put(drop, counts[drop.ordinal()]);
            }
        }
        return map;
    }

    @Override
    public String toString() {
        return asMap().toString();
    }
}
