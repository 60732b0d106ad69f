package dev.hawser.spi;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Lets a thread wait until another one says that there is something to do.
final class Waiter {
    private final Semaphore wakeups = new Semaphore(0);

    /// Waits until somebody wakes it or the time is over; returns at once when it was woken since
    /// the last wait.
    void await(long timeoutNanos) {
        try {
            if (wakeups.tryAcquire(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS)) {
                wakeups.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void wakeup() {
        if (wakeups.availablePermits() == 0) {
            wakeups.release();
        }
    }
}
