package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One server made of several: two ports, several kinds of connections, a player who hosts.
///
/// ```java
/// var server =
///         MultiServer.builder()
///                 .add("udp", udpServer)
///                 .add("local", localServer)
///                 .connectionRequests(request -> …)
///                 .build();
/// server.start();
/// ```
///
/// The game sees one server: one `update()`, one handler, clients that are sent to by the same
/// call. Each [ConnectedClient] knows the member that it is connected to
/// ([ConnectedClient#server]). A client id is connected once, at whichever member: what becomes of
/// a second one is for the policy of the member that it comes to.
///
/// **Members.** They are added before they run, belong to one `MultiServer`, and are started and
/// stopped with it or one by one, by name or by themselves. Updates, receiving and waiting are done
/// here.
///
/// **Tokens.** Netcode members remember used connect tokens together.
public final class MultiServer implements NetServer {
    /// Only one member can be waited for; the others are looked after as often as this.
    private static final long AWAIT_NANOS_MAX = 1_000_000;

    private final ServerHub hub;
    private final boolean startsAllOrNone;
    private final int maxPayloadBytes;
    private final Waiter waiter = new Waiter();
    private final Collection<ConnectedClient> connectedView = new ConnectedView();

    /// Replaced as a whole, so that any thread may look.
    private volatile Map<String, MemberServer> members = Map.of();

    /// The same, to be gone through without an iterator: in every tick, and by any thread that
    /// wakes the owner.
    private volatile List<MemberServer> ticked = List.of();

    private volatile Map<String, IOException> failures = Map.of();
    private boolean areTimeoutsSuspended;

    private MultiServer(Builder builder) {
        startsAllOrNone = builder.startsAllOrNone;
        int queueBytes = builder.receiveQueueBytes;
        int largestPayload = Payloads.BYTES_MAX;
        for (MemberServer member : builder.members.values()) {
            if (builder.receiveQueueBytes == 0) {
                queueBytes =
                        Math.min(queueBytes + member.receiveQueueBytes(), Payloads.QUEUE_BYTES_MAX);
            }
            largestPayload = Math.min(largestPayload, member.maxPayloadBytes());
        }
        maxPayloadBytes = largestPayload;
        hub =
                new ServerHub(
                        new ServerInbox(queueBytes),
                        new ServerGroup(builder.tokenHistoryMax, SystemPorts.RANDOM),
                        builder.requestHandler,
                        this::wakeup);
        builder.members.forEach(this::add);
    }

    /// {@return a builder, in which at least one member has to be added}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Members

    /// Adds a member, which is not started by that.
    ///
    /// @param name for messages, and to find it again
    /// @param server one of a kind of connection, which does not run and is no member of another
    /// @throws IllegalArgumentException when there is a member of that name, when the server cannot
    ///   be a member, or when it takes smaller payloads than those that were there at the beginning
    /// @throws IllegalStateException when the server runs, or is a member already
    public void add(String name, NetServer server) {
        hub.owner.check();
        Map<String, MemberServer> more = new LinkedHashMap<>(members);
        MemberServer member = member(name, server, more);
        if (member.maxPayloadBytes() < maxPayloadBytes) {
            throw new IllegalArgumentException(
                    name
                            + " takes payloads of up to "
                            + member.maxPayloadBytes()
                            + " bytes, but this server promised "
                            + maxPayloadBytes
                            + ": add it before build()");
        }
        member.join(hub);
        if (areTimeoutsSuspended) {
            member.suspendTimeouts();
        }
        members(more);
    }

    private static MemberServer member(
            String name, NetServer server, Map<String, MemberServer> members) {
        if (!(server instanceof MemberServer member)) {
            throw new IllegalArgumentException(
                    server + " cannot be a member: add servers of one kind of connection each");
        }
        if (members.putIfAbsent(name, member) != null) {
            throw new IllegalArgumentException(
                    "there is a member '" + name + "' already: choose another name");
        }
        return member;
    }

    private void members(Map<String, MemberServer> members) {
        this.members = Collections.unmodifiableMap(members);
        ticked = List.copyOf(members.values());
    }

    /// Stops a member and gives it back: it is a server alone again.
    ///
    /// @throws IllegalArgumentException when there is none of that name
    public void remove(String name) {
        MemberServer member = memberOf(name);
        member.stop();
        member.leave();
        Map<String, MemberServer> fewer = new LinkedHashMap<>(members);
        fewer.remove(name);
        members(fewer);
    }

    /// {@return the members by name, in the order in which they were added; any thread may ask}
    public Map<String, NetServer> members() {
        return Collections.unmodifiableMap(members);
    }

