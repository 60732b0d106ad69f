package dev.hawser.load;

/// A run could not begin or go on: the message says why, and what to do.
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1;

    LoadException(String message) {
        super(message);
    }
}
