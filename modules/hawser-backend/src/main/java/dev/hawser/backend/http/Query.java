package dev.hawser.backend.http;

import dev.hawser.backend.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// What a request says behind the question mark: names that are known, each once.
final class Query {
    private final Map<String, String> values = new HashMap<>();

    /// @param names that there may be
    /// @throws Problem when there are others, or one twice
    Query(Request request, Set<String> names) {
        String query = request.query();
        if (query.isEmpty()) {
            return;
        }
        for (String part : query.split("&", -1)) {
            int sign = part.indexOf('=');
            String name = decoded(sign < 0 ? part : part.substring(0, sign));
            if (!names.contains(name)) {
                throw Problem.invalid(
                        null,
                        "The query may say "
                                + names.stream().sorted().toList()
                                + ", and nothing else.");
            }
            if (values.put(name, sign < 0 ? "" : decoded(part.substring(sign + 1))) != null) {
                throw Problem.invalid(name, "The query says '" + name + "' twice.");
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(null, "The query is not encoded as queries are.");
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String textOr(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw Problem.invalid(name, "The query must say '" + name + "'.");
        }
        return value;
    }

    /// {@return a number of at most 18 digits}
    long numberOr(String name, long otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("[0-9]{1,18}")) {
            throw Problem.invalid(name, "In the query, '" + name + "' must be a whole number.");
        }
        return Long.parseLong(value);
    }
}
