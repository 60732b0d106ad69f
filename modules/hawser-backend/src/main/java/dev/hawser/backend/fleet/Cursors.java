package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Page;
import java.util.NavigableMap;
import java.util.function.Function;

/// Parts of what is kept by client id, in the order of the map: a cursor is the last id of the part
/// before.
final class Cursors {
    private Cursors() {}

    /// @throws IllegalArgumentException when the cursor is none, or so many may not be asked for
    static <T> Page<T> page(
            NavigableMap<Long, T> byClientId, String cursor, int max, Function<T, Long> clientId) {
        return Page.of(
                cursor.isEmpty()
                        ? byClientId.values()
                        : byClientId.tailMap(clientId(cursor), false).values(),
                max,
                item -> Long.toUnsignedString(clientId.apply(item)),
                Function.identity());
    }

    private static long clientId(String cursor) {
        try {
            return Long.parseUnsignedLong(cursor);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "cursor has "
                            + cursor.length()
                            + " characters and is none that was given: begin without one",
                    e);
        }
    }
}