    private MemberServer memberOf(String name) {
        MemberServer member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException(
                    "there is no member '" + name + "': there are " + members.keySet());
        }
        return member;
    }

    // ---- Life

    /// Starts the members that do not run. One that cannot be started leaves the others alone
    /// ([#failures()] and the log say which and why), unless [Builder#startsAllOrNone()] was set.
    ///
    /// @throws IOException when none of the members runs then, or not all where all are asked for;
    ///   the message says which failed and why. Those that this call has started are stopped again
    @Override
    public void start() throws IOException {
        hub.owner.check();
        Map<String, IOException> failed = new LinkedHashMap<>();
        List<MemberServer> started = new ArrayList<>();
        for (Map.Entry<String, MemberServer> entry : members.entrySet()) {
            MemberServer member = entry.getValue();
            if (member.isRunning()) {
                continue;
            }
            try {
                member.start();
                started.add(member);
            } catch (IOException e) {
                failed.put(entry.getKey(), named(entry.getKey(), e));
            } catch (RuntimeException e) {
                started.forEach(NetServer::stop);
                throw e;
            }
        }
        failures = Collections.unmodifiableMap(failed);
        if (!failed.isEmpty() && (startsAllOrNone || !isRunning())) {
            started.forEach(NetServer::stop);
            throw together(failed);
        }
        failed.values().forEach(failure -> Log.memberFailed(Log.logger(), failure));
    }

    private static IOException together(Map<String, IOException> failed) {
        IOException first = failed.values().iterator().next();
        failed.values().stream().skip(1).forEach(first::addSuppressed);
        return first;
    }

    private static IOException named(String name, IOException failure) {
        return new IOException(
                "the member '" + name + "' cannot start: " + failure.getMessage(), failure);
    }

    /// Starts one member; the others are left alone. Does nothing when it runs.
    ///
    /// @throws IOException when it cannot be started; the message names it
    /// @throws IllegalArgumentException when there is none of that name
    public void start(String name) throws IOException {
        hub.owner.check();
        MemberServer member = memberOf(name);
        Map<String, IOException> left = new LinkedHashMap<>(failures);
        left.remove(name);
        try {
            member.start();
        } catch (IOException e) {
            left.put(name, named(name, e));
            throw left.get(name);
        } finally {
            failures = Collections.unmodifiableMap(left);
        }
    }

    /// Stops one member, which disconnects its clients; the others are left alone. Does nothing
    /// when it does not run.
    ///
    /// @throws IllegalArgumentException when there is none of that name
    public void stop(String name) {
        hub.owner.inherit();
        memberOf(name).stop();
    }

    /// {@return why members could not be started, by name: of the last attempt at each; any thread
    /// may ask}
    public Map<String, IOException> failures() {
        return failures;
    }

    @Override
    public void stop() {
        hub.owner.inherit();
        ticked.forEach(NetServer::stop);
    }

    @Override
    public void handOver() {
        hub.owner.handOver();
    }

    /// {@return whether a member runs; any thread may ask}
    @Override
    public boolean isRunning() {
        List<MemberServer> all = ticked;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isRunning()) {
                return true;
            }
        }
        return false;
    }

    // ---- A tick

    @Override
    public void update() {
        if (!isRunning()) {
            hub.owner.check();
            return;
        }
        hub.owner.claim();
        hub.takeAnswers();
        for (int i = 0; i < ticked.size(); i++) {
            MemberServer member = ticked.get(i);
            if (member.isRunning()) {
                member.tick();
            }
        }
    }

    @Override
    public int receive(ServerHandler handler) {
        hub.owner.check();
        return hub.inbox.deliver(handler);
    }

    // ---- Commands

    @Override
    public SendResult send(ConnectedClient client, ByteBuffer payload) {
        return own(client).send(client, payload);
    }

    @Override
    public int broadcast(@Nullable ConnectedClient except, ByteBuffer payload) {
        hub.owner.check();
        Payloads.check(payload, maxPayloadBytes);
        int sent = 0;
        for (int i = 0; i < ticked.size(); i++) {
            sent += ticked.get(i).broadcast(except, payload);
        }
        return sent;
    }

    @Override
    public void disconnect(ConnectedClient client, StatedReason reason) {
        own(client).disconnect(client, reason);
    }

    private MemberServer own(ConnectedClient client) {
        hub.owner.check();
        if (client instanceof MemberClient own && own.hub == hub) {
            return own.server;
        }
        throw MemberServer.notMine(client);
    }

    @Override
    public void flush() {
        hub.owner.check();
        for (int i = 0; i < ticked.size(); i++) {
            ticked.get(i).flush();
        }
    }

    @Override
    public void suspendTimeouts() {
        hub.owner.check();
        areTimeoutsSuspended = true;
        ticked.forEach(NetServer::suspendTimeouts);
    }

    @Override
    public void resumeTimeouts() {
        hub.owner.check();
        areTimeoutsSuspended = false;
        ticked.forEach(NetServer::resumeTimeouts);
    }

    /// {@inheritDoc}
    ///
    /// With several members that have a network, packets of all but the first may be noticed a
    /// millisecond late.
    @Override
    public void await(long timeoutNanos) {
        if (!isRunning()) {
            return;
        }
        hub.owner.claim();
        MemberServer first = null;
        int waiting = 0;
        for (int i = 0; i < ticked.size(); i++) {
            MemberServer member = ticked.get(i);
            if (member.isRunning() && member.waitsForPackets()) {
                first = first == null ? member : first;
                waiting++;
            }
        }
        if (first == null) {
            waiter.await(timeoutNanos);
        } else {
            first.await(waiting == 1 ? timeoutNanos : Math.min(timeoutNanos, AWAIT_NANOS_MAX));
        }
    }

    @Override
    public void wakeup() {
        waiter.wakeup();
        List<MemberServer> all = ticked;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).waitsForPackets()) {
                all.get(i).wakeup();
            }
        }
    }

    // ---- Looks

    @Override
    public Collection<ConnectedClient> connectedClients() {
        hub.owner.check();
        return connectedView;
    }

    @Override
    public Optional<ConnectedClient> client(ClientId id) {
        hub.owner.check();
        return Optional.ofNullable(hub.ofId(id));
    }

    @Override
    public List<NetAddress> localAddresses() {
        return members.values().stream()
                .flatMap(member -> member.localAddresses().stream())
                .toList();
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /// {@return what the members have sent, received and dropped together; [#members()] have it
    /// each for itself}
    @Override
    public ServerStats stats() {
        return members.values().stream()
                .map(NetServer::stats)
                .reduce(ServerStats::plus)
                .orElse(ServerStats.NONE);
    }

    @Override
    public String toString() {
        return "MultiServer" + members.keySet();
    }

    /// The clients of all members, one after the other.
    private final class ConnectedView extends AbstractCollection<ConnectedClient> {
        @Override
        public Iterator<ConnectedClient> iterator() {
            return ticked.stream().flatMap(member -> member.connectedClients().stream()).iterator();
        }

        @Override
        public int size() {
            int size = 0;
            for (MemberServer member : ticked) {
                size += member.connectedClients().size();
            }
            return size;
        }
    }

    /// How a server of several is set up.
    public static final class Builder {
        private final Map<String, MemberServer> members = new LinkedHashMap<>();
        private boolean startsAllOrNone;
        private int receiveQueueBytes;
        private int tokenHistoryMax = 1 << 17;
        private @Nullable ConnectionRequestHandler requestHandler;

        private Builder() {}

        /// Adds a member.
        ///
        /// @param name for messages, and to find it again
        /// @param server one of a kind of connection, which does not run and is no member of
        ///   another
        /// @throws IllegalArgumentException when there is a member of that name, or when the server
        ///   cannot be a member
        public Builder add(String name, NetServer server) {
            member(name, server, members);
            return this;
        }

        /// Makes [MultiServer#start()] fail as a whole when one member cannot be started.
        public Builder startsAllOrNone() {
            startsAllOrNone = true;
            return this;
        }

        /// Sets the size of the queue between update and receive, in bytes: payloads that find no
        /// room are dropped and counted. By default what the members would have had together, at
        /// most 64 MiB.
        ///
        /// @throws IllegalArgumentException when not even the largest payload fits
        public Builder receiveQueueBytes(int bytes) {
            receiveQueueBytes = Payloads.checkQueue(bytes);
            return this;
        }

        /// Sets how many connect tokens the netcode members remember together until they expire;
        /// with more, new ones are refused. By default 131,072.
        ///
        /// @throws IllegalArgumentException when it is less than 1 or above 2^24
        public Builder tokenHistoryMax(int tokens) {
            if (tokens < 1 || tokens > 1 << 24) {
                throw new IllegalArgumentException(
                        "tokenHistoryMax is " + tokens + ", but must be from 1 to " + (1 << 24));
            }
            tokenHistoryMax = tokens;
            return this;
        }

        /// Sets who decides which clients may come in, for the members that have nobody of their
        /// own. Without one, everybody who has proved himself may.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            requestHandler = handler;
            return this;
        }

        /// {@return the server, not yet started}
        ///
        /// @throws IllegalStateException when it has no members, or one of them runs or is a member
        ///   of another already
        public MultiServer build() {
            if (members.isEmpty()) {
                throw new IllegalStateException("a server without members: add(name, server)");
            }
            return new MultiServer(this);
        }
    }
}
