package dev.hawser.benchmarks.chaos.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who was banned when: for certain from the service's word to the request that lifts it, and
/// possibly from the request for it to the word that it is lifted.
final class Bans {
    /// After a ban was lifted, in which who was refused has not tried again yet.
    private static final long RETRY_NANOS = 5 * Span.SECOND;

    private record Ban(String clientId, Span span) {}

    private final List<Ban> certain = new ArrayList<>();
    private final List<Ban> possible = new ArrayList<>();

    Bans(List<Event> events) {
        Map<String, Long> certainSince = new HashMap<>();
        Map<String, Long> possibleSince = new HashMap<>();
        for (Event event : events) {
            String id = event.value("id");
            switch (event.what()) {
                case "banning" -> possibleSince.putIfAbsent(id, event.nanos());
                case "banned" -> certainSince.putIfAbsent(id, event.nanos());
                case "unbanning" -> add(certain, id, certainSince.remove(id), event.nanos());
                case "unbanned" ->
                        add(possible, id, possibleSince.remove(id), event.nanos() + RETRY_NANOS);
                default -> {
                    // No ban.
                }
            }
        }
        certainSince.forEach((id, nanos) -> add(certain, id, nanos, Long.MAX_VALUE));
        possibleSince.forEach((id, nanos) -> add(possible, id, nanos, Long.MAX_VALUE));
    }

    private static void add(List<Ban> bans, String id, @Nullable Long since, long until) {
        if (since != null) {
            bans.add(new Ban(id, new Span(since, until)));
        }
    }

    /// {@return when this player was banned for certain}
    List<Span> certain(String clientId) {
        return certain.stream()
                .filter(ban -> ban.clientId().equals(clientId))
                .map(Ban::span)
                .toList();
    }

    /// {@return whether this player may have been banned then}
    boolean isPossible(String clientId, Span span) {
        return possible.stream()
                .anyMatch(
                        ban -> ban.clientId().equals(clientId) && ban.span().and(span).nanos() > 0);
    }
}
