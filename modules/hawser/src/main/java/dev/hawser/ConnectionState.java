package dev.hawser;

/// Where a client stands.
public sealed interface ConnectionState {
    /// No connection, and none is being made.
    ///
    /// @param reason why, in a way that a person can act on
    record Disconnected(DisconnectReason reason) implements ConnectionState {}

    /// A connection is being made.
    record Connecting() implements ConnectionState {}

    /// Payloads go both ways.
    record Connected() implements ConnectionState {}
}
