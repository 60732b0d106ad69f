package dev.hawser.steam;

import dev.hawser.DisconnectReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The connections of a server by Steam's numbers, from the first word of each to its end. One
/// thread, but for the count of those that are not connected yet.
final class SteamPeers {
    private final SteamSlots slots;
    private final Map<Integer, SteamPeer> peers = new HashMap<>();

    /// Those that are gone from Steam, and of whom something is left to be received.
    private final List<SteamPeer> ending = new ArrayList<>();

    private int connected;

    /// Of the last change, for other threads.
    private volatile int pendingConnections;

    SteamPeers(SteamSlots slots) {
        this.slots = slots;
    }

    /// {@return whose connection this is, or null}
    @Nullable SteamPeer of(int connection) {
        return peers.get(connection);
    }

    /// {@return those that Steam has}
    Collection<SteamPeer> all() {
        return peers.values();
    }

    List<SteamPeer> ending() {
        return ending;
    }

    int pendingConnections() {
        return pendingConnections;
    }

    // ---- From the first word to the end

    void add(SteamPeer peer) {
        peers.put(peer.connection, peer);
        count();
    }

    void connect(SteamPeer peer, SteamConnectedClient client) {
        peer.client = client;
        connected++;
        count();
    }

    /// There is no such connection any more: a client keeps its slot until what is held of it is
    /// received, and [#remove] is called.
    void end(SteamPeer peer, DisconnectReason reason) {
        if (peer.client == null) {
            remove(peer);
            return;
        }
        peer.isGone = true;
        peers.remove(peer.connection);
        peer.ending = reason;
        ending.add(peer);
        count();
    }

    /// It is over, however far it has come.
    void remove(SteamPeer peer) {
        peer.isGone = true;
        peers.remove(peer.connection);
        ending.remove(peer);
        slots.release(peer);
        if (peer.client != null) {
            peer.client = null;
            connected--;
        }
        count();
    }

    void clear() {
        peers.clear();
        ending.clear();
        slots.clear();
        connected = 0;
        count();
    }

    private void count() {
        pendingConnections = peers.size() - (connected - ending.size());
    }
}
