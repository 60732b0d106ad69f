package dev.hawser.online.http;

/// What came is not what it should be; the message says in what, and repeats nothing secret.
public final class BadAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    /// @param message the end of a sentence about the answer
    public BadAnswerException(String message) {
        super(message);
    }

    /// {@return the message}
    public String detail() {
        return String.valueOf(getMessage());
    }
}
