package dev.hawser.online.operator;

import java.util.List;
import java.util.Objects;

/// A part of a long list.
///
/// @param items at most a thousand
/// @param next the cursor of the part behind it; empty at the end
public record FleetPage<T>(List<T> items, String next) {
    /// Copies the list.
    public FleetPage {
        items = List.copyOf(items);
        Objects.requireNonNull(next, "next");
    }
}
