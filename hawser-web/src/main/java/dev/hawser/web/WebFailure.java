package dev.hawser.web;

/// Why a client has no session, or has it no longer.
///
/// @param kind what went wrong
/// @param text for people, with what to do where that is known
public record WebFailure(Kind kind, String text) {
    /// What went wrong.
    public enum Kind {
        /// There is no URL for the server that the connect token names.
        NO_URL,
        /// The name in the URL has no address.
        UNKNOWN_HOST,
        /// Nothing answered, or not in time.
        UNREACHABLE,
        /// The server showed a certificate that this client does not trust.
        CERTIFICATE,
        /// The server did not open a session.
        REFUSED,
        /// There was a session, and it ended.
        ENDED
    }
}
