package dev.hawser.examples.pipe;

import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.ServerStats;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.spi.AbstractServer;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A server whose clients ([PipeClient]) reach it by a [Pipe]. Alone, or a member of a
/// [dev.hawser.multi.MultiServer] beside servers of other kinds.
public final class PipeServer extends AbstractServer {
    private final SameClient sameClient;

    /// What clients have begun, each on its own thread.
    private final Queue<Pipe> begun = new ConcurrentLinkedQueue<>();

    /// About whom the application has not decided. Figures are read by any thread.
    private final Set<Pipe> asked = ConcurrentHashMap.newKeySet();

    private final @Nullable PipeConnectedClient[] clientOfSlot;

    /// Creates a server that does not run.
    ///
    /// @param maxClients the number of its slots, at least 1
    /// @param sameClient what happens when an id that is connected connects again
    /// @param requestHandler who decides about newcomers; null where nobody does, or the
    ///   [dev.hawser.multi.MultiServer] says who
    public PipeServer(
            int maxClients,
            SameClient sameClient,
            @Nullable ConnectionRequestHandler requestHandler) {
        super(maxClients, requestHandler);
        this.sameClient = sameClient;
        clientOfSlot = new @Nullable PipeConnectedClient[maxClients];
    }

    // ---- What a client does, on its own thread

    /// {@return false when the server does not run}
    boolean begin(Pipe pipe) {
        begun.add(pipe);
        if (isRunning()) {
            wakeOwner();
            return true;
        }
        // A stop that has found it there has told it already.
        return !begun.remove(pipe);
    }

    /// A client has sent something, or left.
    void wakeForClient() {
        wakeOwner();
    }

    // ---- Life

    @Override
    protected void open() {}

    @Override
    protected void tick() {
        // Counted first: a client that has left and come back has left by then.
        int newcomers = begun.size();
        for (PipeConnectedClient client : clientOfSlot) {
            if (client != null) {
                takeFrom(client);
            }
        }
        asked.removeIf(pipe -> pipe.leaving() != null);
        for (; newcomers > 0 && takesEvents(); newcomers--) {
            Pipe pipe = begun.remove();
            if (pipe.leaving() == null) {
                consider(pipe);
            }
        }
    }

    @Override
    protected void shut() {
        DisconnectReason stopped = new DisconnectReason.ServerStopped(STOPPED);
        for (PipeConnectedClient client : clientOfSlot) {
            if (client != null) {
                end(client, stopped);
            }
        }
        asked.forEach(pipe -> pipe.ended(stopped));
        asked.clear();
        for (Pipe pipe = begun.poll(); pipe != null; pipe = begun.poll()) {
            pipe.ended(stopped);
        }
    }

    // ---- Newcomers

    private void consider(Pipe pipe) {
        Refusal refusal = objection(pipe.id, sameClient, freeSlot() < 0);
        if (refusal == null) {
            asked.add(pipe);
            ask(pipe.id, pipe.userData, null, answer -> answered(pipe, answer));
        } else {
            deny(pipe, refusal);
        }
    }

    private void answered(Pipe pipe, @Nullable Refusal answer) {
        // It has left meanwhile, or the server has stopped.
        if (!asked.remove(pipe) || pipe.leaving() != null) {
            return;
        }
        // Somebody else may have come meanwhile.
        Refusal refusal = answer == null ? objection(pipe.id, sameClient, freeSlot() < 0) : answer;
        if (refusal == null) {
            connect(pipe);
        } else {
            deny(pipe, refusal);
        }
    }

    private void deny(Pipe pipe, Refusal refusal) {
        countDenied();
        pipe.ended(new DisconnectReason.Denied(refusal.stated()));
    }

    private void connect(Pipe pipe) {
        // First, since it may free the slot.
        replaceOlder(pipe.id);
        int slot = freeSlot();
        PipeConnectedClient client = new PipeConnectedClient(this, pipe, slot);
        clientOfSlot[slot] = client;
        pipe.connected();
        addClient(client);
    }

    /// {@return the lowest free slot, or -1}
    private int freeSlot() {
        for (int slot = 0; slot < clientOfSlot.length; slot++) {
            if (clientOfSlot[slot] == null) {
                return slot;
            }
        }
        return -1;
    }

    // ---- Clients

    private void takeFrom(PipeConnectedClient client) {
        StatedReason leaving = client.pipe.leaving();
        if (leaving == null) {
            client.take();
        } else if (takesEvents()) {
            client.takeLast();
            remove(client, new DisconnectReason.ClientLeft(leaving));
        }
    }

    /// @param reason as both sides are to see it
    void end(PipeConnectedClient client, DisconnectReason reason) {
        client.pipe.ended(reason);
        remove(client, reason);
    }

    private void remove(PipeConnectedClient client, DisconnectReason reason) {
        clientOfSlot[client.clientIndex()] = null;
        removeClient(client, reason);
    }

    // ---- Looks

    @Override
    public ServerStats stats() {
        return counted().pendingConnections(asked.size()).build();
    }

    @Override
    public String toString() {
        return "PipeServer";
    }
}
