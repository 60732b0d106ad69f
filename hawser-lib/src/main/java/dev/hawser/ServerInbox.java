package dev.hawser;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// What waits for [NetServer#receive]: payloads, connects and disconnects, delivered in the order
/// in which they came. One thread.
///
/// Payloads lie in a ring, and an event remembers how many payloads came before it.
final class ServerInbox {
    /// @param payloadsBefore how many payloads had been added when it happened
    /// @param reason null for a connect
    private record Event(
            long payloadsBefore, ConnectedClient client, @Nullable DisconnectReason reason) {}

    private final PayloadRing ring;
    private final Queue<Event> events = new ArrayDeque<>();
    private final int eventsMax;
    private boolean isDelivering;

    /// @param eventsMax from which [#takesEvents()] says no
    ServerInbox(int ringBytes, int eventsMax) {
        ring = new PayloadRing(ringBytes);
        this.eventsMax = eventsMax;
    }

    /// {@return whether there was room}
    boolean add(ConnectedClient sender, ByteBuffer payload) {
        return ring.add(sender, payload);
    }

    void addConnect(ConnectedClient client) {
        events.add(new Event(ring.added(), client, null));
    }

    void addDisconnect(ConnectedClient client, DisconnectReason reason) {
        events.add(new Event(ring.added(), client, reason));
    }

    /// {@return whether more connects and disconnects may come: an event is never dropped, so it is
    /// up to the server to let none happen}
    boolean takesEvents() {
        return events.size() < eventsMax;
    }

    int events() {
        return events.size();
    }

    /// {@return how many payloads were delivered}
    ///
    /// @throws IllegalStateException when the handler calls it
    int deliver(ServerHandler handler) {
        if (isDelivering) {
            throw new IllegalStateException(
                    "receive was called from inside its own handler: return, and call it again");
        }
        isDelivering = true;
        int delivered = 0;
        try {
            while (true) {
                Event event = events.peek();
                if (event != null && event.payloadsBefore == ring.removed()) {
                    events.remove();
                    deliver(event, handler);
                } else if (ring.isEmpty()) {
                    return delivered;
                } else {
                    deliverPayload(handler);
                    delivered++;
                }
            }
        } finally {
            isDelivering = false;
        }
    }

    private void deliverPayload(ServerHandler handler) {
        ConnectedClient sender = ring.lentSender();
        if (sender == null) {
            throw new AssertionError("a payload without sender");
        }
        try {
            handler.onPayload(sender, ring.lend());
        } finally {
            // Also when the handler throws: the payload counts as delivered.
            ring.removeLent();
        }
    }

    private static void deliver(Event event, ServerHandler handler) {
        DisconnectReason reason = event.reason;
        if (reason == null) {
            handler.onConnect(event.client);
        } else {
            handler.onDisconnect(event.client, reason);
        }
    }
}
