package dev.hawser.backend.registry;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The servers that have room and are not drained, in the order in which players are sent to them:
/// by most room, then by name.
///
/// A server is taken out before anything about it changes, and put back afterwards.
final class ServerOrder {
    private static final Comparator<KnownServer> MOST_ROOM_FIRST =
            Comparator.comparingInt(KnownServer::room)
                    .reversed()
                    .thenComparing(server -> server.id);

    private final Map<Long, Game> games = new HashMap<>();

    void add(KnownServer server) {
        if (server.room() > 0 && !server.isDraining) {
            games.computeIfAbsent(server.announced.protocolId(), _ -> new Game()).add(server);
        }
    }

    void remove(KnownServer server) {
        long protocolId = server.announced.protocolId();
        Game game = games.get(protocolId);
        if (game != null) {
            game.remove(server);
            if (game.all.isEmpty()) {
                games.remove(protocolId);
            }
        }
    }

    /// {@return the servers of a protocol: those of the region first, then all others}
    Stream<KnownServer> from(long protocolId, String region) {
        Game game = games.get(protocolId);
        if (game == null) {
            return Stream.empty();
        }
        TreeSet<KnownServer> near = game.regions.get(region);
        if (region.isEmpty() || near == null) {
            return game.all.stream();
        }
        return Stream.concat(
                near.stream(),
                game.all.stream().filter(server -> !server.announced.region().equals(region)));
    }

    /// The servers of a protocol.
    private static final class Game {
        private final TreeSet<KnownServer> all = new TreeSet<>(MOST_ROOM_FIRST);
        private final Map<String, TreeSet<KnownServer>> regions = new HashMap<>();

        void add(KnownServer server) {
            all.add(server);
            regions.computeIfAbsent(server.announced.region(), _ -> new TreeSet<>(MOST_ROOM_FIRST))
                    .add(server);
        }

        void remove(KnownServer server) {
            all.remove(server);
            String name = server.announced.region();
            TreeSet<KnownServer> region = regions.get(name);
            if (region != null) {
                region.remove(server);
                if (region.isEmpty()) {
                    regions.remove(name);
                }
            }
        }
    }
}
