package dev.hawser.online.token;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Trouble;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import java.net.URI;
import java.util.OptionalLong;

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

    /// {@return what an answer means}
    ///
    /// @param protocolIdWanted which tokens must have, or empty
    /// @param credential that was sent, which nothing may repeat
    /// @param attempts that were made, this one included
    /// @param times of this one
    static Verdict of(
            Answer answer,
            OptionalLong protocolIdWanted,
            String credential,
            int attempts,
            TokenAnswer.Exchange times) {
        int status = answer.status();
        if (status == 200) {
            try {
                return new Fetched(TokenAnswer.read(answer, protocolIdWanted, times));
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

    private static Verdict refused(int status, String said, int attempts, long retryAfterSeconds) {
        return switch (status) {
            case 401 -> new Final(new TokenFetchFailure.NotAuthenticated(said));
            case 403 -> new Final(new TokenFetchFailure.Forbidden(said));
            case 429 ->
                    new Again(
                            new TokenFetchFailure.TooManyRequests(retryAfterSeconds, said),
                            retryAfterSeconds);
            case 503 ->
                    new Again(
                            new TokenFetchFailure.NoServer(retryAfterSeconds, said),
                            retryAfterSeconds);
            case 502, 504 ->
                    new Again(
                            new TokenFetchFailure.ServiceFailed(status, attempts, said),
                            retryAfterSeconds);
            default ->
                    new Final(
                            status < 500
                                    ? new TokenFetchFailure.RequestRefused(status, said)
                                    : new TokenFetchFailure.ServiceFailed(status, attempts, said));
        };
    }

    /// {@return what it means that no answer came}
    static Verdict of(Trouble trouble, URI endpoint, int attempts) {
        return switch (trouble.kind()) {
            case UNREACHABLE ->
                    new Again(
                            new TokenFetchFailure.Unreachable(endpoint, attempts, trouble.detail()),
                            0);
            case CERTIFICATE ->
                    new Final(new TokenFetchFailure.CertificateRefused(endpoint, trouble.detail()));
            case NOT_HTTP, MISTAKE -> unexpected(trouble.detail());
        };
    }

    private static Verdict unexpected(String detail) {
        return new Final(new TokenFetchFailure.UnexpectedAnswer(detail));
    }
}
