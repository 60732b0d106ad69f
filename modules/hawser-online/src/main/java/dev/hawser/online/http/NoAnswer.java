package dev.hawser.online.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Why no answer came.
///
/// @param kind what is to be done about it
/// @param detail what happened, the end of a sentence; nothing secret
public record NoAnswer(Kind kind, String detail) {
    private static final int TEXT_CHARACTERS_MAX = 200;

    /// More than any chain of causes has that is not a circle.
    private static final int CAUSES_MAX = 32;

    /// What kind of failure it is.
    public enum Kind {
        /// It may pass: another attempt may go better.
        UNREACHABLE,

        /// Somebody is there who could not show that he is the service; nothing was sent.
        CERTIFICATE,

        /// Somebody is there who speaks something else.
        NOT_HTTP,

        /// Something in here, or in a seam, is wrong.
        MISTAKE
    }

    /// What was attempted, for the words.
    ///
    /// @param connectTimeout for the connection of one attempt
    /// @param requestTimeout for one attempt as a whole
    /// @param credential that was sent, which nothing may repeat
    public record Attempt(
            URI endpoint, Duration connectTimeout, Duration requestTimeout, String credential) {
        @Override
        public String toString() {
            return "Attempt[" + endpoint + "]";
        }
    }

    /// {@return what a failed exchange means}
    public static NoAnswer of(Throwable thrown, Attempt attempt) {
        if (thrown instanceof CompletionException wrapper && wrapper.getCause() != null) {
            return of(wrapper.getCause(), attempt);
        }
        CertificateException refusal = find(CertificateException.class, thrown);
        if (refusal != null) {
            return new NoAnswer(
                    Kind.CERTIFICATE,
                    refused(thrown, refusal).explanation() + message(refusal, attempt));
        }
        if (thrown instanceof ProtocolException) {
            return new NoAnswer(Kind.NOT_HTTP, "it is no HTTP" + message(thrown, attempt));
        }
        if (thrown instanceof IOException || thrown instanceof CancellationException) {
            return new NoAnswer(Kind.UNREACHABLE, describe(thrown, attempt));
        }
        return new NoAnswer(Kind.MISTAKE, "handling it failed with " + thrown.getClass().getName());
    }

    private static String describe(Throwable thrown, Attempt attempt) {
        return switch (thrown) {
            case HttpConnectTimeoutException _ ->
                    "no connection within " + attempt.connectTimeout().toMillis() + " ms";
            // Only the limit of an attempt cancels an exchange whose caller goes on.
            case CancellationException _ -> noAnswer(attempt);
            case HttpTimeoutException _ -> noAnswer(attempt);
            case ConnectException e when find(UnresolvedAddressException.class, e) != null ->
                    "the name " + attempt.endpoint().getHost() + " is not known";
            case ConnectException e -> "nothing listens there" + message(e, attempt);
            default -> "the connection broke" + message(thrown, attempt);
        };
    }

    private static String noAnswer(Attempt attempt) {
        return "no complete answer within " + attempt.requestTimeout().toMillis() + " ms";
    }

    private static String message(Throwable thrown, Attempt attempt) {
        String text =
                RemoteText.clean(thrown.getMessage(), TEXT_CHARACTERS_MAX, attempt.credential());
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    /// The JDK has no types for all of it: what is neither about time nor about a path to an
    /// authority is about the name.
    private static CertificateProblem refused(Throwable thrown, CertificateException refusal) {
        if (find(CertificateExpiredException.class, thrown) != null) {
            return CertificateProblem.EXPIRED;
        }
        if (find(CertificateNotYetValidException.class, thrown) != null) {
            return CertificateProblem.NOT_YET_VALID;
        }
        if (refusal instanceof Trust.NotPinnedException) {
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
