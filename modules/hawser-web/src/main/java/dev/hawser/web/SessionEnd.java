package dev.hawser.web;

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

    /// From here on are the codes of [dev.hawser.protocol.StatedReason].
    public static final int STATED = 4000;

    /// The largest reason that WebTransport carries, in bytes of UTF-8.
    public static final int REASON_BYTES_MAX = 1024;

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

    /// {@return the same end, with as much of the reason as fits}
    ///
    /// @param reasonBytesMax in bytes of UTF-8
    public SessionEnd cutTo(int reasonBytesMax) {
        return new SessionEnd(code, cut(reason, reasonBytesMax));
    }

    @Override
    public String toString() {
        return code + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
