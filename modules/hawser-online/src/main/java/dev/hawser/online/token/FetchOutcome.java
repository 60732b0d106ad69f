package dev.hawser.online.token;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.NoAnswer;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.util.OptionalLong;

/// What comes of one attempt: the token, or a failure that lasts or may pass.
sealed interface FetchOutcome {
    /// The token is there.
    record Fetched(FetchedToken token) implements FetchOutcome {}

    /// Another attempt would end in the same way, here and at any other endpoint.
    record Lasting(TokenFetchFailure failure) implements FetchOutcome {}

    /// Another attempt would end in the same way here; another endpoint may do better.
    ///
    /// @param failure if there is none
    record LastingHere(TokenFetchFailure failure) implements FetchOutcome {}

    /// Another attempt may go better.
    ///
    /// @param failure if there is none
    /// @param retryAfterSeconds before which the service does not want it; 0 where it did not say
    record Passing(TokenFetchFailure failure, long retryAfterSeconds) implements FetchOutcome {}

    /// Another attempt may go better, but no other endpoint: it is the player who is to wait.
    ///
    /// @param failure if there is none
    /// @param retryAfterSeconds before which the service does not want it; 0 where it did not say
    record PassingEverywhere(TokenFetchFailure failure, long retryAfterSeconds)
            implements FetchOutcome {}

    /// {@return what an answer means}
    ///
    /// @param protocolIdWanted which tokens must have, or empty
    /// @param credential that was sent, which nothing may repeat
    /// @param attempts that were made, this one included
    /// @param times of this one
    static FetchOutcome of(
            Answer answer,
            OptionalLong protocolIdWanted,
            String credential,
            int attempts,
            FetchedTokenReader.Exchange times) {
        int status = answer.status();
        if (status == 200) {
            try {
                return new Fetched(FetchedTokenReader.read(answer, protocolIdWanted, times));
            } catch (BadAnswerException e) {
                return unexpected(e.detail());
            }
        }
        if (status >= 300 && status < 400) {
            return unexpected(
                    "it redirects ("
                            + status
                            + ") to \""
                            + answer.header("Location", credential)
                            + "\", which is not followed, since the credential is for the endpoint"
                            + " alone");
        }
        if (status < 400 || status > 599) {
            return unexpected("its status is " + status);
        }
        return refused(
                status,
                answer.said(credential),
                attempts,
                answer.retryAfterSeconds(times.receivedAtSeconds()));
    }

    private static FetchOutcome refused(
            int status, String said, int attempts, long retryAfterSeconds) {
        return switch (status) {
            case 401 -> new Lasting(new TokenFetchFailure.NotAuthenticated(said));
            case 403 -> new Lasting(new TokenFetchFailure.Forbidden(said));
            case 429 ->
                    new PassingEverywhere(
                            new TokenFetchFailure.TooManyRequests(retryAfterSeconds, said),
                            retryAfterSeconds);
            case 503 ->
                    new Passing(
                            new TokenFetchFailure.NoServer(retryAfterSeconds, said),
                            retryAfterSeconds);
            case 502, 504 ->
                    new Passing(
                            new TokenFetchFailure.ServiceFailed(status, attempts, said),
                            retryAfterSeconds);
            default ->
                    status < 500
                            ? new Lasting(new TokenFetchFailure.RequestRefused(status, said))
                            : new LastingHere(
                                    new TokenFetchFailure.ServiceFailed(status, attempts, said));
        };
    }

    /// {@return what it means that no answer came}
    static FetchOutcome of(NoAnswer noAnswer, URI endpoint, int attempts) {
        return switch (noAnswer.kind()) {
            case UNREACHABLE ->
                    new Passing(
                            new TokenFetchFailure.Unreachable(
                                    endpoint, attempts, noAnswer.detail()),
                            0);
            case CERTIFICATE ->
                    // Nothing was sent to whoever that is, and the next has to prove itself too.
                    new LastingHere(
                            new TokenFetchFailure.CertificateRefused(endpoint, noAnswer.detail()));
            case NOT_HTTP -> unexpected(noAnswer.detail());
            case MISTAKE -> new Lasting(new TokenFetchFailure.UnexpectedAnswer(noAnswer.detail()));
        };
    }

    private static FetchOutcome unexpected(String detail) {
        return new LastingHere(new TokenFetchFailure.UnexpectedAnswer(detail));
    }
}
