package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Which start of a server has its name: tells two servers of one name from one that was started
/// anew, and what was overtaken on its way from what is news.
///
/// It asks no clock: time is an argument, in nanoseconds that never run backwards. Not for several
/// threads.
final class ServerNames {
    /// How many starts are remembered for one name, besides the one that has it.
    static final int OTHERS_MAX = 8;

    /// No request is on its way for so long.
    private static final long MEMORY_NANOS_MIN = TimeUnit.MINUTES.toNanos(1);

    private final int namesMax;
    private final long timeoutNanos;
    private final long memoryNanos;

    /// What was not heard for longest comes first.
    private final SequencedMap<String, Name> names = new LinkedHashMap<>();

    /// Knows no server yet.
    ///
    /// @param timeoutNanos of silence, after which a server is gone
    ServerNames(int namesMax, long timeoutNanos) {
        this.namesMax = namesMax;
        this.timeoutNanos = timeoutNanos;
        memoryNanos = Math.max(2 * timeoutNanos, MEMORY_NANOS_MIN);
    }

    private enum State {
        /// Had the name, and another start has taken it over.
        FORMER,
        /// Was told that it cannot have the name.
        REFUSED,
        /// Has gone, by its own word.
        WITHDRAWN,
        /// Has the name.
        HOLDER
    }

    private static final class Start {
        State state = State.HOLDER;
        long sequence;
        long heardNanos;
        boolean isDrained;
        NetAddress publicAddress;

        Start(NetAddress publicAddress) {
            this.publicAddress = publicAddress;
        }
    }

    private static final class Name {
        @Nullable Start holder;
        String holderKey = "";

        /// By start id, or the addresses; what was not heard for longest comes first.
        final SequencedMap<String, Start> starts = new LinkedHashMap<>();
    }

    /// Takes an announcement.
    Announced announce(ServerAnnouncement announcement, long nowNanos) {
        Name name = name(announcement.serverId(), nowNanos);
        String key = key(announcement);
        Start start = name.starts.get(key);
        Start holder = name.holder;
        Start taken = holder != null && isFresh(holder, nowNanos) ? holder : null;
        if (start != null && taken != null && start.state == State.REFUSED) {
            start.heardNanos = nowNanos;
            name.starts.putLast(key, start);
            return new Announced.OfAnother(taken.publicAddress);
        }
        if (start != null && isOvertaken(start, announcement.sequence())) {
            return new Announced.Overtaken();
        }
        if (taken != null && start == null && isLate(key, name.holderKey)) {
            return new Announced.OfAnother(taken.publicAddress);
        }
        if (taken != null && taken != start) {
            makeWay(name, taken, start);
        } else if (holder != null && holder != start) {
            holder.state = State.FORMER;
        }
        if (start == null) {
            start = new Start(announcement.publicAddress());
        }
        start.state = State.HOLDER;
        start.sequence = Math.max(start.sequence, announcement.sequence());
        start.heardNanos = nowNanos;
        start.publicAddress = announcement.publicAddress();
        name.holder = start;
        name.holderKey = key;
        put(name, key, start);
        return new Announced.Taken();
    }

    /// {@return whether a start of which nothing was heard began before the one that has the name}
    /// Then it is over, and this was on its way for long; or its clock was set back, and it waits
    /// until the other one is silent.
    private static boolean isLate(String start, String holder) {
        return ServerStart.hasOrder(start)
                && ServerStart.hasOrder(holder)
                && start.compareTo(holder) < 0;
    }

    private static void makeWay(Name name, Start holder, @Nullable Start next) {
        boolean isBack = next != null && next.state == State.FORMER;
        holder.state = State.FORMER;
        if (!isBack) {
            return;
        }
        // It is heard again, so there are two: the one that it was, and all others.
        name.starts
                .values()
                .forEach(other -> {
                    if (other != next && other.state == State.FORMER) {
                        other.state = State.REFUSED;
                    }
                });
    }

    private boolean isFresh(Start start, long nowNanos) {
        return nowNanos - start.heardNanos < timeoutNanos;
    }

    private static boolean isOvertaken(Start start, long sequence) {
        return sequence != 0 && sequence <= start.sequence;
    }

    /// A start goes, by its own word.
    ///
    /// @return whether it had the name
    boolean withdraw(ServerStart server, long sequence, long nowNanos) {
        if (server.startId().isEmpty()) {
            names.remove(server.serverId());
            return true;
        }
        Name name = name(server.serverId(), nowNanos);
        Start start = name.starts.get(server.startId());
        if (start != null && isOvertaken(start, sequence)) {
            return false;
        }
        boolean hadName = start != null && name.holder == start;
        if (start == null) {
            // It was known before this memory began, or its announcement is on its way.
            start = new Start(NetAddress.parse("0.0.0.0:0"));
        }
        start.state = State.WITHDRAWN;
        start.sequence = Math.max(start.sequence, sequence);
        start.heardNanos = nowNanos;
        if (hadName) {
            name.holder = null;
        }
        put(name, server.startId(), start);
        return hadName;
    }

    /// Drains the start that has a name.
    void drain(String serverId) {
        Name name = names.get(serverId);
        if (name != null && name.holder != null) {
            name.holder.isDrained = true;
        }
    }

    /// {@return whether the start that has a name was drained}
    boolean isDrained(String serverId) {
        Name name = names.get(serverId);
        return name != null && name.holder != null && name.holder.isDrained;
    }

    private Name name(String serverId, long nowNanos) {
        Name name = names.get(serverId);
        if (name == null) {
            name = new Name();
        }
        names.putLast(serverId, name);
        while (names.size() > namesMax || isForgotten(names.firstEntry().getValue(), nowNanos)) {
            if (names.firstEntry().getValue() == name) {
                break;
            }
            names.pollFirstEntry();
        }
        forget(name, nowNanos);
        return name;
    }

    private boolean isForgotten(Name name, long nowNanos) {
        return name.starts.isEmpty()
                || nowNanos - name.starts.lastEntry().getValue().heardNanos >= memoryNanos;
    }

    private void forget(Name name, long nowNanos) {
        name.starts
                .values()
                .removeIf(start -> {
                    boolean isOld = nowNanos - start.heardNanos >= memoryNanos;
                    if (isOld && start == name.holder) {
                        name.holder = null;
                    }
                    // Who was silent for so long is a newcomer, but what it sent before is still
                    // late.
                    if (start.state != State.HOLDER && !isFresh(start, nowNanos)) {
                        start.state = State.WITHDRAWN;
                    }
                    return isOld;
                });
    }

    private static void put(Name name, String key, Start start) {
        name.starts.putLast(key, start);
        if (name.starts.size() > OTHERS_MAX + 1) {
            for (Map.Entry<String, Start> oldest : name.starts.entrySet()) {
                if (oldest.getValue() != name.holder) {
                    name.starts.remove(oldest.getKey());
                    return;
                }
            }
        }
    }

    private static String key(ServerAnnouncement announcement) {
        return announcement.startId().isEmpty()
                ? announcement.publicAddress() + " " + announcement.internalAddress()
                : announcement.startId();
    }

    /// {@return how many names are remembered}
    int size() {
        return names.size();
    }
}
