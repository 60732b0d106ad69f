package dev.hawser.load;

/// Ways to get a connection request wrong, the most expensive for a server first.
public enum GarbageKind {
    /// Right in everything that can be read, but the private part does not open.
    FORGED,

    /// Of a version that does not exist.
    VERSION,

    /// A byte too short.
    SIZE,

    /// Random bytes, as many as a request has.
    RANDOM
}
