package dev.hawser;

import dev.hawser.protocol.StatedReason;
import java.util.Optional;

/// Why a newcomer is not let in: what a [ConnectionRequestHandler] says, and what its client then
/// reads in [DisconnectReason.Denied#refusal()], where the connection can carry a reason.
public sealed interface Refusal {
    /// {@return how it travels}
    StatedReason stated();

    /// There is no room.
    ///
    /// @param retryAfterSeconds 0 to 65535; when it makes sense to try again, 0 where nothing is
    ///   known
    record Full(int retryAfterSeconds) implements Refusal {
        /// Checks the range.
        ///
        /// @throws IllegalArgumentException when it is outside 0 to 65535
        public Full {
            travelling(StatedReason.SERVER_FULL, retryAfterSeconds, "");
        }

        @Override
        public StatedReason stated() {
            return new StatedReason(
                    StatedReason.SERVER_FULL, retryAfterSeconds, "the server is full");
        }
    }

    /// This player is not allowed here.
    ///
    /// @param text for the player, at most 124 bytes in UTF-8; a longer one is cut
    /// @param retryAfterSeconds 0 to 65535; when the ban ends, 0 where it does not, later than
    ///   that, or nothing is known
    record Banned(String text, int retryAfterSeconds) implements Refusal {
        /// Checks the range, and cuts the text.
        ///
        /// @throws IllegalArgumentException when `retryAfterSeconds` is outside 0 to 65535
        public Banned {
            text = travelling(StatedReason.BANNED, retryAfterSeconds, text);
        }

        @Override
        public StatedReason stated() {
            return new StatedReason(StatedReason.BANNED, retryAfterSeconds, text);
        }
    }

    /// This player is here already.
    record AlreadyConnected() implements Refusal {
        @Override
        public StatedReason stated() {
            return StatedReason.of(
                    StatedReason.ALREADY_CONNECTED, "this player is connected already");
        }
    }

    /// Something at the server went wrong.
    ///
    /// @param retryAfterSeconds 0 to 65535; when it makes sense to try again, 0 where nothing is
    ///   known
    record Internal(int retryAfterSeconds) implements Refusal {
        /// Checks the range.
        ///
        /// @throws IllegalArgumentException when it is outside 0 to 65535
        public Internal {
            travelling(StatedReason.INTERNAL, retryAfterSeconds, "");
        }

        @Override
        public StatedReason stated() {
            return new StatedReason(
                    StatedReason.INTERNAL, retryAfterSeconds, "the server has a problem");
        }
    }

    /// The server takes no more players, since it is about to go down: [NetServer#drain].
    ///
    /// @param text for people, players too, at most 124 bytes in UTF-8; a longer one is cut; may be
    ///   empty
    /// @param retryAfterSeconds 0 to 65535; when it makes sense to try again, at another server, 0
    ///   where nothing is known
    record Draining(String text, int retryAfterSeconds) implements Refusal {
        /// Checks the range, and cuts the text.
        ///
        /// @throws IllegalArgumentException when `retryAfterSeconds` is outside 0 to 65535
        public Draining {
            text = travelling(StatedReason.DRAINING, retryAfterSeconds, text);
        }

        @Override
        public StatedReason stated() {
            return new StatedReason(StatedReason.DRAINING, retryAfterSeconds, text);
        }
    }

    /// The connect token was used before: at another server, say the services that know all of
    /// them. A new token helps.
    record TokenUsed() implements Refusal {
        @Override
        public StatedReason stated() {
            return StatedReason.of(
                    StatedReason.TOKEN_USED,
                    "the connect token was used before, or has expired: fetch a new one");
        }
    }

    /// The server did not decide in time.
    record Undecided() implements Refusal {
        @Override
        public StatedReason stated() {
            return StatedReason.of(StatedReason.REFUSED, "the server did not decide in time");
        }
    }

    /// A reason of the game.
    ///
    /// @param code from [StatedReason#APPLICATION_MIN] to 65535
    /// @param text for people, at most 124 bytes in UTF-8; a longer one is cut
    /// @param retryAfterSeconds 0 to 65535; when it makes sense to try again, 0 where nothing is
    ///   known
    record Custom(int code, String text, int retryAfterSeconds) implements Refusal {
        /// Checks the ranges, and cuts the text.
        ///
        /// @throws IllegalArgumentException when the code is not the application's, or
        ///   `retryAfterSeconds` is outside 0 to 65535
        public Custom {
            if (code < StatedReason.APPLICATION_MIN || code > 0xffff) {
                throw new IllegalArgumentException(
                        "code "
                                + code
                                + " of a refusal, but an application has those from "
                                + StatedReason.APPLICATION_MIN
                                + " to 65535: choose one of those");
            }
            text = travelling(code, retryAfterSeconds, text);
        }

        @Override
        public StatedReason stated() {
            return new StatedReason(code, retryAfterSeconds, text);
        }
    }

    /// Checks a refusal where it is made: the server's loop, which sends it, could tell nobody.
    ///
    /// @return the text as it travels
    private static String travelling(int code, int retryAfterSeconds, String text) {
        return new StatedReason(code, retryAfterSeconds, text).text();
    }

    /// {@return what a server meant by the reason that it stated; empty where it stated none, or
    /// one that this version does not know}
    static Optional<Refusal> of(StatedReason stated) {
        int retryAfterSeconds = stated.retryAfterSeconds();
        return switch (stated.code()) {
            case StatedReason.SERVER_FULL -> Optional.of(new Full(retryAfterSeconds));
            case StatedReason.REFUSED -> Optional.of(new Undecided());
            case StatedReason.BANNED -> Optional.of(new Banned(stated.text(), retryAfterSeconds));
            case StatedReason.ALREADY_CONNECTED -> Optional.of(new AlreadyConnected());
            case StatedReason.INTERNAL -> Optional.of(new Internal(retryAfterSeconds));
            case StatedReason.TOKEN_USED -> Optional.of(new TokenUsed());
            case StatedReason.DRAINING ->
                    Optional.of(new Draining(stated.text(), retryAfterSeconds));
            default ->
                    stated.code() < StatedReason.APPLICATION_MIN
                            ? Optional.empty()
                            : Optional.of(
                                    new Custom(stated.code(), stated.text(), retryAfterSeconds));
        };
    }
}
