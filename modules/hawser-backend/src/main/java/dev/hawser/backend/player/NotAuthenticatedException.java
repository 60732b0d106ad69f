package dev.hawser.backend.player;

/// A credential proves nothing.
public final class NotAuthenticatedException extends Exception {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message for the operator's log, not for the player; it must not repeat the credential
    public NotAuthenticatedException(String message) {
        super(message);
    }
}
