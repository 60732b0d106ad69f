package dev.hawser.backend.fleet;

import java.util.Objects;

/// What a game server is told to do, in the answer to its next announcement.
public sealed interface ServerCommand {
    /// The longest text for players, in characters.
    int TEXT_LENGTH_MAX = Ban.WHY_LENGTH_MAX;

    /// Leave in order: no newcomers, and whoever is left at the deadline is sent on.
    ///
    /// @param withinSeconds until the deadline, from when the server hears it; 0 to
    ///   [#WITHIN_SECONDS_MAX]
    /// @param text for players, up to [#TEXT_LENGTH_MAX] characters; may be empty
    record Drain(int withinSeconds, String text) implements ServerCommand {
        /// A day.
        public static final int WITHIN_SECONDS_MAX = 86_400;

        /// Checks what was said.
        ///
        /// @throws IllegalArgumentException when it is beyond its limits; the message begins with
        ///   the name of what is wrong
        public Drain {
            if (withinSeconds < 0 || withinSeconds > WITHIN_SECONDS_MAX) {
                throw new IllegalArgumentException(
                        "withinSeconds is "
                                + withinSeconds
                                + ", but must be from 0 to "
                                + WITHIN_SECONDS_MAX
                                + ": a day is the most");
            }
            checkText(text);
        }
    }

    /// End a connection of a player, and those of him that this server start made before it
    /// ([ConnectionId] has an order), but none that came after it: the server does nothing when the
    /// player has only later ones by then, or none. It seats nobody under such an id any more, also
    /// when the answer to its question comes later.
    ///
    /// @param clientId of the player, unsigned
    /// @param connectionId of the last connection that is to end
    /// @param why what the player is told
    /// @param text for the player, up to [#TEXT_LENGTH_MAX] characters; may be empty
    record Kick(long clientId, ConnectionId connectionId, Why why, String text)
            implements ServerCommand {
        /// Checks the length.
        ///
        /// @throws IllegalArgumentException when the text is longer
        public Kick {
            Objects.requireNonNull(connectionId, "connectionId");
            Objects.requireNonNull(why, "why");
            checkText(text);
        }
    }

    /// Why a connection is ended.
    enum Why {
        /// The player is at another server now.
        REPLACED,
        /// An operator wants it.
        KICKED,
        /// The player may not play any more.
        BANNED
    }

    private static void checkText(String text) {
        if (text.length() > TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "text has "
                            + text.length()
                            + " characters, but at most "
                            + TEXT_LENGTH_MAX
                            + " reach a player: say it shorter");
        }
    }
}
