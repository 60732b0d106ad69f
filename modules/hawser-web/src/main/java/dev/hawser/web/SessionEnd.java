package dev.hawser.web;

import dev.hawser.protocol.StatedReason;
import java.nio.charset.StandardCharsets;

/// How a session ended, or is to end: the same numbers over WebTransport and WebSocket.
///
/// @param code a close code of WebSocket: 1000 for nothing special, 1001 when the server stops,
///   1008 for a refusal, 1009 for too much, 4000 and a reason's own code (at most 999) for that
///   reason; over WebTransport any other number that the peer has chosen
/// @param reason for people
public record SessionEnd(int code, String reason) {
    /// The code of an end that has no special reason.
    public static final int NORMAL = 1000;

    /// The code of a server that stops.
    public static final int SERVER_STOPPED = 1001;

    /// The code of a session that the server does not want: see [SessionRefusal].
    public static final int POLICY = 1008;

    /// The code of a message that is too large.
    public static final int TOO_LARGE = 1009;

    /// The code of a connection that broke off: nobody said why.
    public static final int BROKEN_OFF = 1006;

    /// From here on are the codes of [StatedReason].
    public static final int STATED = 4000;

    /// The largest reason that WebTransport carries, in bytes of UTF-8.
    static final int REASON_BYTES_MAX = 1024;

    /// The largest reason that fits a close frame of WebSocket.
    private static final int WEB_SOCKET_REASON_BYTES_MAX = 123;

    private static final int WEB_SOCKET_CODE_MAX = 4999;

    private static final int STATED_CODE_MAX = 999;

    /// Cuts the reason to 1024 bytes of UTF-8.
    public SessionEnd {
        reason = cut(reason, REASON_BYTES_MAX);
    }

    private static String cut(String text, int bytesMax) {
        // No character takes less than a byte.
        String cut = text.length() > bytesMax ? text.substring(0, bytesMax) : text;
        while (cut.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }

    static final SessionEnd LEFT = new SessionEnd(NORMAL, "");
    static final SessionEnd STOPPED = new SessionEnd(SERVER_STOPPED, "the server has stopped");
    static final SessionEnd IDLE = new SessionEnd(POLICY, "no packets for too long");
    static final SessionEnd NOT_CONNECTED = new SessionEnd(POLICY, "no client connected in time");
    static final SessionEnd NOT_READING = new SessionEnd(POLICY, "what was sent was not read");

    static SessionEnd of(StatedReason stated) {
        return switch (stated.code()) {
            case 0 -> new SessionEnd(NORMAL, stated.text());
            case StatedReason.SERVER_STOPPED -> new SessionEnd(SERVER_STOPPED, stated.text());
            default ->
                    new SessionEnd(
                            STATED + Math.min(stated.code(), STATED_CODE_MAX), stated.text());
        };
    }

    static SessionEnd of(SessionRefusal refusal) {
        return new SessionEnd(POLICY, refusal.text);
    }

    /// {@return the same, as far as WebSocket can say it}
    SessionEnd forWebSocket() {
        boolean mayBeSent = code >= NORMAL && code <= WEB_SOCKET_CODE_MAX && code != BROKEN_OFF;
        return new SessionEnd(mayBeSent ? code : NORMAL, cut(reason, WEB_SOCKET_REASON_BYTES_MAX));
    }

    @Override
    public String toString() {
        return code + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
