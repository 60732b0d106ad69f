package dev.hawser.redis;

/// A step of which nobody knows whether it was done: the store did not answer, or said that it
/// cannot.
final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreFailure(String message, Throwable cause) {
        super(message, cause);
    }

    StoreFailure(String message) {
        super(message);
    }
}
