package dev.hawser.online.operator;

import java.util.Objects;

/// A player who may not play.
///
/// @param clientId of the player, unsigned
/// @param untilUnixSeconds when it ends; [#FOR_EVER] for never
/// @param why what the player is told; may be empty
public record PlayerBan(long clientId, long untilUnixSeconds, String why) {
    /// No end.
    public static final long FOR_EVER = Long.MAX_VALUE;

    /// Checks that all of it is there.
    public PlayerBan {
        Objects.requireNonNull(why, "why");
    }

    /// {@return whether it has no end}
    public boolean isForEver() {
        return untilUnixSeconds == FOR_EVER;
    }
}
