package dev.hawser.protocol;

import java.util.Objects;

/// The connect token that a client showed when it came, or came back, as far as a server may tell
/// others of it: nothing here is a secret.
///
/// @param tag by which it is told from every other token
/// @param expiresAtUnixSeconds when it expires, by the clock of whoever made it
/// @param timeoutSeconds how long either side may be silent; 0 for ever
public record ShownToken(TokenTag tag, long expiresAtUnixSeconds, int timeoutSeconds) {
    /// Takes no null.
    public ShownToken {
        Objects.requireNonNull(tag, "tag");
    }
}
