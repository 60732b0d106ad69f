package dev.hawser.backend.fleet;

/// What a game server is told of a [Newcomer]: it may be seated, or why not.
public sealed interface Admission {
    /// It may be seated, and its player is present there from now on.
    ///
    /// @param connectionId by which the presence ends: that of the first answer for this token
    record Admitted(ConnectionId connectionId) implements Admission {}

    /// The token was used at another start of a server: whoever shows it now has copied it, or came
    /// too late. Or its connection was over before it was asked for, or the player has a later one
    /// at this start.
    record TokenUsed() implements Admission {}

    /// The player may not play.
    ///
    /// @param ban why, and until when
    record Banned(Ban ban) implements Admission {}

    /// By the store's clock the token has expired, [AdmissionStore#EXPIRY_SLACK_SECONDS] ago: what
    /// was remembered of it may be forgotten. Or it lives by so much longer than any token may that
    /// a mark would be forgotten before it expires, so that clocks must differ.
    record Expired() implements Admission {}
}
