package dev.hawser.transport;

/// Why a transport does not reach a peer, or no longer does: what a client says instead of guessing
/// why it hears nothing.
///
/// @param kind what went wrong
/// @param isFinal whether waiting is in vain, so that a client ends its attempt at once or goes on
///   to the next server of its token; otherwise it waits out the token's timeout, and says this
///   when nothing was heard by then. What anybody on the network could forge, or what passes while
///   a server starts, is not final
/// @param text for people: where to, what happened, and what to do where that is known; without the
///   full stop
public record TransportFailure(Kind kind, boolean isFinal, String text) {
    /// What went wrong.
    public enum Kind {
        /// The transport has no URL for the server that the connect token names.
        NO_URL,
        /// The name in the URL has no address.
        UNKNOWN_HOST,
        /// No way leads there, nothing listens there, or nothing answered.
        UNREACHABLE,
        /// The server showed a certificate that this client does not trust.
        CERTIFICATE,
        /// The server is there, and does not open a session.
        REFUSED,
        /// There was a session, and it ended.
        ENDED
    }
}
