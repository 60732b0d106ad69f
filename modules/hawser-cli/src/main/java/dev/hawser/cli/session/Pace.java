package dev.hawser.cli.session;

import dev.hawser.NetServer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// When a server's next turn begins: when packets arrive or something is due, or at a fixed rate.
public final class Pace {
    public static final int TICKS_PER_SECOND_MAX = 1000;

    /// How long a server waits for packets before it looks whether it is to end.
    private static final long AWAIT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

    private final long periodNanos;
    private long nextTickNanos = System.nanoTime();

    /// @param ticksPerSecond 0 for turns on arrival
    public Pace(int ticksPerSecond) {
        periodNanos = ticksPerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / ticksPerSecond;
    }

    /// Waits, without spinning, until the next turn.
    public void await(NetServer server) {
        if (periodNanos == 0) {
            server.await(AWAIT_NANOS_MAX);
            return;
        }
        // A tick that came late is not made up for: two at once help nobody.
        nextTickNanos = Math.max(nextTickNanos + periodNanos, System.nanoTime());
        long leftNanos = nextTickNanos - System.nanoTime();
        while (leftNanos > 0) {
            LockSupport.parkNanos(this, leftNanos);
            leftNanos = nextTickNanos - System.nanoTime();
        }
    }
}
