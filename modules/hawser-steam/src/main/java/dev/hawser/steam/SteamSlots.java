package dev.hawser.steam;

import dev.hawser.ClientId;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Who has which place at a server, from being accepted on. One thread.
final class SteamSlots {
    private final @Nullable SteamPeer[] peers;
    private final BitSet taken = new BitSet();

    SteamSlots(int count) {
        peers = new @Nullable SteamPeer[count];
    }

    int count() {
        return peers.length;
    }

    boolean isFull() {
        return taken.cardinality() == peers.length;
    }

    /// {@return the lowest slot that nobody has; there must be one}
    int free() {
        return taken.nextClearBit(0);
    }

    /// {@return the first slot from this one on that somebody has, or −1}
    int next(int slot) {
        return taken.nextSetBit(slot);
    }

    /// {@return who has a slot; null for nobody, and for numbers that are no slot}
    @Nullable SteamPeer at(int slot) {
        return slot >= 0 && slot < peers.length ? peers[slot] : null;
    }

    /// {@return who was accepted by this id and is not connected yet, or null}
    @Nullable SteamPeer accepted(ClientId id) {
        for (int slot = next(0); slot >= 0; slot = next(slot + 1)) {
            SteamPeer peer = peers[slot];
            if (peer != null && peer.client == null && peer.id.equals(id)) {
                return peer;
            }
        }
        return null;
    }

    void take(SteamPeer peer, int slot) {
        taken.set(slot);
        peers[slot] = peer;
        peer.slot = slot;
    }

    /// Frees the slot of a peer, if it has one.
    void release(SteamPeer peer) {
        if (at(peer.slot) == peer) {
            peers[peer.slot] = null;
            taken.clear(peer.slot);
        }
    }

    void clear() {
        taken.clear();
        Arrays.fill(peers, null);
    }
}
