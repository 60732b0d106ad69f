package dev.hawser.benchmarks.chaos.verdict;

import java.util.HashMap;
import java.util.Map;

/// A line of a history: `NANOS WHAT NAME=VALUE…`.
record Event(long nanos, String what, Map<String, String> values) {
    static Event parse(String line) {
        String[] words = line.strip().split(" ", -1);
        if (words.length < 2) {
            throw new IllegalArgumentException("no event: '" + line + "'");
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("no NAME=VALUE in '" + line + "'");
            }
            values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return new Event(Long.parseLong(words[0]), words[1], Map.copyOf(values));
    }

    /// {@return a value, empty where it is not said}
    String value(String name) {
        return values.getOrDefault(name, "");
    }
}
