package dev.hawser.online.agones;

/// Hears what Agones knows of a game server.
@FunctionalInterface
public interface AgonesListener {
    /// The GameServer is known, or something of it has changed: its state, its addresses and ports,
    /// its labels and annotations, which an allocation can set, or that it is being deleted.
    ///
    /// Called by [AgonesLifecycle#update], on the thread of the server. What has changed several
    /// times between two updates is told once, with what holds then: so a state that was passed
    /// quickly may not be seen. What this throws comes out of `update`.
    ///
    /// @param gameServer as it is
    void onGameServer(AgonesGameServer gameServer);
}
