package dev.hawser;

import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.TransportFailure;
import java.util.List;

/// What stands on a player's screen: a sentence without addresses, options and jargon. What whoever
/// runs the game needs to know is in [DisconnectReason#explanation()].
///
/// What a game or its operator stated for people is repeated; Hawser's own reasons have words here.
final class PlayerMessages {
    private static final String NETWORK_LOST = "This device has lost its network connection.";
    private static final int SECONDS_SHOWN_MAX = 90;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int MINUTES_SHOWN_MAX = 90;
    private static final int MINUTES_PER_HOUR = 60;

    private static final String BUSY =
            "The connection was lost because the game was busy for too long.";

    private PlayerMessages() {}

    static String of(DisconnectReason reason) {
        return switch (reason) {
            case DisconnectReason.NeverConnected() -> "You are not connected.";
            case DisconnectReason.ClientLeft _ -> "You have left.";
            case DisconnectReason.ServerEnded(StatedReason stated) ->
                    sentence("The server has disconnected you" + said(stated), stated);
            case DisconnectReason.ServerStopped(StatedReason stated) ->
                    sentence("The server has been stopped", stated);
            case DisconnectReason.Moved(StatedReason stated) ->
                    sentence(
                            "This server is going down, go on at another one" + said(stated),
                            stated);
            case DisconnectReason.Replaced() -> "You have connected from somewhere else.";
            case DisconnectReason.TimedOut(int _, long pausedMillis, Attempt noticed) -> {
                if (noticed.isNothingSent()) {
                    yield NETWORK_LOST;
                }
                yield pausedMillis > 0 ? BUSY : "The connection to the server was lost.";
            }
            case DisconnectReason.ForgottenByServer(long pausedMillis) ->
                    pausedMillis > 0 ? BUSY : "The server no longer knows you; connect again.";
            case DisconnectReason.TransportClosed _ -> "The connection to the server was lost.";
            case DisconnectReason.ServerUnreachable(List<TransportFailure> failures) ->
                    failures.stream()
                                    .anyMatch(failure ->
                                            failure.kind() == TransportFailure.Kind.CERTIFICATE)
                            ? "The server could not show that it is the right one."
                            : "The server cannot be reached.";
            case DisconnectReason.RequestTimedOut timedOut ->
                    timedOut.attempt().isNothingSent()
                            ? "This device cannot reach the server: check its network connection."
                            : "The server does not answer.";
            case DisconnectReason.ResponseTimedOut timedOut ->
                    timedOut.noticed().isNothingSent()
                            ? NETWORK_LOST
                            : "The server has stopped answering.";
            case DisconnectReason.Denied denied -> of(denied);
            case DisconnectReason.TokenExpired _ -> "Connecting has taken too long.";
            case DisconnectReason.TokenInvalid _ ->
                    "The game could not identify you to the server.";
            case DisconnectReason.TokenFetchFailed(TokenFetchFailure failure) -> of(failure);
            case DisconnectReason.NoAuthentication() ->
                    "The game could not identify you to the server.";
            case DisconnectReason.TransportFailed _ -> "The network cannot be used.";
            case DisconnectReason.SequenceExhausted() ->
                    "The connection has lasted for too long; connect again.";
        };
    }

    private static String of(DisconnectReason.Denied denied) {
        StatedReason stated = denied.stated();
        if (stated.code() == StatedReason.REPLACED) {
            return "You have connected from somewhere else.";
        }
        String text =
                denied.refusal()
                        .map(refusal ->
                                switch (refusal) {
                                    case Refusal.Full _ -> "The server is full";
                                    case Refusal.Banned _ ->
                                            "You are not allowed on this server" + said(stated);
                                    case Refusal.AlreadyConnected() -> "You are connected already";
                                    case Refusal.Internal _ ->
                                            "The server has a problem at the moment";
                                    case Refusal.Draining _ ->
                                            "This server is going down" + said(stated);
                                    case Refusal.TokenUsed() ->
                                            "You are on your way in already; connect again";
                                    case Refusal.Undecided() ->
                                            "The server could not let you in at the moment";
                                    case Refusal.Custom _ ->
                                            "The server has not let you in" + said(stated);
                                })
                        .orElse("The server is full, or has not let you in");
        return sentence(text, stated);
    }

    private static String of(TokenFetchFailure failure) {
        return switch (failure) {
            case TokenFetchFailure.NoCredential _, TokenFetchFailure.NotAuthenticated _ ->
                    "You have to log in again.";
            case TokenFetchFailure.Unreachable _,
                    TokenFetchFailure.TimedOut _,
                    TokenFetchFailure.CertificateRefused _,
                    TokenFetchFailure.ServiceFailed _,
                    TokenFetchFailure.SourceFailed _ ->
                    "The game's online service cannot be reached.";
            case TokenFetchFailure.Forbidden _ -> "You are not allowed to play here.";
            case TokenFetchFailure.TooManyRequests(long seconds, String _) ->
                    "You have tried too often" + again(seconds) + ".";
            case TokenFetchFailure.NoServer(long seconds, String _) ->
                    "No server has room for you at the moment" + again(seconds) + ".";
            case TokenFetchFailure.RequestRefused _, TokenFetchFailure.UnexpectedAnswer _ ->
                    "The game does not fit its online service; look for an update.";
            case TokenFetchFailure.Closed() -> "The game is about to end.";
        };
    }

    private static String sentence(String text, StatedReason stated) {
        // The game's own words may end with a mark of their own.
        String ended = text.replaceAll("[.\\s]+$", "") + again(stated.retryAfterSeconds());
        return ended.matches(".*[!?]") ? ended : ended + ".";
    }

    /// What the game says; Hawser's own texts are for logs, but those of a ban, of a kick and of a
    /// server that leaves, which are the game's.
    private static String said(StatedReason stated) {
        boolean isGames =
                switch (stated.code()) {
                    case StatedReason.BANNED,
                            StatedReason.DRAINING,
                            StatedReason.MOVED,
                            StatedReason.KICKED ->
                            true;
                    default -> stated.code() >= StatedReason.APPLICATION_MIN;
                };
        return isGames && !stated.text().isBlank() ? ": " + stated.text().strip() : "";
    }

    private static String again(long seconds) {
        if (seconds <= 0) {
            return "";
        }
        if (seconds <= SECONDS_SHOWN_MAX) {
            return "; try again in " + counted(seconds, "second");
        }
        long minutes = Math.ceilDiv(seconds, SECONDS_PER_MINUTE);
        return minutes <= MINUTES_SHOWN_MAX
                ? "; try again in " + counted(minutes, "minute")
                : "; try again in " + counted(Math.ceilDiv(minutes, MINUTES_PER_HOUR), "hour");
    }

    private static String counted(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
