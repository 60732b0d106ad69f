package dev.hawser.spi;

import java.util.concurrent.TimeUnit;

/// When to say in the log that something reached a limit: when it happened since the last line, and
/// once a minute at most. Made from a counter: nothing is done for a packet.
final class DropLine {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long saidCount;
    private long saidAtNanos;

    /// {@return how often it has happened since the last line, when there is to be another; else 0}
    ///
    /// @param count how often it has happened in all
    long due(long nowNanos, long count) {
        long more = count - saidCount;
        if (more == 0 || (saidCount > 0 && nowNanos - saidAtNanos < INTERVAL_NANOS)) {
            return 0;
        }
        saidCount = count;
        saidAtNanos = nowNanos;
        return more;
    }
}
