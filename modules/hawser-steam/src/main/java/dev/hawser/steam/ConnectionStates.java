package dev.hawser.steam;

/// The states of a connection that Steam tells about (`ESteamNetworkingConnectionState`).
final class ConnectionStates {
    /// There is no such connection: this side has closed it.
    static final int NONE = 0;

    static final int CONNECTING = 1;

    /// Certificates have been looked at, the way is being looked for; only between peers.
    static final int FINDING_ROUTE = 2;

    static final int CONNECTED = 3;

    static final int CLOSED_BY_PEER = 4;

    /// It has failed, or nothing was heard; the peer may not know.
    static final int PROBLEM_DETECTED_LOCALLY = 5;

    private ConnectionStates() {}
}
