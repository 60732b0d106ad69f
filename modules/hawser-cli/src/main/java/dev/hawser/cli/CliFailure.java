package dev.hawser.cli;

/// Something that a person can set right: the message names the value, the limit and the remedy,
/// and is all that is printed.
final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    CliFailure(String message) {
        super(message);
    }

    CliFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
