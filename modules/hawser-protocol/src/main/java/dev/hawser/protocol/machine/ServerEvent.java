package dev.hawser.protocol.machine;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;

/// What happened at a server, in order: asked for with [ServerMachine#pollEvent()].
public sealed interface ServerEvent {
    /// A client has proved that it holds a valid token and receives at its address, and waits for
    /// [ServerMachine#admit] or [ServerMachine#refuse]. Only under [ServerConfig#asksAdmission()].
    ///
    /// @param entry names the pending connection in the answer
    /// @param clientId from the token, unsigned
    /// @param address where it is
    /// @param userData from the token
    /// @param token that it showed
    record Requested(
            long entry, long clientId, NetAddress address, UserData userData, ShownToken token)
            implements ServerEvent {}

    /// A client took a slot.
    ///
    /// @param slot the client index
    /// @param clientId from the token, unsigned
    /// @param address where it is
    /// @param userData from the token
    /// @param token that it showed
    record Connected(
            int slot, long clientId, NetAddress address, UserData userData, ShownToken token)
            implements ServerEvent {}

    /// A client goes on from another address: its slot, id and keys are what they were.
    ///
    /// @param slot the client index
    /// @param clientId of the client, unsigned
    /// @param from where it was
    /// @param to where it is, and where packets to it go from here on
    record Moved(int slot, long clientId, NetAddress from, NetAddress to) implements ServerEvent {}

    /// A client fell silent, and its slot is kept for it ([ServerConfig.Builder#keepSlotNanos]):
    /// [Resumed] follows, here or at another member of the group, or [Disconnected].
    ///
    /// @param slot the client index
    /// @param clientId of the client, unsigned
    /// @param timeoutSeconds how long the client could be silent, from its token
    /// @param pausedNanos how long the server stood still in that silence, where it was for more
    ///   than a second; else 0
    record Suspended(int slot, long clientId, int timeoutSeconds, long pausedNanos)
            implements ServerEvent {}

    /// A client goes on with its connection, under a new token: one that was suspended, or one of
    /// which the server had not noticed yet that it was lost. The application was asked when the
    /// connection began, and is not asked again.
    ///
    /// @param slot the client index; the one that it had, unless it had that at another member of
    ///   the group, which is then to be left ([ServerMachine#abandon])
    /// @param clientId from the token, unsigned
    /// @param address where it is
    /// @param userData from the token
    /// @param token that it showed
    record Resumed(int slot, long clientId, NetAddress address, UserData userData, ShownToken token)
            implements ServerEvent {}

    /// A slot was freed.
    ///
    /// @param slot the client index
    /// @param clientId of the client that had it, unsigned
    /// @param cause how it ended
    /// @param reason what the side that ended it stated, or [StatedReason#NONE]
    /// @param timeoutSeconds how long the client could be silent, from its token; 0 for ever
    /// @param pausedNanos how long the server stood still in that silence, where it was for more
    ///   than a second; 0 where it did not, and where the connection has not timed out
    record Disconnected(
            int slot,
            long clientId,
            Cause cause,
            StatedReason reason,
            int timeoutSeconds,
            long pausedNanos)
            implements ServerEvent {}

    /// How a connection ended, seen from the server.
    enum Cause {
        /// Nothing was received for the token's timeout.
        TIMED_OUT,
        /// The client said goodbye.
        CLIENT_DISCONNECTED,
        /// [ServerMachine#disconnect] was called.
        SERVER_DISCONNECTED,
        /// The same client id connected again under [dev.hawser.protocol.SameClient#TAKE_OVER],
        /// here or at another member of the [ServerGroup].
        REPLACED,
        /// The packet sequence has used up its numbers; going on would use a nonce twice.
        SEQUENCE_EXHAUSTED
    }
}
