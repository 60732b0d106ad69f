package dev.hawser.multi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.ServerStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.spi.AbstractServer;
import dev.hawser.spi.MemberGroup;
import dev.hawser.spi.Payloads;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final MemberGroup group;
    private final boolean startsAllOrNone;

    /// Replaced as a whole, so that any thread may look.
    private volatile Map<String, AbstractServer> members = Map.of();

    private volatile Map<String, IOException> failures = Map.of();

    private MultiServer(Builder builder) {
        startsAllOrNone = builder.startsAllOrNone;
        group =
                new MemberGroup(
                        List.copyOf(builder.members.values()),
                        builder.receiveQueueBytes,
                        new ServerGroup(builder.tokenHistoryMax, new SecureRandom()::nextBytes),
                        builder.requestHandler);
        try {
            builder.members.forEach(this::add);
        } catch (RuntimeException e) {
            members.values().forEach(group::remove);
            throw e;
        }
    }

    /// {@return a builder, in which at least one member has to be added}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Members

    /// Adds a member, which is not started by that.
    ///
    /// @param name for messages, and to find it again
    /// @param member which does not run and is no member of another; where it ran before, what has
    ///   happened until then has been received
    /// @throws IllegalArgumentException when the name is blank or another member's, or when it
    ///   takes smaller payloads than those that were there at the beginning
    /// @throws IllegalStateException when it runs, is a member already, or has something that was
    ///   not received
    public void add(String name, AbstractServer member) {
        group.checkOwner();
        Map<String, AbstractServer> more = new LinkedHashMap<>(members);
        put(name, member, more);
        group.add(name, member);
        members = Collections.unmodifiableMap(more);
    }

    private static void put(
            String name, AbstractServer member, Map<String, AbstractServer> members) {
        Objects.requireNonNull(member, "member");
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException(
                    "the name '"
                            + name
                            + "' of a member is blank: choose one that messages can name it by");
        }
        if (members.putIfAbsent(name, member) != null) {
            throw new IllegalArgumentException(
                    "there is a member '" + name + "' already: choose another name");
        }
    }

    /// Stops a member and gives it back: it is a server alone again.
    ///
    /// @throws IllegalArgumentException when there is none of that name
    public void remove(String name) {
        group.inheritOwner();
        AbstractServer member = memberOf(name);
        Map<String, AbstractServer> fewer = new LinkedHashMap<>(members);
        fewer.remove(name);
        members = Collections.unmodifiableMap(fewer);
        group.remove(member);
    }

    /// {@return the members by name, in the order in which they were added; any thread may ask}
    public Map<String, NetServer> members() {
        return Collections.unmodifiableMap(members);
    }

    private AbstractServer memberOf(String name) {
        AbstractServer member = members.get(name);
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
        group.checkOwner();
        Map<String, IOException> failed = new LinkedHashMap<>();
        List<AbstractServer> started = new ArrayList<>();
        for (Map.Entry<String, AbstractServer> entry : members.entrySet()) {
            AbstractServer member = entry.getValue();
            if (member.isRunning()) {
                continue;
            }
            try {
                member.start();
                started.add(member);
            } catch (IOException e) {
                failed.put(entry.getKey(), named(entry.getKey(), e));
            } catch (RuntimeException e) {
                stop(started, e);
                throw e;
            }
        }
        if (members.isEmpty()) {
            throw new IOException("a server without members cannot start: add(name, server)");
        }
        failures = Collections.unmodifiableMap(failed);
        if (!failed.isEmpty() && (startsAllOrNone || !isRunning())) {
            IOException failure = together(failed);
            stop(started, failure);
            throw failure;
        }
        failed.values().forEach(MultiServer::log);
    }

    /// Stops members since another one has failed, which is what is told.
    private static void stop(List<AbstractServer> started, Exception failure) {
        try {
            MemberGroup.stop(started);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static void log(IOException failure) {
        System.getLogger("dev.hawser")
                .log(
                        Level.ERROR,
                        "The server runs without one of its members: " + failure.getMessage());
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
        group.checkOwner();
        AbstractServer member = memberOf(name);
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
        group.inheritOwner();
        memberOf(name).stop();
    }

    /// {@return why members could not be started, by name: of the last attempt at each; any thread
    /// may ask}
    public Map<String, IOException> failures() {
        return failures;
    }

    @Override
    public void stop() {
        group.inheritOwner();
        group.stop();
    }

    /// {@inheritDoc}
    ///
    /// All members that run drain; one that is started afterwards takes newcomers.
    @Override
    public void drain(Duration deadline, Refusal.Draining reason) {
        group.drain(deadline, reason);
    }

    @Override
    public boolean isDraining() {
        return group.isDraining();
    }

    @Override
    public void handOver() {
        group.handOver();
    }

    /// {@return whether a member runs; any thread may ask}
    @Override
    public boolean isRunning() {
        return group.isRunning();
    }

    // ---- A tick

    @Override
    public void update() {
        group.update();
    }

    @Override
    public int receive(ServerHandler handler) {
        return group.receive(handler);
    }

    // ---- Commands

    @Override
    public SendResult send(ConnectedClient client, ByteBuffer payload) {
        return group.send(client, payload);
    }

    @Override
    public int broadcast(@Nullable ConnectedClient except, ByteBuffer payload) {
        return group.broadcast(except, payload);
    }

    @Override
    public void disconnect(ConnectedClient client, StatedReason reason) {
        group.disconnect(client, reason);
    }

    @Override
    public void flush() {
        group.flush();
    }

    @Override
    public void suspendTimeouts() {
        group.suspendTimeouts();
    }

    @Override
    public void resumeTimeouts() {
        group.resumeTimeouts();
    }

    /// {@inheritDoc}
    ///
    /// With several members that have a network, packets of all but the first may be noticed a
    /// millisecond late.
    @Override
    public void await(long timeoutNanos) {
        group.await(timeoutNanos);
    }

    @Override
    public void wakeup() {
        group.wakeup();
    }

    // ---- Looks

    @Override
    public Collection<ConnectedClient> connectedClients() {
        return group.connectedClients();
    }

    @Override
    public Optional<ConnectedClient> client(ClientId id) {
        return group.client(id);
    }

    @Override
    public List<NetAddress> localAddresses() {
        return members.values().stream()
                .flatMap(member -> member.localAddresses().stream())
                .toList();
    }

    @Override
    public int maxPayloadBytes() {
        return group.maxPayloadBytes();
    }

    /// {@return what the members have sent, received and dropped together; [#members()] have it
    /// each for itself}
    @Override
    public ServerStats stats() {
        return members.values().stream()
                .map(NetServer::stats)
                .reduce(ServerStats::plus)
                .orElseGet(() -> ServerStats.builder().build());
    }

    @Override
    public String toString() {
        return "MultiServer" + members.keySet();
    }

    /// How a server of several is set up.
    public static final class Builder {
        private final Map<String, AbstractServer> members = new LinkedHashMap<>();
        private boolean startsAllOrNone;
        private int receiveQueueBytes;
        private int tokenHistoryMax = 1 << 17;
        private @Nullable ConnectionRequestHandler requestHandler;

        private Builder() {}

        /// Adds a member.
        ///
        /// @param name for messages, and to find it again
        /// @param member which does not run and is no member of another
        /// @throws IllegalArgumentException when the name is blank or another member's
        public Builder add(String name, AbstractServer member) {
            put(name, member, members);
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
        /// @throws IllegalArgumentException when not even the largest payload fits, or it is more
        ///   than 1 GiB
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
                        "tokenHistoryMax is "
                                + tokens
                                + ", but must be from 1 to "
                                + (1 << 24)
                                + ": leave it out for 131072");
            }
            tokenHistoryMax = tokens;
            return this;
        }

        /// Sets who decides which clients may come in, for the members that have nobody of their
        /// own. Without one, everybody who has proved himself may.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            requestHandler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /// {@return the server, not yet started}
        ///
        /// @throws IllegalStateException when it has no members, or one of them runs, is a member
        ///   already, or has something that was not received; the others are free then
        public MultiServer build() {
            if (members.isEmpty()) {
                throw new IllegalStateException("a server without members: add(name, server)");
            }
            return new MultiServer(this);
        }
    }
}
