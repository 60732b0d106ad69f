package dev.hawser.steam;

import dev.hawser.ClientId;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import org.jspecify.annotations.Nullable;

/// A connection that has come in at a server, from Steam's first word of it to its end.
final class SteamPeer {
    static final int NO_SLOT = -1;

    final int connection;
    final ClientId id;
    final @Nullable NetAddress address;
    final Liveness liveness;
    final HeldMessages held = new HeldMessages();

    int slot = NO_SLOT;

    /// Once it is connected.
    @Nullable SteamConnectedClient client;

    /// Whether there is no such connection any more.
    boolean isGone;

    /// Why it ends: Steam has nothing more of it, and what is held is delivered before.
    @Nullable DisconnectReason ending;

    /// Whether its messages wait in Steam, since it has as much waiting as it may.
    boolean isPaused;

    /// Whether something was sent to it that may wait for more.
    boolean isUnflushed;

    SteamPeer(int connection, ClientId id, @Nullable NetAddress address, Liveness liveness) {
        this.connection = connection;
        this.id = id;
        this.address = address;
        this.liveness = liveness;
    }
}
