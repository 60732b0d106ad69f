package dev.hawser.cli.process;

/// Something that a person can set right: the message names the value, the limit and the remedy,
/// and is all that is printed.
public final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CliFailure(String message) {
        super(message);
    }

    public CliFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
