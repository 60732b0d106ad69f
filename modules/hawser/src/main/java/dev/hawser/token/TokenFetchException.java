package dev.hawser.token;

/// No connect token was fetched. The message is the explanation of the [#failure()].
public final class TokenFetchException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient TokenFetchFailure failure;

    /// Creates the exception.
    public TokenFetchException(TokenFetchFailure failure) {
        super(failure.explanation());
        this.failure = failure;
    }

    /// {@return why, in a way that a person can act on}
    public TokenFetchFailure failure() {
        return failure;
    }
}
