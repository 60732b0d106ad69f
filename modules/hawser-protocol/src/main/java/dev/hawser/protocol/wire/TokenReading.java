package dev.hawser.protocol.wire;

/// What came of reading a public token: the token, or why it cannot be read.
public sealed interface TokenReading {
    /// The bytes are no connect token.
    ///
    /// @param problem names the field, its value and its limit; for people
    record Failure(String problem) implements TokenReading {}

    /// The bytes are a connect token.
    ///
    /// @param token what it says
    record Success(PublicToken token) implements TokenReading {}
}
