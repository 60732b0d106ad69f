package dev.hawser.protocol.machine;

/// The states of a client, with the standard's numbers: below zero a failure, above zero progress.
public enum ClientState {
    /// The connect token expired before a connection came about.
    CONNECT_TOKEN_EXPIRED(-6),
    /// The connect token cannot be read.
    INVALID_CONNECT_TOKEN(-5),
    /// The connection was made, then nothing was heard for the token's timeout.
    CONNECTION_TIMED_OUT(-4),
    /// The server's challenge was answered, then nothing was heard for the token's timeout.
    CONNECTION_RESPONSE_TIMED_OUT(-3),
    /// No server of the token answered within the token's timeout.
    CONNECTION_REQUEST_TIMED_OUT(-2),
    /// The last server of the token denied the connection: it is full, or refused the client.
    CONNECTION_DENIED(-1),
    /// Never connected, or the connection ended properly, from either side.
    DISCONNECTED(0),
    /// Asking a server for a connection.
    SENDING_CONNECTION_REQUEST(1),
    /// Answering the server's challenge.
    SENDING_CONNECTION_RESPONSE(2),
    /// Connected.
    CONNECTED(3);

    private final int number;

    ClientState(int number) {
        this.number = number;
    }

    /// {@return the standard's number, -6 to 3}
    public int number() {
        return number;
    }

    /// {@return whether a connection exists or is being made}
    public boolean isActive() {
        return number > 0;
    }
}
