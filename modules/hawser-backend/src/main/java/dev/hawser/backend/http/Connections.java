package dev.hawser.backend.http;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.hawser.backend.problem.LimitedLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The TCP connections of the service: whose they are, how many there may be, and how long each may
/// keep the service waiting.
///
/// **Shares.** An address has a share (an IPv4 address, or the 64-bit network of an IPv6 one), the
/// 48-bit network of an IPv6 address has four of them, and all together have a limit. Where one of
/// these is reached, a newcomer takes the place of the connection there that has kept the service
/// waiting for longest: whoever says what they want at once always gets in, however many sit there
/// and say nothing. Where it is the limit of all, the place is one of the address that keeps it
/// waiting on most of them, so that no flood displaces those who have one. It is refused when
/// nobody there keeps the service waiting. A proxy of ours has no share but that of all. A game
/// server that has shown its credential takes part in none of this.
///
/// **Time.** A connection has so long for its handshake and its first request, so long for each
/// request with its answer, and so long between two. Bytes that drip help nobody: it is the whole
/// that has to be in time.
///
/// Any thread may call it. Taking a connection, and moving one on, costs the same however many
/// there are.
public final class Connections implements AutoCloseable {
    /// A site, of which a customer has 65,536 networks, has the shares of so many of them.
    private static final int SHARES_PER_SITE = 4;

    private static final long LOOK_MILLIS = 250;
    private static final String ALL = "all";

    private final int connectionsMax;
    private final int perAddressMax;
    private final long timeoutNanos;
    private final Callers callers;
    private final LimitedLog log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ends, Connection> connections = new HashMap<>();
    private final Map<String, Group> groups = new HashMap<>();

    /// The addresses by how many connections each keeps the service waiting on.
    private final TreeMap<Integer, LinkedHashSet<Group>> households = new TreeMap<>();

    private final ScheduledThreadPoolExecutor watch =
            new ScheduledThreadPoolExecutor(
                    1,
                    task ->
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("hawser-connections")
                                    .unstarted(task));
    private long refused;
    private long displaced;
    private long timedOut;

    /// Has no connection yet.
    ///
    /// @param perAddressMax the share of an address
    /// @param timeout for a handshake with its first request, for each request, between requests
    public Connections(
            int connectionsMax,
            int perAddressMax,
            Duration timeout,
            Callers callers,
            LimitedLog log) {
        this.connectionsMax = connectionsMax;
        this.perAddressMax = perAddressMax;
        timeoutNanos = timeout.toNanos();
        this.callers = callers;
        this.log = log;
    }

