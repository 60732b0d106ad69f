package dev.hawser.token;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Decides what it means that no answer came.
///
/// @param endpoint that was asked
/// @param attempts that were made, this one included
/// @param connectTimeoutMillis for the connection of one attempt
/// @param requestTimeoutMillis for one attempt as a whole
/// @param credential that was sent, which nothing may repeat
record TroubleJudge(
        URI endpoint,
        int attempts,
        long connectTimeoutMillis,
        long requestTimeoutMillis,
        String credential) {
    private static final int TEXT_CHARACTERS_MAX = 200;

    /// More than any chain of causes has that is not a circle.
    private static final int CAUSES_MAX = 32;

    @Override
    public String toString() {
        return "TroubleJudge";
    }

    Verdict judge(Throwable thrown) {
        if (thrown instanceof CompletionException wrapper && wrapper.getCause() != null) {
            return judge(wrapper.getCause());
        }
        CertificateException refusal = find(CertificateException.class, thrown);
        if (refusal != null) {
            return new Verdict.Final(certificateRefused(thrown, refusal));
        }
        if (thrown instanceof ProtocolException) {
            return new Verdict.Final(
                    new TokenFetchFailure.UnexpectedAnswer("it is no HTTP" + message(thrown)));
        }
        if (thrown instanceof IOException || thrown instanceof CancellationException) {
            return new Verdict.Again(
                    new TokenFetchFailure.Unreachable(endpoint, attempts, describe(thrown)), 0);
        }
        return new Verdict.Final(
                new TokenFetchFailure.UnexpectedAnswer(
                        "handling it failed with " + thrown.getClass().getName()));
    }

    private String describe(Throwable thrown) {
        return switch (thrown) {
            // Only the limit of the attempt cancels an exchange whose fetch goes on.
            case CancellationException _ ->
                    "no complete answer within " + requestTimeoutMillis + " ms";
            case HttpConnectTimeoutException _ ->
                    "no connection within " + connectTimeoutMillis + " ms";
            case ConnectException e when find(UnresolvedAddressException.class, e) != null ->
                    "the name " + endpoint.getHost() + " is not known";
            case ConnectException e -> "nothing listens there" + message(e);
            default -> "the connection broke" + message(thrown);
        };
    }

    private String message(Throwable thrown) {
        String text = RemoteText.clean(thrown.getMessage(), TEXT_CHARACTERS_MAX, credential);
        return " (" + (text.isEmpty() ? thrown.getClass().getSimpleName() : text) + ")";
    }

    private TokenFetchFailure certificateRefused(Throwable thrown, CertificateException refusal) {
        return new TokenFetchFailure.CertificateRefused(
                endpoint,
                problem(thrown, refusal),
                RemoteText.clean(refusal.getMessage(), TEXT_CHARACTERS_MAX, credential));
    }

    /// The JDK has no types for all of it: what is neither about time nor about a path to an
    /// authority is about the name.
    private static CertificateProblem problem(Throwable thrown, CertificateException refusal) {
        if (find(CertificateExpiredException.class, thrown) != null) {
            return CertificateProblem.EXPIRED;
        }
        if (find(CertificateNotYetValidException.class, thrown) != null) {
            return CertificateProblem.NOT_YET_VALID;
        }
        if (refusal instanceof NotPinnedException) {
            return CertificateProblem.NOT_PINNED;
        }
        boolean isAboutPath =
                find(CertPathBuilderException.class, thrown) != null
                        || find(CertPathValidatorException.class, thrown) != null
                        || refusal.getClass() != CertificateException.class;
        return isAboutPath ? CertificateProblem.NOT_TRUSTED : CertificateProblem.WRONG_HOST;
    }

    private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
