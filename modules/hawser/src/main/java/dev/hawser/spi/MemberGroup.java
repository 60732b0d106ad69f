package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerGroup;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The inside of a server that is made of several: what the members share, and what is done with
/// all of them. The outside, with names and what becomes of a member that cannot start, is
/// [dev.hawser.multi.MultiServer].
///
/// Threads: as [NetServer] says.
public final class MemberGroup {
    /// Only one member can be waited for; the others are looked after as often as this.
    private static final long AWAIT_NANOS_MAX = 1_000_000;

    private final ServerHub hub;
    private final int maxPayloadBytes;
    private final Waiter waiter = new Waiter();
    private final Collection<ConnectedClient> connectedView = new ConnectedView();

    /// Replaced as a whole, so that any thread may look; gone through without an iterator, in every
    /// tick and by any thread that wakes the owner.
    private volatile List<AbstractServer> members = List.of();

    private boolean areTimeoutsSuspended;

    /// @param first the members that are there at the beginning, which decide how large payloads
    ///   may be
    /// @param receiveQueueBytes the size of the queue between update and receive, or 0 for what
    ///   those members ask for together, at most 64 MiB
    /// @param netcode what netcode members share
    /// @param requestHandler asked about newcomers where a member has no handler of its own
    public MemberGroup(
            List<AbstractServer> first,
            int receiveQueueBytes,
            ServerGroup netcode,
            @Nullable ConnectionRequestHandler requestHandler) {
        int queueBytes = 0;
        int largestPayload = Payloads.BYTES_MAX;
        for (AbstractServer member : first) {
            int more = Payloads.checkQueue(member.receiveQueueBytes());
            queueBytes = Math.min(queueBytes + more, Payloads.QUEUE_BYTES_MAX);
            largestPayload = Math.min(largestPayload, member.maxPayloadBytes());
        }
        maxPayloadBytes = largestPayload;
        hub =
                new ServerHub(
                        new ServerInbox(receiveQueueBytes == 0 ? queueBytes : receiveQueueBytes),
                        netcode,
                        requestHandler,
                        this::wakeup);
    }

    // ---- Members

    /// Adds a member, which is not started by that.
    ///
    /// @param name for messages
    /// @throws IllegalArgumentException when it takes smaller payloads than those that were there
    ///   at the beginning
    /// @throws IllegalStateException when it runs, is a member already, or has something that was
    ///   not received
    public void add(String name, AbstractServer member) {
        if (member.maxPayloadBytes() < maxPayloadBytes) {
            throw new IllegalArgumentException(
                    member
                            + " takes payloads of up to "
                            + member.maxPayloadBytes()
                            + " bytes, but this server promised "
                            + maxPayloadBytes
                            + ": add it before build()");
        }
        member.join(hub, name);
        try {
            if (areTimeoutsSuspended) {
                member.suspendTimeouts();
            }
        } catch (RuntimeException e) {
            member.leave();
            throw e;
        }
        List<AbstractServer> more = new ArrayList<>(members);
        more.add(member);
        members = List.copyOf(more);
    }

    /// Stops a member and gives it back: it is a server alone again, also when its stop throws.
    public void remove(AbstractServer member) {
        hub.owner.inherit();
        try {
            member.stop();
        } finally {
            member.leave();
            List<AbstractServer> fewer = new ArrayList<>(members);
            fewer.remove(member);
            members = List.copyOf(fewer);
        }
    }

    /// Stops members, each of them, also when one throws: that is thrown when all have stopped.
    public static void stop(List<AbstractServer> members) {
        each(members, NetServer::stop);
    }

    /// Stops all members, as [#stop(List)] does.
    public void stop() {
        stop(members);
    }

