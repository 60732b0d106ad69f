package dev.hawser.web;

/// Why a server did not open a session. Over WebTransport the client gets an HTTP status, over
/// WebSocket the close code 1008 with the text.
public enum SessionRefusal {
    /// What was asked for is not a session at all: a plain HTTP request, another protocol.
    NOT_A_SESSION(400, "this is a game server: open a session"),
    /// Its path is not the server's.
    PATH(404, "no game server has this path"),
    /// The page that asked comes from a site that is not on the list.
    ORIGIN(403, "pages of this origin are not allowed here"),
    /// So many sessions of this IP address are open as may be.
    ADDRESS_LIMIT(429, "too many sessions from this address"),
    /// So many sessions are open as may be.
    SESSION_LIMIT(503, "too many sessions");

    private final int httpStatus;
    private final String text;

    SessionRefusal(int httpStatus, String text) {
        this.httpStatus = httpStatus;
        this.text = text;
    }

    /// {@return the HTTP status that says it over WebTransport}
    public int httpStatus() {
        return httpStatus;
    }

    /// {@return what a client is told}
    public String text() {
        return text;
    }
}
