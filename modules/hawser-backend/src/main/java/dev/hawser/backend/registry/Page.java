package dev.hawser.backend.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A part of a long list.
///
/// @param next asks for the part behind it; empty at the end
public record Page<T>(List<T> items, String next) {
    /// The most items of a part.
    public static final int ITEMS_MAX = 1000;

    /// Copies the list.
    public Page {
        items = List.copyOf(items);
    }

    /// {@return the first part of what is left of a list}
    ///
    /// @param left in the order of its cursors
    /// @param max of this part
    /// @param cursor which asks for what stands behind an item
    /// @throws IllegalArgumentException when so many may not be asked for
    public static <S, T> Page<T> of(
            Iterable<S> left, int max, Function<S, String> cursor, Function<S, T> item) {
        if (max < 1 || max > ITEMS_MAX) {
            throw new IllegalArgumentException(
                    "max is " + max + ", but must be from 1 to " + ITEMS_MAX + ": ask for less");
        }
        List<T> items = new ArrayList<>();
        String last = "";
        for (S each : left) {
            if (items.size() == max) {
                return new Page<>(items, last);
            }
            items.add(item.apply(each));
            last = cursor.apply(each);
        }
        return new Page<>(items, "");
    }
}
