package dev.hawser.protocol.machine;

import dev.hawser.protocol.wire.Wire;
import org.jspecify.annotations.Nullable;

/// When the slots and the pending connections of a server are due.
final class ServerDeadlines {
    private final ClientSlots slots;

    /// Whose keep-alive is due when.
    private final SendOrder sendOrder;

    /// When a slot may have timed out and a pending connection is over. Ids below the number of
    /// slots are slots, those above are places of pending connections.
    private final DeadlineHeap heap;

    private final long keepSlotNanos;

    private final LookTimer looks = new LookTimer();

    /// Whether somebody was connected at the last look.
    private boolean wasSomebodyConnected;

    private boolean suspendsTimeouts;

    ServerDeadlines(ClientSlots slots, int pendingMax, long keepSlotNanos) {
        this.slots = slots;
        this.keepSlotNanos = keepSlotNanos;
        sendOrder = new SendOrder(slots.count());
        heap = new DeadlineHeap(slots.count() + pendingMax);
    }

    /// {@return when something is due at the earliest, or [ServerMachine#NO_TIMEOUT]}
    long soonest() {
        if (sendOrder.isEmpty()) {
            return heap.isEmpty() ? ServerMachine.NO_TIMEOUT : heap.soonestDeadline();
        }
        long keepAliveAt = keepAliveAt(slots.at(sendOrder.first()));
        return heap.isEmpty() || keepAliveAt - heap.soonestDeadline() < 0
                ? keepAliveAt
                : heap.soonestDeadline();
    }

    // ---- Keep-alives

    /// {@return the slot to which nothing was sent for longest, if its keep-alive is due}
    @Nullable ClientSlot keepAliveDue(long nowNanos) {
        if (sendOrder.isEmpty()) {
            return null;
        }
        ClientSlot client = slots.at(sendOrder.first());
        return keepAliveAt(client) - nowNanos <= 0 ? client : null;
    }

    /// Takes note that something was sent to a slot: its keep-alive is due a while after that.
    void sent(long nowNanos, ClientSlot client) {
        client.lastSentNanos = nowNanos;
        sendOrder.sent(client.index);
    }

    private static long keepAliveAt(ClientSlot client) {
        return client.lastSentNanos + Wire.SEND_INTERVAL_NANOS;
    }

    // ---- Timeouts and pending connections

    /// Takes note that the server does what is due. Time in which it did nothing is no silence of
    /// its clients: what they sent waits to be received, or found no room to wait. Pending
    /// connections die in real time, since nobody has proved much to have one.
    void look(long nowNanos) {
        // Whoever has only kept slots left waits until one of them ends, and has not stood still.
        boolean wasDueSoon = wasSomebodyConnected && !sendOrder.isEmpty();
        long forgivenNanos = looks.look(nowNanos, wasDueSoon);
        if (forgivenNanos > 0) {
            for (int slot = 0; slot < slots.count(); slot++) {
                ClientSlot client = slots.at(slot);
                client.lastReceivedNanos =
                        LookTimer.silentSince(nowNanos, client.lastReceivedNanos, forgivenNanos);
            }
            scheduleSlots();
        }
        wasSomebodyConnected = !sendOrder.isEmpty();
    }

    /// {@return how long the server stood still in the silence of this client, or 0}
    long pauseNanos(ClientSlot client) {
        return looks.pauseIn(client.lastReceivedNanos);
    }

    boolean isDue(long nowNanos) {
        return !heap.isEmpty() && heap.soonestDeadline() - nowNanos <= 0;
    }

    /// {@return whether a slot is due soonest, rather than a pending connection}
    boolean isSlotSoonest() {
        return heap.soonestId() < slots.count();
    }

    /// {@return the slot or the place that is due soonest}
    int soonestIndex() {
        int id = heap.soonestId();
        return id < slots.count() ? id : id - slots.count();
    }

    /// Sets when a slot may have timed out, or may have to be told something. Receiving moves that
    /// time without a word; when the old one comes, the slot is put back to where it belongs by
    /// then.
    void schedule(ClientSlot client) {
        if (client.survivesMoves()) {
            long dueNanos = ServerPaths.dueNanos(client);
            long timeoutAt = client.lastReceivedNanos + client.timeoutNanos;
            boolean isTimeoutFirst = mayTimeOut(client) && timeoutAt - dueNanos < 0;
            heap.schedule(client.index, isTimeoutFirst ? timeoutAt : dueNanos);
        } else if (mayTimeOut(client)) {
            heap.schedule(client.index, client.lastReceivedNanos + client.timeoutNanos);
        } else {
            heap.cancel(client.index);
        }
    }

    /// {@return whether nothing was received of a client for as long as its token allows}
    boolean hasTimedOut(long nowNanos, ClientSlot client) {
        return mayTimeOut(client) && client.hasTimedOut(nowNanos);
    }

    /// Sets when a slot is kept no longer.
    void scheduleSuspended(ClientSlot client) {
        heap.schedule(client.index, keptUntil(client));
    }

    /// {@return until when the slot of a client that fell silent is kept: from when that was found
    /// out}
    long keptUntil(ClientSlot client) {
        return client.lastReceivedNanos + client.timeoutNanos + keepSlotNanos;
    }

    private boolean mayTimeOut(ClientSlot client) {
        return client.timeoutNanos > 0 && !suspendsTimeouts;
    }

    void cancel(ClientSlot client) {
        sendOrder.remove(client.index);
        heap.cancel(client.index);
    }

    void schedule(PendingConnection pending) {
        heap.schedule(slots.count() + pending.index, pending.diesAtNanos);
    }

    void cancel(PendingConnection pending) {
        heap.cancel(slots.count() + pending.index);
    }

    /// No slot times out from here on.
    void suspendTimeouts() {
        suspendsTimeouts = true;
        scheduleSlots();
    }

    /// Slots time out again, and each counts as just heard.
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
