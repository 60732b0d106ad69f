package dev.hawser.load;

/// Packets at an even pace: how many are due by a moment.
final class Schedule {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final long startNanos;
    private long taken;

    Schedule(double perSecond, long startNanos) {
        this.perSecond = perSecond;
        this.startNanos = startNanos;
    }

    /// {@return how many are due and not taken}
    long due(long nowNanos) {
        return (long) ((nowNanos - startNanos) / NANOS_PER_SECOND * perSecond) - taken;
    }

    void take(long count) {
        taken += count;
    }

    /// {@return how long until another is due; 0 or less when one is}
    long nanosToNext(long nowNanos) {
        return startNanos + (long) ((taken + 1) * NANOS_PER_SECOND / perSecond) - nowNanos;
    }
}
