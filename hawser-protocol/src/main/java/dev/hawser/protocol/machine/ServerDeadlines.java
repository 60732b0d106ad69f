package dev.hawser.protocol.machine;

import dev.hawser.protocol.wire.Wire;

/// When the seats and the pending connections of a server are due.
final class ServerDeadlines {
    private final ClientSlots slots;

    /// Ids below the number of slots are slots, those above are places of pending connections.
    private final DeadlineHeap heap;

    private boolean suspendsTimeouts;

    ServerDeadlines(ClientSlots slots, int pendingMax) {
        this.slots = slots;
        heap = new DeadlineHeap(slots.count() + pendingMax);
    }

    /// {@return when something is due at the earliest, or [ServerMachine#NO_TIMEOUT]}
    long soonest() {
        return heap.isEmpty() ? ServerMachine.NO_TIMEOUT : heap.soonestDeadline();
    }

    boolean isDue(long nowNanos) {
        return !heap.isEmpty() && heap.soonestDeadline() - nowNanos <= 0;
    }

    /// {@return whether a seat is due soonest, rather than a pending connection}
    boolean isSlotSoonest() {
        return heap.soonestId() < slots.count();
    }

    /// {@return the seat or the place that is due soonest}
    int soonestIndex() {
        int id = heap.soonestId();
        return id < slots.count() ? id : id - slots.count();
    }

    void schedule(ClientSlot client) {
        heap.schedule(client.index, dueAt(client));
    }

    void cancel(ClientSlot client) {
        heap.cancel(client.index);
    }

    void schedule(PendingConnection pending) {
        heap.schedule(slots.count() + pending.index, pending.diesAtNanos);
    }

    void cancel(PendingConnection pending) {
        heap.cancel(slots.count() + pending.index);
    }

    private long dueAt(ClientSlot client) {
        long keepAliveAt = client.lastSentNanos + Wire.SEND_INTERVAL_NANOS;
        if (client.timeoutNanos == 0 || suspendsTimeouts) {
            return keepAliveAt;
        }
        long timeoutAt = client.lastReceivedNanos + client.timeoutNanos;
        return timeoutAt - keepAliveAt < 0 ? timeoutAt : keepAliveAt;
    }

    boolean hasTimedOut(ClientSlot client, long nowNanos) {
        return !suspendsTimeouts && client.hasTimedOut(nowNanos);
    }

    /// No seat times out from here on.
    void suspendTimeouts() {
        suspendsTimeouts = true;
        scheduleSlots();
    }

    /// Seats time out again, and each counts as just heard.
    void resumeTimeouts(long nowNanos) {
        if (suspendsTimeouts) {
            suspendsTimeouts = false;
            for (int slot = 0; slot < slots.count(); slot++) {
                slots.at(slot).lastReceivedNanos = nowNanos;
            }
            scheduleSlots();
        }
    }

    private void scheduleSlots() {
        for (int slot = 0; slot < slots.count(); slot++) {
            ClientSlot client = slots.at(slot);
            if (client.isConnected) {
                schedule(client);
            }
        }
    }
}
