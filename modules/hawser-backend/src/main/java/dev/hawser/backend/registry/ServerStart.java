package dev.hawser.backend.registry;

import java.util.regex.Pattern;

/// One start of a game server. A server that is started again under its name is another one to
/// whoever remembers what it has promised.
///
/// @param serverId the name of the server, as
///   [dev.hawser.online.fleet.ServerAnnouncement#serverId()]
/// @param startId 32 lower-case hexadecimal digits, drawn by each start; a UUID of version 7 (RFC
///   9562) begins with the time, so that of two the later is higher, and a random one has no order;
///   empty where a server does not say, which then is any start
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

    /// {@return whether a start id says when its start began} Then it is compared as text.
    public static boolean hasOrder(String startId) {
        return startId.length() == 32 && startId.charAt(12) == '7';
    }
}