    /// {@return how many connections the process can afford: three quarters of the file descriptors
    /// that it has left} The web server stops listening for good when it is out of them.
    ///
    /// @param wanted what is returned where the system does not say, or has enough
    public static int affordable(int wanted) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            return affordable(
                    wanted,
                    system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount());
        }
        return wanted;
    }

    public static int affordable(int wanted, long descriptorsLeft) {
        return Math.clamp(descriptorsLeft / 4 * 3, 1, wanted);
    }

    /// Begins to look for those that are late.
    public void watch() {
        var _ =
                watch.scheduleWithFixedDelay(
                        this::endTheLate, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Both ends of a connection, by which it is known to the web server too.
    private record Ends(SocketAddress remote, SocketAddress local) {}

    /// Connections that have a limit together.
    private static final class Group {
        private final String name;
        private final int max;
        private final boolean isHousehold;
        private int size;

        /// Those that the service waits for, since when the longest first.
        private final LinkedHashSet<Connection> waiting = new LinkedHashSet<>();

        private Group(String name, int max, boolean isHousehold) {
            this.name = name;
            this.max = max;
            this.isHousehold = isHousehold;
        }
    }

    /// One that was accepted and has not ended.
    public static final class Connection {
        private final Ends ends;
        private final SocketChannel channel;
        private List<Group> groups;
        private long deadlineNanos;

        /// Who answers its request, while somebody does.
        private @Nullable Thread thread;

        /// Has the web server read no further request.
        private volatile Runnable stopReading = () -> {};

        private Connection(
                Ends ends, SocketChannel channel, List<Group> groups, long deadlineNanos) {
            this.ends = ends;
            this.channel = channel;
            this.groups = groups;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /// What has become of connections so far, and how many there are.
    public record Counts(int connections, long refused, long displaced, long timedOut) {}

    // ---- The life of a connection

    /// Takes a connection that has just been accepted.
    ///
    /// @throws IOException when there is no place for it: the caller closes it
    public void accept(SocketChannel channel) throws IOException {
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        Ends ends = new Ends(remote, channel.getLocalAddress());
        lock.lock();
        try {
            Connection former = connections.get(ends);
            if (former != null) {
                // Its peer has reset it, and has come again from the same port, before anybody
                // here has noticed.
                end(former);
            }
            List<Group> places = groupsOf(remote.getAddress());
            for (Group place : places) {
                if (place.size >= place.max && !hasMadeRoom(place)) {
                    refused++;
                    places.forEach(this::forgetIfEmpty);
                    throw new IOException("no connection is free for " + place.name);
                }
            }
            Connection connection =
                    new Connection(ends, channel, places, System.nanoTime() + timeoutNanos);
            for (Group place : places) {
                // Making room in one group may have emptied another.
                groups.put(place.name, place);
                place.size++;
            }
            setWaiting(connection, true);
            connections.put(ends, connection);
        } finally {
            lock.unlock();
        }
    }

    /// {@return the connection between two addresses, or null when it has ended}
    public @Nullable Connection between(SocketAddress remote, SocketAddress local) {
        lock.lock();
        try {
            return connections.get(new Ends(remote, local));
        } finally {
            lock.unlock();
        }
    }

    /// The first line of a request is there. Called by the thread that will answer it, which is
    /// interrupted when that takes too long.
    public void begins(Connection connection) {
        lock.lock();
        try {
            connection.deadlineNanos = System.nanoTime() + timeoutNanos;
            connection.thread = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /// All headers of a request are there: the peer waits for the service, no longer the service
    /// for the peer.
    public void isHandled(Connection connection) {
        lock.lock();
        try {
            setWaiting(connection, false);
        } finally {
            lock.unlock();
        }
    }

    /// The service waits for the peer again, within the time of the request: for the body, or for
    /// it to take the answer.
    public void waits(Connection connection) {
        lock.lock();
        try {
            setWaiting(connection, true);
        } finally {
            lock.unlock();
        }
    }

    /// The request has been answered.
    public void isAnswered(Connection connection) {
        lock.lock();
        try {
            connection.thread = null;
            connection.deadlineNanos = System.nanoTime() + timeoutNanos;
            setWaiting(connection, true);
        } finally {
            lock.unlock();
        }
    }

    /// Says how the web server is told to read no further request from a connection.
    public void stopsReadingBy(Connection connection, Runnable stop) {
        connection.stopReading = stop;
    }

    /// No further request will be read from it.
    public void isLast(Connection connection) {
        connection.stopReading.run();
    }

    /// It is a game server's, which has shown its credential: no stranger takes its place, and it
    /// takes nobody's.
    public void isOfServer(Connection connection) {
        lock.lock();
        try {
            leaveGroups(connection);
        } finally {
            lock.unlock();
        }
    }

    /// It has ended, or is about to.
    public void hasEnded(Connection connection) {
        lock.lock();
        try {
            forget(connection);
        } finally {
            lock.unlock();
        }
    }

    public Counts counts() {
        lock.lock();
        try {
            return new Counts(connections.size(), refused, displaced, timedOut);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }

    // ---- Groups

    private List<Group> groupsOf(InetAddress address) {
        List<Group> places = new ArrayList<>(3);
        if (!callers.isProxy(address)) {
            places.add(group(Callers.household(address), perAddressMax, true));
            String site = Callers.site(address);
            if (site != null) {
                int most = (int) Math.min((long) perAddressMax * SHARES_PER_SITE, connectionsMax);
                places.add(group(site, most, false));
            }
        }
        places.add(group(ALL, connectionsMax, false));
        return places;
    }

    private Group group(String name, int max, boolean isHousehold) {
        Group group = groups.get(name);
        return group == null ? new Group(name, max, isHousehold) : group;
    }

    /// Of a connection that has ended, which is in no group any more, this changes nothing.
    private void setWaiting(Connection connection, boolean isWaiting) {
        for (Group group : connection.groups) {
            int before = group.waiting.size();
            if (isWaiting) {
                group.waiting.add(connection);
            } else {
                group.waiting.remove(connection);
            }
            int after = group.waiting.size();
            if (group.isHousehold && after != before) {
                households.computeIfPresent(
                        before,
                        (_, equals) -> {
                            equals.remove(group);
                            return equals.isEmpty() ? null : equals;
                        });
                if (after > 0) {
                    households.computeIfAbsent(after, _ -> new LinkedHashSet<>()).add(group);
                }
            }
        }
    }

    /// {@return whose place in a group a newcomer takes}
    private Connection longestIn(Group group) {
        var most = households.lastEntry();
        return group.name.equals(ALL) && most != null && most.getKey() > 1
                ? most.getValue().getFirst().waiting.getFirst()
                : group.waiting.getFirst();
    }

    private boolean hasMadeRoom(Group group) {
        log.log(
                Level.WARNING,
                "connections",
                () ->
                        group.name.equals(ALL)
                                ? "All "
                                        + group.max
                                        + " connections are taken: newcomers take the places of"
                                        + " those that say nothing"
                                : group.name
                                        + " has all "
                                        + group.max
                                        + " connections of its share: its newcomers take the"
                                        + " places of those that say nothing. If it is a proxy of"
                                        + " yours, name it among the proxies (limits.proxies)");
        while (group.size >= group.max && !group.waiting.isEmpty()) {
            Connection longest = longestIn(group);
            if (longest.channel.isOpen()) {
                displaced++;
            }
            end(longest);
        }
        return group.size < group.max;
    }

    private void leaveGroups(Connection connection) {
        setWaiting(connection, false);
        for (Group group : connection.groups) {
            group.size--;
            forgetIfEmpty(group);
        }
        connection.groups = List.of();
    }

    private void forgetIfEmpty(Group group) {
        if (group.size == 0) {
            groups.remove(group.name);
        }
    }

    // ---- The end

    private void endTheLate() {
        lock.lock();
        try {
            long nowNanos = System.nanoTime();
            for (Connection connection : List.copyOf(connections.values())) {
                if (!connection.channel.isOpen()) {
                    // It did not get as far as its first request.
                    forget(connection);
                } else if (nowNanos - connection.deadlineNanos >= 0) {
                    timedOut++;
                    end(connection);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(Connection connection) {
        forget(connection);
        Thread thread = connection.thread;
        if (thread != null) {
            thread.interrupt();
        }
        try {
            // Whoever reads or writes there wakes up with an exception.
            connection.channel.close();
        } catch (IOException e) {
            // Nothing is left to be done for it.
        }
    }

    private void forget(Connection connection) {
        connections.remove(connection.ends, connection);
        leaveGroups(connection);
    }
}
