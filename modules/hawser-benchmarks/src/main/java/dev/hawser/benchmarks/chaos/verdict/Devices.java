package dev.hawser.benchmarks.chaos.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What became of the players' devices, by their own words.
final class Devices {
    /// That one wanted to play and could not.
    record Waiting(String device, String clientId, Span span) {}

    /// That one lost its connection.
    ///
    /// @param address of the server
    /// @param since when it had connected there
    record Lost(
            String device, String clientId, String address, long since, long nanos, String why) {}

    private static final class Device {
        private String clientId = "";
        private String address = "";
        private long connectedNanos = -1;
        private long waitingSince = -1;
    }

    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Lost> lost = new ArrayList<>();
    private final Map<String, Device> open = new HashMap<>();

    /// By a player's name: who is banned from the beginning is told no client id.
    private final Map<String, String> clientIds = new HashMap<>();

    private int connections;

    Devices(List<Event> events) {
        events.forEach(this::take);
        long end = events.isEmpty() ? 0 : events.getLast().nanos();
        open.forEach((name, device) -> over(name, device, end));
    }

    private void take(Event event) {
        if (event.what().equals("gone")) {
            String prefix = event.value("process") + ".";
            open.forEach((name, device) -> {
                if (name.startsWith(prefix)) {
                    over(name, device, event.nanos());
                }
            });
            open.keySet().removeIf(name -> name.startsWith(prefix));
            return;
        }
        String name = event.value("dev");
        if (event.what().equals("wish")) {
            Device wishing = new Device();
            wishing.waitingSince = event.nanos();
            wishing.clientId = clientIds.getOrDefault(player(name), "");
            open.put(name, wishing);
        }
        Device device = open.get(name);
        if (device == null) {
            return;
        }
        switch (event.what()) {
            case "using" -> {
                device.clientId = event.value("id");
                clientIds.put(player(name), device.clientId);
            }
            case "connected" -> {
                over(name, device, event.nanos());
                device.waitingSince = -1;
                device.connectedNanos = event.nanos();
                device.address = event.value("server");
                connections++;
            }
            case "resuming", "ended" -> {
                if (device.connectedNanos >= 0) {
                    lost.add(
                            new Lost(
                                    name,
                                    device.clientId,
                                    device.address,
                                    device.connectedNanos,
                                    event.nanos(),
                                    event.what() + " " + event.value("reason")));
                    device.connectedNanos = -1;
                    device.waitingSince = event.nanos();
                }
            }
            case "leaves" -> {
                over(name, device, event.nanos());
                open.remove(name);
            }
            default -> {
                // Nothing that changes.
            }
        }
    }

    /// {@return of `PROCESS.START.PLAYER`, with a `b` behind it for the second device, the player}
    private static String player(String device) {
        String last = device.substring(device.lastIndexOf('.') + 1);
        return last.endsWith("b") ? last.substring(0, last.length() - 1) : last;
    }

    private void over(String name, Device device, long nanos) {
        if (device.waitingSince >= 0) {
            waiting.add(new Waiting(name, device.clientId, new Span(device.waitingSince, nanos)));
        }
    }

    List<Waiting> waiting() {
        return waiting;
    }

    List<Lost> lost() {
        return lost;
    }

    int connections() {
        return connections;
    }
}
