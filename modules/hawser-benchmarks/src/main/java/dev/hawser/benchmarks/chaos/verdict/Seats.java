package dev.hawser.benchmarks.chaos.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/// Who sat where, by the servers' words.
final class Seats {
    private final List<Seat> all = new ArrayList<>();
    private final List<String> tooMany = new ArrayList<>();

    /// Those that are not over: of a server's start, by client id.
    private final Map<String, Map<String, Seat>> open = new HashMap<>();

    /// Whose slots are kept, of a server's start.
    private final Map<String, Set<String>> kept = new HashMap<>();

    /// Which token left by a port, from when on.
    private final Map<String, NavigableMap<Long, String>> tags = new HashMap<>();

    Seats(List<Event> events, int slots) {
        for (Event event : events) {
            if (event.what().equals("using")) {
                tags.computeIfAbsent(event.value("port"), _ -> new TreeMap<>())
                        .put(event.nanos(), event.value("tag"));
            }
        }
        for (Event event : events) {
            take(event, slots);
        }
        long end = events.isEmpty() ? 0 : events.getLast().nanos();
        for (Map<String, Seat> seats : List.copyOf(open.values())) {
            List.copyOf(seats.values()).forEach(seat -> close(seat, end));
        }
    }

    private void take(Event event, int slots) {
        String place = event.value("server") + " " + event.value("start");
        Map<String, Seat> seats = open.computeIfAbsent(place, _ -> new HashMap<>());
        Set<String> waiting = kept.computeIfAbsent(place, _ -> new HashSet<>());
        Seat former = seats.get(event.value("id"));
        switch (event.what()) {
            case "seated", "resumed" -> {
                if (former != null) {
                    close(former, event.nanos());
                }
                waiting.remove(event.value("id"));
                seats.put(event.value("id"), seat(event));
                if (seats.size() + waiting.size() > slots) {
                    tooMany.add(
                            event.nanos()
                                    + ": server "
                                    + event.value("server")
                                    + " has "
                                    + (seats.size() + waiting.size())
                                    + " players in "
                                    + slots
                                    + " slots");
                }
            }
            case "suspended" -> {
                if (former != null) {
                    close(former, event.nanos());
                }
                waiting.add(event.value("id"));
            }
            case "disconnected" -> {
                if (former != null) {
                    close(former, event.nanos());
                }
                waiting.remove(event.value("id"));
            }
            case "dead" -> {
                List.copyOf(seats.values()).forEach(seat -> close(seat, event.nanos()));
                waiting.clear();
            }
            default -> {
                // Of somebody else.
            }
        }
    }

    private Seat seat(Event event) {
        NavigableMap<Long, String> byPort = tags.getOrDefault(event.value("port"), new TreeMap<>());
        Map.Entry<Long, String> tag = byPort.floorEntry(event.nanos());
        return new Seat(
                event.value("server"),
                event.value("start"),
                event.value("id"),
                event.value("port"),
                tag == null ? "" : tag.getValue(),
                event.what().equals("resumed"),
                new Span(event.nanos(), Long.MAX_VALUE));
    }

    private void close(Seat seat, long nanos) {
        open.getOrDefault(seat.server() + " " + seat.start(), Map.of())
                .remove(seat.clientId(), seat);
        all.add(
                new Seat(
                        seat.server(),
                        seat.start(),
                        seat.clientId(),
                        seat.port(),
                        seat.tag(),
                        seat.isResumed(),
                        new Span(seat.span().from(), nanos)));
    }

    List<Seat> all() {
        return all;
    }

    /// {@return where a server had more players than slots}
    List<String> tooMany() {
        return tooMany;
    }
}
