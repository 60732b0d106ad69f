package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.machine.ServerGroup;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// What the servers of one game share: a thread, what waits for the application, who is connected
/// by which id. A server alone has one to itself; the members of a [dev.hawser.multi.MultiServer]
/// have one together.
final class ServerHub {
    final OwnerThread owner = new OwnerThread("server");
    final ServerInbox inbox;

    /// What netcode servers share besides; null for a server alone.
    final @Nullable ServerGroup group;

    /// Asked where a member has no handler of its own.
    final @Nullable ConnectionRequestHandler requestHandler;

    private final Runnable wakeup;
    private final Map<ClientId, AbstractConnectedClient> clientOfId = new HashMap<>();

    /// Those whose places are kept.
    private final Map<ClientId, AbstractConnectedClient> suspendedOfId = new HashMap<>();

    /// What other threads have answered, to be acted upon by the owner.
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();

    private int running;
    private boolean hasSaidDrained;

    /// How often a member was started. What was drained before the last time is not any more.
    private long starts;

    /// @param wakeup ends the wait of the thread that owns the servers; called by any thread
    ServerHub(
            ServerInbox inbox,
            @Nullable ServerGroup group,
            @Nullable ConnectionRequestHandler requestHandler,
            Runnable wakeup) {
        this.inbox = inbox;
        this.group = group;
        this.requestHandler = requestHandler;
        this.wakeup = wakeup;
    }

    /// A member runs from now on.
    void started() {
        running++;
        starts++;
        hasSaidDrained = false;
    }

    /// A member has stopped: with the last one the thread is free to be another.
    void stopped(boolean wasDraining) {
        running--;
        inbox.interrupt();
        if (running == 0) {
            if (wasDraining) {
                drained();
            }
            owner.release();
        }
    }

    /// All that run drain, and nobody is left: said once for each time that they run.
    void drained() {
        if (!hasSaidDrained) {
            hasSaidDrained = true;
            long startsBefore = starts;
            inbox.addDrained(() -> starts == startsBefore);
        }
    }

    // ---- Who is connected

    /// {@return the client with this id, at whichever member, or null}
    @Nullable AbstractConnectedClient ofId(ClientId id) {
        return clientOfId.get(id);
    }

    void add(AbstractConnectedClient client) {
        clientOfId.put(client.id(), client);
        inbox.addConnect(client);
    }

    /// {@return the client with this id whose place is kept, at whichever member, or null}
    @Nullable AbstractConnectedClient suspendedOfId(ClientId id) {
        return suspendedOfId.get(id);
    }

    /// {@return the clients whose places are kept, at all members}
    Collection<AbstractConnectedClient> suspended() {
        return suspendedOfId.values();
    }

    void suspend(AbstractConnectedClient client) {
        clientOfId.remove(client.id(), client);
        suspendedOfId.put(client.id(), client);
        inbox.addSuspend(client);
    }

    void resume(AbstractConnectedClient client) {
        suspendedOfId.remove(client.id(), client);
        clientOfId.put(client.id(), client);
        inbox.addResume(client);
    }

    void remove(AbstractConnectedClient client, DisconnectReason reason) {
        clientOfId.remove(client.id(), client);
        suspendedOfId.remove(client.id(), client);
        inbox.addDisconnect(client, reason);
    }

    // ---- Answers

    /// Acts on an answer: at once on the owner's thread, else when it looks the next time.
    void answer(Runnable action) {
        if (owner.isCaller()) {
            action.run();
        } else {
            answers.add(action);
            wakeup.run();
        }
    }

    /// Wakes the owner.
    void wakeup() {
        wakeup.run();
    }

    /// Acts on what other threads have answered.
    void takeAnswers() {
        Runnable action = answers.poll();
        while (action != null) {
            action.run();
            action = answers.poll();
        }
    }
}
