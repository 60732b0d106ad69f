package dev.hawser.web;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where the owner of a transport sleeps until there is something to receive. Who brings something
/// and finds nobody asleep pays for one read of a field.
final class Doorbell {
    private final PacketRing<?> ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private volatile boolean isSomebodyAsleep;
    private boolean isWoken;

    Doorbell(PacketRing<?> ring) {
        this.ring = ring;
    }

    /// Something was added to the ring.
    void ring() {
        if (isSomebodyAsleep) {
            lock.lock();
            try {
                rung.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Ends the present wait, or else the next one.
    void wakeup() {
        lock.lock();
        try {
            isWoken = true;
            rung.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is a packet, somebody wakes it, or the time is over.
    void await(long timeoutNanos) {
        lock.lock();
        try {
            isSomebodyAsleep = true;
            long leftNanos = timeoutNanos;
            while (ring.isEmpty() && !isWoken && leftNanos > 0) {
                leftNanos = rung.awaitNanos(leftNanos);
            }
            isWoken = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            isSomebodyAsleep = false;
            lock.unlock();
        }
    }
}
