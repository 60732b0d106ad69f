package dev.hawser.backend.fleet;

import java.util.Objects;

/// A player who may not play.
///
/// @param clientId of the player, unsigned
/// @param untilUnixSeconds by the store's clock; [#FOR_EVER] for no end
/// @param why for the player, up to [#WHY_LENGTH_MAX] characters; may be empty
public record Ban(long clientId, long untilUnixSeconds, String why) {
    /// No end.
    public static final long FOR_EVER = Long.MAX_VALUE;

    /// The longest reason, in characters.
    public static final int WHY_LENGTH_MAX = 124;

    /// Checks the length.
    ///
    /// @throws IllegalArgumentException when the reason is longer, or the end is not after 1970
    public Ban {
        Objects.requireNonNull(why, "why");
        if (why.length() > WHY_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "why has "
                            + why.length()
                            + " characters, but at most "
                            + WHY_LENGTH_MAX
                            + " reach a player: say it shorter");
        }
        if (untilUnixSeconds <= 0) {
            throw new IllegalArgumentException(
                    "untilUnixSeconds is " + untilUnixSeconds + ", but must be a time after 1970");
        }
    }
}
