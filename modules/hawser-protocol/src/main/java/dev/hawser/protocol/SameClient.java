package dev.hawser.protocol;

/// What happens when a client id asks for a connection while it has one.
public enum SameClient {
    /// The newcomer is ignored until the old connection ends: the standard.
    REFUSE,
    /// The newcomer takes the slot, if its token was first seen after the slot was taken.
    TAKE_OVER
}
