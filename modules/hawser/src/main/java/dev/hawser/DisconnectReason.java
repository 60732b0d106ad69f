package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.TransportFailure;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Why there is no connection: one type for each reason, for both sides, with what a person can act
/// on. [#explanation()] says it in words to whoever runs the game, [#playerMessage()] to who plays.
///
/// Later versions may know more reasons: a `switch` over them has a `default`.
public sealed interface DisconnectReason {
    /// {@return what happened and what to check, in one or two English sentences, for a log or a
    /// developer; it holds no secret}
    String explanation();

    /// {@return the same for the player's screen: one English sentence without addresses, options
    /// or jargon. What the game itself stated is in it; a game that speaks other languages switches
    /// over the reasons}
    default String playerMessage() {
        return PlayerMessages.of(this);
    }

    /// {@return why the server ended a connection, as both sides see it}
    ///
    /// @param stated what the server said, or [StatedReason#NONE]
    static DisconnectReason endedByServer(StatedReason stated) {
        return switch (stated.code()) {
            case StatedReason.SERVER_STOPPED -> new ServerStopped(stated);
            case StatedReason.REPLACED -> new Replaced();
            // The latter to one who was about to be let in, and thought that he was.
            case StatedReason.MOVED, StatedReason.DRAINING -> new Moved(stated);
            default -> new ServerEnded(stated);
        };
    }

    /// The client has not tried to connect.
    record NeverConnected() implements DisconnectReason {
        @Override
        public String explanation() {
            return "Not connected yet: connect() has not been called.";
        }
    }

    /// The client left.
    ///
    /// @param stated what it said, or [StatedReason#NONE]
    record ClientLeft(StatedReason stated) implements DisconnectReason {
        /// Takes no null.
        public ClientLeft {
            Objects.requireNonNull(stated, "stated");
        }

        @Override
        public String explanation() {
            return "The client ended the connection" + Explanations.said(stated);
        }
    }

    /// The server ended the connection.
    ///
    /// @param stated what it said, or [StatedReason#NONE]
    record ServerEnded(StatedReason stated) implements DisconnectReason {
        /// Takes no null.
        public ServerEnded {
            Objects.requireNonNull(stated, "stated");
        }

        @Override
        public String explanation() {
            return "The server ended the connection" + Explanations.said(stated);
        }
    }

    /// The server stopped. A client learns it only where the connection carries reasons, and else
    /// sees [ServerEnded].
    ///
    /// @param stated what it said
    record ServerStopped(StatedReason stated) implements DisconnectReason {
        /// Takes no null.
        public ServerStopped {
            Objects.requireNonNull(stated, "stated");
        }

        @Override
        public String explanation() {
            return "The server stopped" + Explanations.said(stated);
        }
    }

    /// The server goes down in an orderly way ([NetServer#drain]), and its players are to go on at
    /// another one: a new connect token leads there. A client learns it only where the connection
    /// carries reasons, and else sees [ServerEnded].
    ///
    /// @param stated what it said, with when to come back
    record Moved(StatedReason stated) implements DisconnectReason {
        /// Takes no null.
        public Moved {
            Objects.requireNonNull(stated, "stated");
        }

        @Override
        public String explanation() {
            return "The server goes down and sends its players to another one"
                    + Explanations.said(stated)
                    + " Fetch a new connect token, and connect with that.";
        }
    }

    /// The same client id connected again and took the slot. A client learns it only where the
    /// connection carries reasons, and else sees [ServerEnded].
    record Replaced() implements DisconnectReason {
        @Override
        public String explanation() {
            return "The same client connected again and took over: a second start of the game, or"
                    + " two players with one client id.";
        }
    }

    /// The connection existed, then nothing was heard.
    ///
    /// @param timeoutSeconds for how long, from the connect token; 0 where it is not known
    /// @param pausedMillis how long this side stood still in that silence, without an update, where
    ///   it was for at least half of the timeout; else 0. The other side may have given it up
    ///   meanwhile
    /// @param noticed what this side noticed of its own network in that silence; a client of
    ///   netcode looks, others leave it at [Attempt#UNKNOWN]
    record TimedOut(int timeoutSeconds, long pausedMillis, Attempt noticed)
            implements DisconnectReason {
        /// Takes no null.
        public TimedOut {
            Objects.requireNonNull(noticed, "noticed");
        }

        /// Of a side that did not stand still.
        public TimedOut(int timeoutSeconds) {
            this(timeoutSeconds, 0);
        }

        /// Of a side that noticed nothing of its own network.
        public TimedOut(int timeoutSeconds, long pausedMillis) {
            this(timeoutSeconds, pausedMillis, Attempt.UNKNOWN);
        }

        @Override
        public String explanation() {
            if (noticed.isNothingSent()) {
                return Explanations.networkLost(
                        "The connection was lost because of", timeoutSeconds, noticed);
            }
            if (pausedMillis > 0) {
                return "The connection was lost after this side had stood still for "
                        + Explanations.seconds(pausedMillis)
                        + ": update() was not called, and nothing was heard from the other side"
                        + Explanations.within(timeoutSeconds)
                        + " besides. That side has probably given up meanwhile: load in pieces, or on"
                        + " another thread, and call update() at least ten times a second.";
            }
            return "The connection was lost: nothing was heard from the other side"
                    + Explanations.within(timeoutSeconds)
                    + "."
                    + Explanations.noticed(noticed)
                    + " It crashed, hangs (it must call update() at least ten times a second), or"
                    + " the network between is broken.";
        }
    }

