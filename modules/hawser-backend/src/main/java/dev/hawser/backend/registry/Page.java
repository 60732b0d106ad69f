package dev.hawser.backend.registry;

import java.util.List;

/// A part of a long list.
///
/// @param next asks for the part behind it; empty at the end
public record Page<T>(List<T> items, String next) {
    /// Copies the list.
    public Page {
        items = List.copyOf(items);
    }
}
