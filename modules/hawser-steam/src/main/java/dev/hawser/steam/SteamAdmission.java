package dev.hawser.steam;

import dev.hawser.ClientId;
import dev.hawser.Refusal;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who comes in at a server: from Steam's first word of a connection to its being accepted or
/// refused. One thread.
final class SteamAdmission {
    /// The server around it, which knows who is connected there and at its fellow members.
    interface Door {
        /// {@return whether one more newcomer can be put before the application}
        boolean takesNewcomers();

        /// Puts a newcomer before the application.
        ///
        /// @param answer called now or later, by this thread, with null when it may come in
        void ask(SteamPeer peer, Consumer<@Nullable Refusal> answer);

        /// {@return what is against a newcomer, as far as those who are connected go, or null}
        @Nullable Refusal objection(ClientId id, SameClient policy, boolean isFull);

        /// Ends the connection of the client with this id, here or elsewhere, if there is one.
        void replaceOlder(ClientId id);

        /// {@return whether it is still open}
        boolean isOpen();

        /// Closes the connection of a newcomer that is not let in, and counts it.
        void deny(SteamPeer peer, StatedReason reason);

        void close(SteamPeer peer, StatedReason reason);

        /// Lets Steam connect it, in this slot.
        ///
        /// @return whether it is still there
        boolean accept(SteamPeer peer, int slot);
    }

    static final StatedReason REPLACED =
            StatedReason.of(StatedReason.REPLACED, "the same player has connected again");
    private static final StatedReason NO_STEAM_ID =
            StatedReason.of(StatedReason.REFUSED, "this server is for accounts of Steam");

    /// How many connections may be in the making for each slot.
    private static final int PENDING_PER_SLOT = 4;

    /// No account has this bit, which stands in the universe.
    private static final long NO_ACCOUNT = Long.MIN_VALUE;

    private final Door door;
    private final SteamPeers peers;
    private final SteamSlots slots;
    private final SameClient sameClient;
    private final boolean allowsWithoutSteamId;
    private final Queue<SteamPeer> newcomers = new ArrayDeque<>();
    private long withoutSteamId;

    SteamAdmission(
            Door door,
            SteamPeers peers,
            SteamSlots slots,
            SameClient sameClient,
            boolean allowsWithoutSteamId) {
        this.door = door;
        this.peers = peers;
        this.slots = slots;
        this.sameClient = sameClient;
        this.allowsWithoutSteamId = allowsWithoutSteamId;
    }

    static boolean isAccount(long steamId) {
        return (steamId & NO_ACCOUNT) == 0;
    }

    void clear() {
        newcomers.clear();
    }

    /// Refuses everybody who has come and is not connected, also whom Steam is connecting already.
    void refuseAll(StatedReason reason) {
        newcomers.clear();
        for (SteamPeer peer : List.copyOf(peers.all())) {
            if (peer.client == null) {
                deny(peer, reason);
            }
        }
    }

    // ---- First come

    /// Steam has a connection that nobody has accepted.
    void arrived(StatusChange change, Liveness liveness) {
        ClientId id = idOf(change.identity());
        SteamPeer peer =
                new SteamPeer(
                        change.connection(), id, SteamAddresses.known(change.address()), liveness);
        peers.add(peer);
        if (!isAccount(id.value()) && !allowsWithoutSteamId) {
            deny(peer, NO_STEAM_ID);
        } else if (newcomers.size() >= slots.count() * PENDING_PER_SLOT) {
            deny(peer, new Refusal.Full(0).stated());
        } else {
            newcomers.add(peer);
        }
    }

    private ClientId idOf(SteamIdentity identity) {
        if (identity instanceof SteamIdentity.SteamId(long value) && isAccount(value)) {
            return new ClientId.Steam(value);
        }
        withoutSteamId++;
        return new ClientId.Steam(NO_ACCOUNT | withoutSteamId);
    }

    // ---- Then decided

    /// A newcomer is never forgotten: with as much waiting as may wait, it stays where it is.
    void considerNewcomers() {
        while (door.takesNewcomers()) {
            SteamPeer peer = newcomers.poll();
            if (peer == null) {
                return;
            }
            if (!peer.isGone) {
                consider(peer);
            }
        }
    }

    private void consider(SteamPeer peer) {
        Refusal objection = objection(peer);
        if (objection != null) {
            deny(peer, objection.stated());
        } else {
            door.ask(peer, answer -> answered(peer, answer));
        }
    }

    /// {@return why it cannot come in as things stand, or null}
    private @Nullable Refusal objection(SteamPeer peer) {
        // Whom Steam is still connecting has a slot already.
        boolean isAccepted = slots.accepted(peer.id) != null;
        if (isAccepted && sameClient == SameClient.REFUSE) {
            return new Refusal.AlreadyConnected();
        }
        return door.objection(peer.id, sameClient, slots.isFull() && !isAccepted);
    }

    private void answered(SteamPeer peer, @Nullable Refusal answer) {
        if (peer.isGone || !door.isOpen()) {
            return;
        }
        // Things may have changed while the application thought about it.
        Refusal refusal = answer == null ? objection(peer) : answer;
        if (refusal == null) {
            accept(peer);
        } else {
            deny(peer, refusal.stated());
        }
    }

    private void deny(SteamPeer peer, StatedReason stated) {
        door.deny(peer, stated);
        peers.remove(peer);
    }

    private void accept(SteamPeer peer) {
        door.replaceOlder(peer.id);
        SteamPeer accepted = slots.accepted(peer.id);
        if (accepted != null) {
            door.close(accepted, REPLACED);
            peers.remove(accepted);
        }
        int slot = slots.free();
        if (door.accept(peer, slot)) {
            slots.take(peer, slot);
        } else {
            // It has given up meanwhile.
            door.close(peer, StatedReason.NONE);
            peers.remove(peer);
        }
    }
}