    /// Does it with each, so that one that fails is alone in that: what it threw is thrown after
    /// the last.
    private static void each(List<AbstractServer> members, Consumer<AbstractServer> action) {
        RuntimeException failure = null;
        for (int i = 0; i < members.size(); i++) {
            try {
                action.accept(members.get(i));
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (!failure.equals(e)) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// {@return whether a member runs; any thread may ask}
    public boolean isRunning() {
        List<AbstractServer> all = members;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isRunning()) {
                return true;
            }
        }
        return false;
    }

    private boolean eachThatRuns(Predicate<AbstractServer> condition) {
        List<AbstractServer> all = members;
        for (int i = 0; i < all.size(); i++) {
            AbstractServer member = all.get(i);
            if (member.isRunning() && !condition.test(member)) {
                return false;
            }
        }
        return true;
    }

    /// Does what [NetServer#drain] says, with all members that run.
    public void drain(Duration deadline, Refusal.Draining reason) {
        hub.owner.check();
        each(members, member -> member.drain(deadline, reason));
    }

    /// {@return whether members run, and all of them drain; any thread may ask}
    public boolean isDraining() {
        return isRunning() && eachThatRuns(AbstractServer::isDraining);
    }

    // ---- The thread

    /// Does nothing on the thread that owns the members, and where there is none.
    ///
    /// @throws IllegalStateException when another thread owns them
    public void checkOwner() {
        hub.owner.check();
    }

    /// Makes the calling thread the owner if the owner has terminated.
    ///
    /// @throws IllegalStateException when another thread is the owner, and lives
    public void inheritOwner() {
        hub.owner.inherit();
    }

    /// Does what [NetServer#handOver] says.
    public void handOver() {
        hub.owner.handOver();
    }

    // ---- A tick

    /// One update of all members that run.
    public void update() {
        if (!isRunning()) {
            hub.owner.check();
            return;
        }
        hub.owner.claim();
        hub.takeAnswers();
        each(members, MemberGroup::step);
        if (isRunning() && eachThatRuns(AbstractServer::isDrained)) {
            hub.drained();
        }
    }

    private static void step(AbstractServer member) {
        if (member.isRunning()) {
            member.step();
        }
    }

    /// Does what [NetServer#receive] says.
    public int receive(ServerHandler handler) {
        hub.owner.check();
        Objects.requireNonNull(handler, "handler");
        return hub.inbox.deliver(handler);
    }

    /// Waits for the first member that has a network, and looks after the others.
    public void await(long timeoutNanos) {
        if (!isRunning()) {
            return;
        }
        hub.owner.claim();
        AbstractServer first = null;
        int waiting = 0;
        long untilDue = timeoutNanos;
        for (int i = 0; i < members.size(); i++) {
            AbstractServer member = members.get(i);
            if (member.isRunning() && member.waitsForPackets()) {
                first = first == null ? member : first;
                waiting++;
            }
            untilDue = member.untilDue(untilDue);
        }
        if (first == null) {
            waiter.await(untilDue);
        } else {
            first.await(waiting == 1 ? untilDue : Math.min(untilDue, AWAIT_NANOS_MAX));
        }
    }

    /// Ends the wait; any thread may call it.
    public void wakeup() {
        waiter.wakeup();
        List<AbstractServer> all = members;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).waitsForPackets()) {
                all.get(i).wakeup();
            }
        }
    }

    // ---- Commands

    /// Does what [NetServer#send] says.
    public SendResult send(ConnectedClient client, ByteBuffer payload) {
        return memberOf(client).send(client, payload);
    }

    /// Does what [NetServer#broadcast] says.
    public int broadcast(@Nullable ConnectedClient except, ByteBuffer payload) {
        hub.owner.check();
        Payloads.check(payload, maxPayloadBytes);
        int sent = 0;
        for (int i = 0; i < members.size(); i++) {
            sent += members.get(i).broadcast(except, payload);
        }
        return sent;
    }

    /// Does what [NetServer#disconnect] says.
    public void disconnect(ConnectedClient client, StatedReason reason) {
        memberOf(client).disconnect(client, reason);
    }

    private AbstractServer memberOf(ConnectedClient client) {
        hub.owner.check();
        // Those of a member's life alone have ended, and it tells the game so.
        if (client instanceof AbstractConnectedClient own
                && (own.hub == hub || own.server.hub() == hub)) {
            return own.server;
        }
        throw AbstractServer.notMine(client);
    }

    /// Does what [NetServer#flush] says.
    public void flush() {
        hub.owner.check();
        each(members, NetServer::flush);
    }

    /// Does what [NetServer#suspendTimeouts] says, also for members that are added later.
    public void suspendTimeouts() {
        hub.owner.check();
        areTimeoutsSuspended = true;
        each(members, NetServer::suspendTimeouts);
    }

    /// Does what [NetServer#resumeTimeouts] says.
    public void resumeTimeouts() {
        hub.owner.check();
        areTimeoutsSuspended = false;
        each(members, NetServer::resumeTimeouts);
    }

    // ---- Looks

    /// {@return the clients of all members, as [NetServer#connectedClients] says}
    public Collection<ConnectedClient> connectedClients() {
        hub.owner.check();
        return connectedView;
    }

    /// {@return the client with this id, at whichever member}
    public Optional<ConnectedClient> client(ClientId id) {
        hub.owner.check();
        return Optional.ofNullable(hub.ofId(Objects.requireNonNull(id, "id")));
    }

    /// {@return the largest payload that every member takes, in bytes}
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /// The clients of all members, one after the other.
    private final class ConnectedView extends AbstractCollection<ConnectedClient> {
        @Override
        public Iterator<ConnectedClient> iterator() {
            return members.stream()
                    .flatMap(member -> member.connectedClients().stream())
                    .iterator();
        }

        @Override
        public int size() {
            int size = 0;
            for (AbstractServer member : members) {
                size += member.connectedClients().size();
            }
            return size;
        }
    }
}
