package dev.hawser.keys;

/// No private keys can be had from where they should come from.
public final class KeyRingException extends Exception {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message says where the keys should have come from, what is wrong and what to do; it
    ///   holds no key, nor a part of one
    public KeyRingException(String message) {
        super(message);
    }

    /// Creates an exception.
    ///
    /// @param message says where the keys should have come from, what is wrong and what to do; it
    ///   holds no key, nor a part of one
    /// @param cause which holds none either
    public KeyRingException(String message, Throwable cause) {
        super(message, cause);
    }
}
