package dev.hawser.token;

/// Parts of sentences for [TokenFetchFailure].
final class Explanations {
    private Explanations() {}

    static String attempts(int attempts) {
        return attempts == 1 ? "1 attempt" : attempts + " attempts";
    }

    static String when(long retryAfterSeconds) {
        return retryAfterSeconds > 0 ? "in " + retryAfterSeconds + " s" : "later";
    }
}
