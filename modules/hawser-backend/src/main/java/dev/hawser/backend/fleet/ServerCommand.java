package dev.hawser.backend.fleet;

/// What a game server is told to do, in the answer to its next announcement.
public sealed interface ServerCommand {
    /// Leave in order: no newcomers, and whoever is left at the deadline is sent on.
    ///
    /// @param withinSeconds until the deadline, from when the server hears it; 0 to 86,400
    /// @param text for players, up to 124 characters; may be empty
    record Drain(int withinSeconds, String text) implements ServerCommand {}

    /// End one connection. The server does nothing when the player has another one by then, or
    /// none.
    ///
    /// @param clientId of the player, unsigned
    /// @param connectionId which alone is to end
    /// @param why what the player is told
    /// @param text for the player, up to 124 characters; may be empty
    record Kick(long clientId, ConnectionId connectionId, Why why, String text)
            implements ServerCommand {}

    /// Why a connection is ended.
    enum Why {
        /// The player is at another server now.
        REPLACED,
        /// An operator wants it.
        KICKED,
        /// The player may not play any more.
        BANNED
    }
}
