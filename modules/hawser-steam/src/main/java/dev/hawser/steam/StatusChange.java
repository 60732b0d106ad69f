package dev.hawser.steam;

import dev.hawser.protocol.NetAddress;

/// What Steam says when the state of a connection changes.
///
/// @param connection whose
/// @param state what it is since, one of [ConnectionStates]
/// @param listenSocket where it came in; 0 for one that was made here
/// @param endReason an `ESteamNetConnectionEnd`, once it has ended
/// @param endText what the peer, or Steam, said to that
/// @param identity who the peer is, as far as it is known
/// @param address where the peer is, all zeros where that is not known
record StatusChange(
        int connection,
        int state,
        int listenSocket,
        int endReason,
        String endText,
        SteamIdentity identity,
        NetAddress address) {}
