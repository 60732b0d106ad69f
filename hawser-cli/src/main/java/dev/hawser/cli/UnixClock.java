package dev.hawser.cli;

/// Unix time as the system tells it.
final class UnixClock {
    private static final long MILLIS_PER_SECOND = 1000;

    private UnixClock() {}

    static long unixSeconds() {
        return System.currentTimeMillis() / MILLIS_PER_SECOND;
    }
}
