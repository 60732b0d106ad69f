package dev.hawser.benchmarks.chaos.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What happened to the fleet, and when nothing did.
final class Troubles {
    /// @param kind as `store-kill`
    private record Fault(String kind, String target, Span span) {
        String part() {
            return kind.substring(0, kind.indexOf('-'));
        }
    }

    /// What a program without a processor missed shows when its timeout is over.
    private static final long STALL_MARGIN_NANOS = 6 * Span.SECOND;

    private final List<Fault> faults = new ArrayList<>();
    private final List<Span> calms = new ArrayList<>();
    private final List<Span> stalls = new ArrayList<>();

    Troubles(List<Event> events) {
        Map<String, Event> begun = new HashMap<>();
        long calmSince = -1;
        for (Event event : events) {
            String fault = event.value("kind") + " " + event.value("target");
            switch (event.what()) {
                case "begin" -> begun.put(fault, event);
                case "end" -> {
                    Event begin = begun.remove(fault);
                    if (begin == null) {
                        throw new IllegalArgumentException(
                                event.nanos() + ": an end of what has not begun: " + fault);
                    }
                    add(begin, event.nanos());
                }
                case "stalled" ->
                        stalls.add(
                                new Span(
                                        Long.parseLong(event.value("since")) - STALL_MARGIN_NANOS,
                                        event.nanos() + STALL_MARGIN_NANOS));
                case "calm" -> calmSince = event.nanos();
                case "storm", "over" -> {
                    if (calmSince >= 0) {
                        calms.add(new Span(calmSince, event.nanos()));
                    }
                    calmSince = -1;
                }
                default -> {
                    // No fault.
                }
            }
        }
        begun.values().forEach(event -> add(event, Long.MAX_VALUE));
    }

    private void add(Event begin, long end) {
        faults.add(
                new Fault(
                        begin.value("kind"), begin.value("target"), new Span(begin.nanos(), end)));
    }

    /// {@return when a server could not be told something: it, a service or the store was away}
    List<Span> between(String server) {
        List<Span> spans = new ArrayList<>(stalls);
        faults.stream()
                .filter(fault ->
                        switch (fault.part()) {
                            case "store", "service" -> true;
                            case "server" -> fault.target().equals(server);
                            default -> false;
                        })
                .map(Fault::span)
                .forEach(spans::add);
        return spans;
    }

    /// {@return when the store was away, killed or standing still}
    List<Span> ofStore() {
        return faults.stream()
                .filter(fault -> fault.part().equals("store"))
                .map(Fault::span)
                .toList();
    }

    /// {@return when all that players need was there}
    List<Span> calms() {
        return calms;
    }

    /// {@return whether a program had no processor for more than a second about then}
    boolean isStalled(Span span) {
        return stalls.stream().anyMatch(stall -> stall.and(span).nanos() > 0);
    }

    int stalls() {
        return stalls.size();
    }

    int count() {
        return faults.size();
    }
}
