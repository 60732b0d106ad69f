package dev.hawser.backend.registry;

import java.util.regex.Pattern;

/// One start of a game server. A server that is started again under its name is another one to
/// whoever remembers what it has promised.
///
/// @param serverId the name of the server, as
///   [dev.hawser.online.fleet.ServerAnnouncement#serverId()]
/// @param startId 32 lower-case hexadecimal digits, drawn at random by each start; empty where a
///   server does not say, which then is any start
public record ServerStart(String serverId, String startId) {
    private static final Pattern START_ID = Pattern.compile("(?:[0-9a-f]{32})?");

    /// Checks the digits.
    ///
    /// @throws IllegalArgumentException when they are others
    public ServerStart {
        if (!START_ID.matcher(startId).matches()) {
            throw new IllegalArgumentException(
                    "startId has "
                            + startId.length()
                            + " characters, but must be 32 lower-case hexadecimal digits, or empty");
        }
    }
}
