package dev.hawser;

/// Where a client stands.
public sealed interface ConnectionState {
    /// No connection, and none is being made.
    ///
    /// @param reason why, in a way that a person can act on
    record Disconnected(DisconnectReason reason) implements ConnectionState {}

    /// A connection is being made.
    record Connecting() implements ConnectionState {}

    /// The connection was lost, and the client tries to go on with it ([Resume]): nothing can be
    /// sent meanwhile, [Connected] or [Disconnected] follows.
    ///
    /// @param attempt 1 for the first, and so on
    record Resuming(int attempt) implements ConnectionState {}

    /// Payloads go both ways.
    record Connected() implements ConnectionState {}
}
