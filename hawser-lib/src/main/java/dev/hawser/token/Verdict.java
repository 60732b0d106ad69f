package dev.hawser.token;

/// What comes of one attempt.
sealed interface Verdict {
    /// The token is there.
    record Fetched(FetchedToken token) implements Verdict {}

    /// Another attempt would end in the same way.
    record Final(TokenFetchFailure failure) implements Verdict {}

    /// Another attempt may go better.
    ///
    /// @param failure if there is none
    /// @param retryAfterSeconds before which the service does not want it; 0 where it did not say
    record Again(TokenFetchFailure failure, long retryAfterSeconds) implements Verdict {}
}
