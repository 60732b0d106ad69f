package dev.hawser.token;

import java.net.URI;

/// Why no connect token was fetched: one type for each reason, with what a person can act on.
/// [#explanation()] says it in words.
///
/// Nothing in it is secret: neither the credential nor a byte of a token.
public sealed interface TokenFetchFailure {
    /// {@return what happened and what to do, in one or two English sentences}
    String explanation();

    /// The supplier of the credential had none, or none that can be sent.
    ///
    /// @param detail what is wrong with it
    record NoCredential(String detail) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "There is no credential to fetch a connect token with: "
                    + detail
                    + ". Log the player in first.";
        }
    }

    /// No attempt got an answer.
    ///
    /// @param endpoint of the service
    /// @param attempts that were made
    /// @param detail what happened to the last one
    record Unreachable(URI endpoint, int attempts, String detail) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service at "
                    + endpoint
                    + " cannot be reached ("
                    + counted(attempts)
                    + "): "
                    + detail
                    + ". Check the network and the address, and that the service runs.";
        }
    }

    /// The time for the whole fetch, retries included, ran out.
    ///
    /// @param endpoint of the service
    /// @param timeoutMillis for the whole fetch
    /// @param attempts that were made; 0 when the credential did not come
    /// @param detail what was waited for
    record TimedOut(URI endpoint, long timeoutMillis, int attempts, String detail)
            implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "No connect token from "
                    + endpoint
                    + " within "
                    + timeoutMillis
                    + " ms ("
                    + counted(attempts)
                    + "), while waiting for "
                    + detail
                    + ". Try again, or allow more time with overallTimeout(…).";
        }
    }

    /// What answered at the address could not show that it is the service.
    ///
    /// @param endpoint of the service
    /// @param detail what is wrong with its certificate, and what to do
    record CertificateRefused(URI endpoint, String detail) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The certificate of "
                    + endpoint
                    + " is refused, and nothing was sent: "
                    + detail
                    + ".";
        }
    }

    /// The service does not take the credential (401).
    ///
    /// @param said what the service said about it; empty for nothing
    record NotAuthenticated(String said) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service does not accept the credential (401)"
                    + saying(said)
                    + ". It may have expired or be meant for another service: log the player in"
                    + " again.";
        }
    }

    /// The service knows the player, and does not let this one play (403).
    ///
    /// @param said what the service said about it; empty for nothing
    record Forbidden(String said) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service knows the player and refuses a connect token (403)"
                    + saying(said)
                    + ". Trying again does not help: tell the player.";
        }
    }

    /// The player, or the address, has asked too often (429).
    ///
    /// @param retryAfterSeconds when to come back; 0 where the service did not say
    /// @param said what the service said about it; empty for nothing
    record TooManyRequests(long retryAfterSeconds, String said) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service was asked too often by this player or address (429)"
                    + saying(said)
                    + ". Try again "
                    + when(retryAfterSeconds)
                    + ".";
        }
    }

    /// No game server has room, or the service is not able to tell (503).
    ///
    /// @param retryAfterSeconds when to come back; 0 where the service did not say
    /// @param said what the service said about it; empty for nothing
    record NoServer(long retryAfterSeconds, String said) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service has no game server to offer at the moment (503)"
                    + saying(said)
                    + ". Try again "
                    + when(retryAfterSeconds)
                    + ".";
        }
    }

    /// The service, or a proxy before it, does not take the request (any other 4xx).
    ///
    /// @param status of the answer
    /// @param said what the service said about it; empty for nothing
    record RequestRefused(int status, String said) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The token service refuses the request ("
                    + status
                    + ")"
                    + saying(said)
                    + ". Check endpoint, region and protocol id, and whether game and service are of"
                    + " versions that go together.";
        }
    }

    /// The service, or a proxy before it, is out of order (any other 5xx).
    ///
    /// @param status of the answer
    /// @param attempts that were made
    /// @param retryAfterSeconds when to come back; 0 where the service did not say
    /// @param said what the service said about it; empty for nothing
    record ServiceFailed(int status, int attempts, long retryAfterSeconds, String said)
            implements TokenFetchFailure {
        /// A failure where the service did not say when to come back.
        public ServiceFailed(int status, int attempts, String said) {
            this(status, attempts, 0, said);
        }

        @Override
        public String explanation() {
            return "The token service is out of order ("
                    + status
                    + ", "
                    + counted(attempts)
                    + ")"
                    + saying(said)
                    + ". Try again later; its log says more.";
        }
    }

    /// What came is not what a token service says.
    ///
    /// @param detail what is wrong with it
    record UnexpectedAnswer(String detail) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "What answered is no token service, or one of another version: "
                    + detail
                    + ". Check the endpoint, and that no proxy or login page of a network answers in"
                    + " its place.";
        }
    }

    /// A [TokenSource] that is not Hawser's failed in its own way.
    ///
    /// @param detail what happened, the end of a sentence; of an exception its class and nothing
    ///   else, since its message may hold what is secret
    record SourceFailed(String detail) implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The game's own source of connect tokens failed: "
                    + detail
                    + ". It says more when it fails with a TokenFetchException.";
        }
    }

    /// The [TokenSource] was closed during the fetch, or what it runs on was shut down.
    record Closed() implements TokenFetchFailure {
        @Override
        public String explanation() {
            return "The source of connect tokens was closed before the token was there: make another"
                    + " one, and close it after its last fetch.";
        }
    }

    private static String saying(String said) {
        return said.isEmpty() ? "" : ", saying \"" + said + "\"";
    }

    private static String counted(int attempts) {
        return attempts == 1 ? "1 attempt" : attempts + " attempts";
    }

    private static String when(long retryAfterSeconds) {
        return retryAfterSeconds > 0 ? "in " + retryAfterSeconds + " s" : "later";
    }
}
