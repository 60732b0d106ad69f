package dev.hawser.online.operator;

import java.io.IOException;

/// The token service did not do what an operator wanted, or nobody knows whether it did. The
/// message is a sentence for the operator, with what to do; it has no credential in it.
public final class OperatorException extends IOException {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final long retryAfterSeconds;
    private final boolean isDoneUnknown;

    OperatorException(
            Reason reason, String message, long retryAfterSeconds, boolean isDoneUnknown) {
        super(message);
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
        this.isDoneUnknown = isDoneUnknown;
    }

    /// What kind of failure it is.
    public enum Reason {
        /// There is no credential, or it is no operator's.
        CREDENTIAL,

        /// The service has nothing for operators: nobody has a credential there, or it is older.
        NO_OPERATORS,

        /// The service refuses the request as it is.
        REFUSED,

        /// Too many requests come from here.
        TOO_MANY_REQUESTS,

        /// No endpoint answers, or the service cannot do it at the moment.
        UNAVAILABLE,

        /// What answers is not the service, by its certificate or by what it says.
        NOT_THE_SERVICE
    }

    /// {@return what kind of failure it is}
    public Reason reason() {
        return reason;
    }

    /// {@return when the service wants to be asked again, in seconds from then; 0 where it did not
    /// say}
    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /// {@return whether the change may have been made nevertheless; asked again with the same
    /// words, it is made once}
    public boolean isDoneUnknown() {
        return isDoneUnknown;
    }
}
