package dev.hawser.testkit.pair;

/// A way between a client and a server of a [Pair]: one may be dead while the other is whole.
public enum Direction {
    /// What clients send.
    TO_SERVER,
    /// What servers send.
    TO_CLIENT
}
