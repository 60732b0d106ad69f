package dev.hawser.web;

/// Why a server ended a session, or a connection of the network, that its peer would have kept.
public enum SessionCut {
    /// It brought no packet within [WebServerOptions#idleTimeout()].
    IDLE,
    /// No client was connected on it within [WebServerOptions#connectTimeout()].
    NOT_CONNECTED,
    /// It does not read: as much waited for it as may, or nothing moved for ten seconds.
    NOT_READING,
    /// A connection of the network on which no session was open for ten seconds.
    NO_SESSION,
    /// A stream brought more than anything has that a session needs.
    STREAM_TOO_LONG
}
