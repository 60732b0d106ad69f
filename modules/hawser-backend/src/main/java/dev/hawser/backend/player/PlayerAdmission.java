package dev.hawser.backend.player;

import dev.hawser.protocol.UserData;

/// The application's word on a player who has proved who it is: whether it may play, and what the
/// game servers are to know of it.
///
/// Called on a virtual thread for each request, so it may block; any number of threads at a time.
/// One that throws refuses the player with 503, and is logged.
@FunctionalInterface
public interface PlayerAdmission {
    /// Everybody may play, and the user data is the player's name, as far as it fits.
    PlayerAdmission EVERYBODY = (player, _) -> new Answer.Admitted(nameOf(player));

    /// Decides.
    ///
    /// @param clientId unsigned; of this player, always the same
    Answer admit(PlayerIdentity player, long clientId);

    /// What the application says.
    sealed interface Answer {
        /// The player may play.
        ///
        /// @param userData sealed into the connect token: servers read it, players cannot change it
        record Admitted(UserData userData) implements Answer {}

        /// The player may not, and gets the answer 403.
        ///
        /// @param explanation for the player
        record Refused(String explanation) implements Answer {}
    }

    private static UserData nameOf(PlayerIdentity player) {
        String name = player.name();
        // Shortened by whole characters until it fits.
        while (true) {
            try {
                return UserData.ofText(name);
            } catch (IllegalArgumentException e) {
                name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
            }
        }
    }
}
