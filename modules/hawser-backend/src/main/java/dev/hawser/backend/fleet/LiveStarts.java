package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The starts of servers that live, one of each name, with who is present there and what waits for
/// them. Both end with the start.
///
/// A start lives from when its registry has taken an announcement of it, or it has asked something
/// while nobody else has its name, until it is silent, has withdrawn or another one has its name.
///
/// Time is an argument. Not for several threads.
final class LiveStarts {
    private final int startsMax;
    private final long timeoutNanos;

    /// By the name of the server; who was not heard for longest comes first.
    private final SequencedMap<String, Live> starts = new LinkedHashMap<>();

    private final Map<Long, Presence> presences = new HashMap<>();

    /// A start that lives.
    static final class Live {
        final ServerStart server;
        final WaitingCommands commands = new WaitingCommands();

        /// By client id, for lists in parts.
        private final NavigableMap<Long, Presence> players = new TreeMap<>();

        private boolean isAnnounced;
        private long heardNanos;

        Live(ServerStart server) {
            this.server = server;
        }
    }

    /// @param startsMax beyond which only those count that were announced
    LiveStarts(int startsMax, long timeoutNanos) {
        this.startsMax = startsMax;
        this.timeoutNanos = timeoutNanos;
    }

    void handleTimeout(long nowNanos) {
        while (!starts.isEmpty()
                && nowNanos - starts.firstEntry().getValue().heardNanos >= timeoutNanos) {
            end(starts.firstEntry().getValue());
        }
    }

    /// The registry has taken an announcement: this start has the name.
    void announced(ServerStart server, long nowNanos) {
        heard(server, nowNanos).isAnnounced = true;
    }

    /// A start has asked for something.
    ///
    /// @return null when it is over: another one has announced itself under the name
    /// @throws IllegalStateException when nobody has announced it, and there are too many starts
    @Nullable Live asks(ServerStart server, long nowNanos) {
        Live known = starts.get(server.serverId());
        boolean isOver = known != null && known.isAnnounced && !known.server.equals(server);
        if (isOver) {
            return null;
        }
        if (known == null && starts.size() >= startsMax) {
            throw new IllegalStateException(
                    "a server is one more than the "
                            + startsMax
                            + " that may ask before they announce themselves: let it announce"
                            + " itself first");
        }
        return heard(server, nowNanos);
    }

    private Live heard(ServerStart server, long nowNanos) {
        Live live = starts.get(server.serverId());
        if (live != null && !live.server.equals(server)) {
            end(live);
            live = null;
        }
        if (live == null) {
            live = new Live(server);
        }
        live.heardNanos = nowNanos;
        starts.putLast(server.serverId(), live);
        return live;
    }

    /// {@return a start; null when it does not live}
    @Nullable Live find(ServerStart server) {
        Live live = starts.get(server.serverId());
        return live == null || !live.server.equals(server) ? null : live;
    }

    /// A start is over.
    void end(ServerStart server) {
        Live live = starts.get(server.serverId());
        if (live != null && (server.startId().isEmpty() || live.server.equals(server))) {
            end(live);
        }
    }

    private void end(Live live) {
        live.players.keySet().forEach(presences::remove);
        starts.remove(live.server.serverId());
    }

    // ---- Who is where

    @Nullable Presence where(long clientId) {
        return presences.get(clientId);
    }

    /// Makes a player present, and nowhere else.
    ///
    /// @param at the start of the presence
    void add(Live at, Presence presence) {
        remove(presence.clientId());
        presences.put(presence.clientId(), presence);
        at.players.put(presence.clientId(), presence);
    }

    void remove(long clientId) {
        Presence former = presences.remove(clientId);
        Live live = former == null ? null : find(former.server());
        if (live != null) {
            live.players.remove(clientId);
        }
    }

    /// {@return players of a server in the order of their ids}
    Page<Presence> players(String serverId, String cursor, int max) {
        Live live = starts.get(serverId);
        NavigableMap<Long, Presence> players = live == null ? new TreeMap<>() : live.players;
        return Cursors.page(players, cursor, max, Presence::clientId);
    }

    int presences() {
        return presences.size();
    }

    int commands() {
        return starts.values().stream().mapToInt(live -> live.commands.size()).sum();
    }
}