    /// The server no longer has this connection, and said so when the client asked for it: most
    /// likely it has restarted without a goodbye. A client learns it only where its connection
    /// survives a changed address, and else times out.
    ///
    /// @param pausedMillis how long this side stood still before it asked, without an update, where
    ///   it was for at least half of the timeout; else 0. The server may have given it up meanwhile
    record ForgottenByServer(long pausedMillis) implements DisconnectReason {
        /// Of a side that did not stand still.
        public ForgottenByServer() {
            this(0);
        }

        @Override
        public String explanation() {
            return "The server no longer has this connection: it has restarted, or it heard nothing"
                    + " from this client for the timeout."
                    + Explanations.paused(pausedMillis)
                    + " Connect again with a new token.";
        }
    }

    /// No server of the connect token could be reached: the transport knows why. Those that a
    /// transport reached and that did not answer are [RequestTimedOut].
    ///
    /// @param failures one for each server, in the order in which they were dialled
    record ServerUnreachable(List<TransportFailure> failures) implements DisconnectReason {
        /// Copies the list.
        public ServerUnreachable {
            failures = List.copyOf(failures);
        }

        @Override
        public String explanation() {
            return "No server could be reached." + Explanations.failures(failures);
        }
    }

    /// The connection existed, and what carried it ended without a goodbye: the session of a
    /// transport, or the socket of a kind of connection that is not netcode's.
    ///
    /// @param failure what the transport says
    record TransportClosed(TransportFailure failure) implements DisconnectReason {
        /// Takes no null.
        public TransportClosed {
            Objects.requireNonNull(failure, "failure");
        }

        @Override
        public String explanation() {
            return "The connection ended with its session: the other side or a proxy closed that,"
                    + " or the network changed."
                    + Explanations.failures(List.of(failure));
        }
    }

    /// No server of the connect token answered.
    ///
    /// @param servers that were dialled, in this order
    /// @param timeoutSeconds how long each had, from the connect token
    /// @param pausedMillis how long this side stood still meanwhile, without an update, where it
    ///   was for at least half of the timeout; else 0
    /// @param failures of those that could not be reached, where the transport knows why
    /// @param attempt what this side noticed meanwhile
    record RequestTimedOut(
            List<NetAddress> servers,
            int timeoutSeconds,
            long pausedMillis,
            List<TransportFailure> failures,
            Attempt attempt)
            implements DisconnectReason {
        /// Copies the lists.
        public RequestTimedOut {
            servers = List.copyOf(servers);
            failures = List.copyOf(failures);
            Objects.requireNonNull(attempt, "attempt");
        }

        /// Of a client that did not stand still, and servers that could all be reached as far as
        /// its transport knows.
        public RequestTimedOut(List<NetAddress> servers, int timeoutSeconds) {
            this(servers, timeoutSeconds, 0, List.of(), Attempt.UNKNOWN);
        }

        @Override
        public String explanation() {
            if (attempt.isNothingSent()) {
                return Explanations.nothingSent(servers, attempt);
            }
            return "No answer from "
                    + Explanations.list(servers)
                    + Explanations.within(timeoutSeconds)
                    + "."
                    + Explanations.noticed(attempt)
                    + Explanations.paused(pausedMillis)
                    + " Check that the server runs, that address and port are right, and that no"
                    + " firewall or NAT drops UDP. A server also stays silent on purpose: when the"
                    + " token is spent, expired or valid for longer than it accepts, when this"
                    + " player is connected already (a second start of the game, or a connection"
                    + " that was lost and has not timed out there yet), when its own address (its"
                    + " identity) is not in the token, when private key or protocol id differ, or"
                    + " when it has just started. Its log then says which, at most once a minute for"
                    + " each."
                    + Explanations.failures(failures);
        }
    }

