package dev.hawser;

import dev.hawser.protocol.TokenTag;

/// A connect token was to be connected with a second time in this process.
///
/// Each connection counts its packets from 0 under the keys of its token. A second one under the
/// same keys would encrypt different packets with the same nonces, which lets an eavesdropper read
/// and forge them; the server would drop the token anyhow. Ask the backend for a new one and try
/// again.
public final class TokenUsedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final transient TokenTag tag;

    /// Creates the exception.
    ///
    /// @param tag of the token
    public TokenUsedException(TokenTag tag) {
        super(
                "this connect token has been connected with before, and each is good for one"
                        + " connection: fetch a new token from the backend, set it with"
                        + " authentication(…), and connect again");
        this.tag = tag;
    }

    /// {@return the tag of the token}
    public TokenTag tag() {
        return tag;
    }
}
