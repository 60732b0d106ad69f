package dev.hawser.web.session;

import dev.hawser.protocol.StatedReason;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.SessionRefusal;

/// The ends that this side gives to sessions.
public final class SessionEnds {
    public static final SessionEnd LEFT = new SessionEnd(SessionEnd.NORMAL, "");
    public static final SessionEnd STOPPED =
            new SessionEnd(SessionEnd.SERVER_STOPPED, "the server has stopped");
    public static final SessionEnd IDLE =
            new SessionEnd(SessionEnd.POLICY, "no packets for too long");
    public static final SessionEnd NOT_CONNECTED =
            new SessionEnd(SessionEnd.POLICY, "no client connected in time");
    public static final SessionEnd NOT_READING =
            new SessionEnd(SessionEnd.POLICY, "what was sent was not read");

    /// The largest reason that fits a close frame of WebSocket.
    private static final int WEB_SOCKET_REASON_BYTES_MAX = 123;

    private static final int WEB_SOCKET_CODE_MAX = 4999;

    private static final int STATED_CODE_MAX = 999;

    private SessionEnds() {}

    public static SessionEnd of(StatedReason stated) {
        return switch (stated.code()) {
            case 0 -> new SessionEnd(SessionEnd.NORMAL, stated.text());
            case StatedReason.SERVER_STOPPED ->
                    new SessionEnd(SessionEnd.SERVER_STOPPED, stated.text());
            default ->
                    new SessionEnd(
                            SessionEnd.STATED + Math.min(stated.code(), STATED_CODE_MAX),
                            stated.text());
        };
    }

    public static SessionEnd of(SessionRefusal refusal) {
        return new SessionEnd(SessionEnd.POLICY, refusal.text());
    }

    /// {@return the same end, as far as WebSocket can say it}
    public static SessionEnd forWebSocket(SessionEnd end) {
        int code = end.code();
        boolean mayBeSent =
                code >= SessionEnd.NORMAL
                        && code <= WEB_SOCKET_CODE_MAX
                        && code != SessionEnd.BROKEN_OFF;
        return new SessionEnd(mayBeSent ? code : SessionEnd.NORMAL, end.reason())
                .cutTo(WEB_SOCKET_REASON_BYTES_MAX);
    }
}