    /// A server answered, and fell silent before the connection existed.
    ///
    /// @param servers that were dialled, in this order
    /// @param timeoutSeconds how long each had, from the connect token
    /// @param pausedMillis how long this side stood still meanwhile, without an update, where it
    ///   was for at least half of the timeout; else 0
    /// @param noticed what this side noticed of its own network since the server fell silent
    record ResponseTimedOut(
            List<NetAddress> servers, int timeoutSeconds, long pausedMillis, Attempt noticed)
            implements DisconnectReason {
        /// Copies the list.
        public ResponseTimedOut {
            servers = List.copyOf(servers);
            Objects.requireNonNull(noticed, "noticed");
        }

        /// Of a client that did not stand still.
        public ResponseTimedOut(List<NetAddress> servers, int timeoutSeconds) {
            this(servers, timeoutSeconds, 0);
        }

        /// Of a client that noticed nothing of its own network.
        public ResponseTimedOut(List<NetAddress> servers, int timeoutSeconds, long pausedMillis) {
            this(servers, timeoutSeconds, pausedMillis, Attempt.UNKNOWN);
        }

        @Override
        public String explanation() {
            if (noticed.isNothingSent()) {
                return Explanations.networkLost(
                        "The server "
                                + Explanations.last(servers)
                                + " answered the request, and the rest failed because of",
                        timeoutSeconds,
                        noticed);
            }
            return "The server "
                    + Explanations.last(servers)
                    + " answered the request, then nothing was heard"
                    + Explanations.within(timeoutSeconds)
                    + "."
                    + Explanations.noticed(noticed)
                    + Explanations.paused(pausedMillis)
                    + " It stopped or restarted, a client with the same id connected meanwhile, or"
                    + " the network loses most packets.";
        }
    }

    /// The server denied the connection.
    ///
    /// @param stated what it said; [StatedReason#NONE] where the connection carries no reasons
    record Denied(StatedReason stated) implements DisconnectReason {
        /// Takes no null.
        public Denied {
            Objects.requireNonNull(stated, "stated");
        }

        /// {@return what the server meant; empty where it stated no reason, or one that this
        /// version does not know}
        public Optional<Refusal> refusal() {
            return Refusal.of(stated);
        }

        @Override
        public String explanation() {
            if (stated.code() == StatedReason.DRAINING) {
                return "The server denied the connection, since it is about to go down"
                        + Explanations.said(stated)
                        + " A new connect token leads to another server.";
            }
            return stated.equals(StatedReason.NONE)
                    ? "The server denied the connection without a reason: it is full, or refused"
                            + " the client."
                    : "The server denied the connection" + Explanations.said(stated);
        }
    }

    /// The connect token expired while the client was connecting.
    ///
    /// @param lifetimeSeconds from its making to its expiry, unsigned
    record TokenExpired(long lifetimeSeconds) implements DisconnectReason {
        @Override
        public String explanation() {
            return "The connect token, valid for "
                    + Long.toUnsignedString(lifetimeSeconds)
                    + " s, expired before a server accepted it. Fetch it right before connecting,"
                    + " and let it live longer than the servers' timeouts take together.";
        }
    }

    /// What was given as a connect token is none.
    ///
    /// @param detail which field is wrong
    record TokenInvalid(String detail) implements DisconnectReason {
        /// Takes no null.
        public TokenInvalid {
            Objects.requireNonNull(detail, "detail");
        }

        @Override
        public String explanation() {
            return "The connect token cannot be read: " + detail + ".";
        }
    }

    /// The client got no connect token from the token service.
    ///
    /// @param failure why, in a way that a person can act on
    record TokenFetchFailed(TokenFetchFailure failure) implements DisconnectReason {
        /// Takes no null.
        public TokenFetchFailed {
            Objects.requireNonNull(failure, "failure");
        }

        @Override
        public String explanation() {
            return failure.explanation();
        }
    }

    /// The client has no authentication.
    record NoAuthentication() implements DisconnectReason {
        @Override
        public String explanation() {
            return "The client has nothing to authenticate with: set authentication(…) to"
                    + " Backend, to a connect token, or to Manual while developing, before"
                    + " connect().";
        }
    }

    /// The transport could not be opened, or was closed by somebody else than the server or client
    /// that it was given to.
    ///
    /// @param detail what happened and what to do
    record TransportFailed(String detail) implements DisconnectReason {
        /// Takes no null.
        public TransportFailed {
            Objects.requireNonNull(detail, "detail");
        }

        @Override
        public String explanation() {
            return "Packets cannot be sent or received: " + detail + ".";
        }
    }

    /// The connection used up its packet numbers, and going on would weaken the encryption.
    record SequenceExhausted() implements DisconnectReason {
        @Override
        public String explanation() {
            return "The connection used up its packet numbers; connect again with a new token.";
        }
    }
}
