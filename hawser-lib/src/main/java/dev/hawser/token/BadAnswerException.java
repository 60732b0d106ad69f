package dev.hawser.token;

/// What came is not what it should be; the message says in what, and repeats nothing secret.
final class BadAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    BadAnswerException(String message) {
        super(message);
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
