package dev.hawser.backend.registry;

import dev.hawser.protocol.NetAddress;

/// What became of an announcement.
public sealed interface Announced {
    /// The registry knows it now.
    record Taken() implements Announced {}

    /// A later one of the same start was there before, so it changed nothing.
    record Overtaken() implements Announced {}

    /// Another server has this name, and was heard again since this one took it over.
    ///
    /// @param publicAddress of the other one
    record OfAnother(NetAddress publicAddress) implements Announced {}
}
