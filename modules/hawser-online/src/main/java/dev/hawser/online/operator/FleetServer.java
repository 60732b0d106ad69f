package dev.hawser.online.operator;

import dev.hawser.online.fleet.ServerAnnouncement;
import java.util.Objects;

/// A game server as the token service knows it.
///
/// @param announcement what the server said of itself last
/// @param reservedSlots of its free slots, those that are promised to players on their way
/// @param isDraining whether nobody is sent there any more
/// @param silentSeconds since when nothing was heard of it; 0 for one that need not announce itself
public record FleetServer(
        ServerAnnouncement announcement, int reservedSlots, boolean isDraining, int silentSeconds) {
    /// Checks that there is an announcement.
    public FleetServer {
        Objects.requireNonNull(announcement, "announcement");
    }
}
