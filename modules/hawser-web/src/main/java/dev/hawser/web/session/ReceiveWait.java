package dev.hawser.web.session;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where the owner of a transport sleeps until there is something to receive. Who brings something
/// and finds nobody asleep pays for one read of a field.
public final class ReceiveWait {
    private final PacketRing<?> ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean isSomebodyAsleep;
    private boolean isWoken;

    public ReceiveWait(PacketRing<?> ring) {
        this.ring = ring;
    }

    /// Something was added to the ring.
    public void packetAdded() {
        if (isSomebodyAsleep) {
            lock.lock();
            try {
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Ends the present wait, or else the next one.
    public void wakeup() {
        lock.lock();
        try {
            isWoken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is a packet, somebody wakes it, or the time is over.
    public void await(long timeoutNanos) {
        lock.lock();
        try {
            isSomebodyAsleep = true;
            long leftNanos = timeoutNanos;
            while (ring.isEmpty() && !isWoken && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
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
