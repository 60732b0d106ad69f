package dev.hawser.spi;

import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/// What waits for [dev.hawser.NetServer#receive]: payloads, requests, connects, moves and
/// disconnects, delivered in the order in which they came. One thread.
///
/// Payloads lie in a ring, and an event remembers how many payloads came before it.
final class ServerInbox {
    /// @param payloadsBefore how many payloads had been added when it happened
    /// @param delivery tells the application
    private record Event(long payloadsBefore, Delivery delivery) {}

    private interface Delivery {
        void to(ServerHandler handler);
    }

    private final PayloadRing ring;
    private final PayloadLender lender = new PayloadLender();
    private final Queue<Event> events = new ArrayDeque<>();
    private int eventsMax;
    private boolean isDelivering;

    /// The rest comes with the next call.
    private boolean isInterrupted;

    ServerInbox(int ringBytes) {
        ring = new PayloadRing(ringBytes);
    }

    /// {@return whether there was room}
    boolean add(AbstractConnectedClient sender, ByteBuffer payload) {
        return ring.add(sender, payload);
    }

    void addConnect(AbstractConnectedClient client) {
        add(handler -> handler.onConnect(client));
    }

    void addMove(AbstractConnectedClient client, NetAddress from, NetAddress to) {
        add(handler -> {
            if (!client.isDismissed()) {
                handler.onMove(client, from, to);
            }
        });
    }

    void addSuspend(AbstractConnectedClient client) {
        add(handler -> {
            if (!client.isDismissed()) {
                handler.onSuspend(client);
            }
        });
    }

    void addResume(AbstractConnectedClient client) {
        add(handler -> {
            if (!client.isDismissed()) {
                handler.onResume(client);
            }
        });
    }

    void addDisconnect(AbstractConnectedClient client, DisconnectReason reason) {
        add(handler -> handler.onDisconnect(client, reason));
    }

    /// @param isStill whether it is, asked when the application hears it: who drained, and was
    ///   started again before that, would be stopped for it
    void addDrained(BooleanSupplier isStill) {
        add(handler -> {
            if (isStill.getAsBoolean()) {
                handler.onDrained();
            }
        });
    }

    void addRequest(ConnectionRequestHandler asked, PendingRequest request) {
        add(_ -> request.putTo(asked));
    }

    private void add(Delivery delivery) {
        events.add(new Event(ring.added(), delivery));
    }

    /// Makes room for so many events more, or less.
    void allowEvents(int more) {
        eventsMax += more;
    }

    /// {@return whether more connects and disconnects may come: an event is never dropped, so it is
    /// up to the server to let none happen}
    boolean takesEvents() {
        return events.size() < eventsMax;
    }

    /// {@return whether nothing waits}
    boolean isEmpty() {
        return ring.isEmpty() && events.isEmpty();
    }

    int events() {
        return events.size();
    }

    /// {@return how much waits at most, in bytes}
    int bytesMax() {
        return ring.bytesMax();
    }

    /// A handler has stopped a server: the present delivery ends when that handler returns.
    void interrupt() {
        isInterrupted = true;
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
        isInterrupted = false;
        int delivered = 0;
        try {
            while (!isInterrupted) {
                Event event = events.peek();
                if (event != null && event.payloadsBefore == ring.removed()) {
                    events.remove();
                    event.delivery.to(handler);
                } else if (ring.isEmpty()) {
                    break;
                } else if (deliverPayload(handler)) {
                    delivered++;
                }
            }
        } finally {
            isDelivering = false;
        }
        return delivered;
    }

    /// {@return whether somebody wants to hear it}
    private boolean deliverPayload(ServerHandler handler) {
        AbstractConnectedClient sender = ring.sender();
        if (sender == null) {
            throw new AssertionError("a payload without sender");
        }
        int bytes = ring.length();
        // Taken first: what a kind does about the room must not deliver it twice.
        ByteBuffer payload = ring.take(lender);
        sender.payloadTaken(bytes);
        if (sender.isDismissed()) {
            return false;
        }
        handler.onPayload(sender, payload);
        return true;
    }
}
