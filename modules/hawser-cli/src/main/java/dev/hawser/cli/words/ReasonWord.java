package dev.hawser.cli.words;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.StatedReason;

/// The reason for the end of a connection as a single word, for lines that programs read.
public final class ReasonWord {
    private ReasonWord() {}

    /// {@return the word, and what the other side stated, if it did}
    public static String of(DisconnectReason reason) {
        return switch (reason) {
            case DisconnectReason.NeverConnected _ -> "never-connected";
            case DisconnectReason.ClientLeft(StatedReason stated) -> "client-left" + said(stated);
            case DisconnectReason.ServerEnded(StatedReason stated) ->
                    "server-disconnected" + said(stated);
            case DisconnectReason.ServerStopped(StatedReason stated) ->
                    "server-stopped" + said(stated);
            case DisconnectReason.Moved(StatedReason stated) -> "moved" + said(stated);
            case DisconnectReason.Replaced _ -> "replaced";
            case DisconnectReason.TimedOut _ -> "connection-timed-out";
            case DisconnectReason.RequestTimedOut _ -> "connection-request-timed-out";
            case DisconnectReason.ResponseTimedOut _ -> "connection-response-timed-out";
            case DisconnectReason.Denied(StatedReason stated) -> "connection-denied" + said(stated);
            case DisconnectReason.TokenExpired _ -> "connect-token-expired";
            case DisconnectReason.TokenInvalid _ -> "invalid-connect-token";
            case DisconnectReason.TokenFetchFailed _ -> "token-fetch-failed";
            case DisconnectReason.NoAuthentication _ -> "no-authentication";
            case DisconnectReason.TransportFailed _ -> "transport-failed";
            case DisconnectReason.ForgottenByServer _ -> "forgotten-by-server";
            case DisconnectReason.ServerUnreachable _ -> "server-unreachable";
            case DisconnectReason.TransportClosed _ -> "transport-closed";
            case DisconnectReason.SequenceExhausted _ -> "sequence-exhausted";
        };
    }

    private static String said(StatedReason stated) {
        if (stated.equals(StatedReason.NONE)) {
            return "";
        }
        return " code=" + stated.code() + " text=\"" + Printable.of(stated.text()) + "\"";
    }
}
