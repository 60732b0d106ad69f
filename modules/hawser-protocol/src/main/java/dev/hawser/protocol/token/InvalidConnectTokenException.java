package dev.hawser.protocol.token;

/// Bytes that should be a connect token are none. The message names the field, its value and the
/// limit, and never shows a key.
public final class InvalidConnectTokenException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /// Creates the exception with its text for people.
    public InvalidConnectTokenException(String message) {
        super(message);
    }
}
