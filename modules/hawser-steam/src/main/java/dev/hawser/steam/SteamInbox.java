package dev.hawser.steam;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/// What a server does for each message that comes: asks Steam for those of all its clients at once,
/// finds out whose each is, and queues it for the application. One thread; nothing is allocated for
/// a message.
///
/// A client that has as much waiting as it may is left out of Steam's poll group: what it sends
/// waits in Steam, and the others are not held up.
final class SteamInbox {
    /// How many messages are asked for at once.
    private static final int BATCH_MESSAGES = 128;

    private static final int NO_POLL_GROUP = 0;

    private final SteamApi steam;
    private final SteamSlots slots;
    private final MemorySegment messages = HeldMessages.array(Arena.ofAuto(), BATCH_MESSAGES);
    private final ByteBuffer copied = ByteBuffer.allocate(SteamOutbox.PAYLOAD_BYTES_MAX);
    private final int messagesPerUpdateMax;

    /// Those who have as much waiting as they may, or as the server may.
    private final Queue<SteamPeer> paused = new ArrayDeque<>();

    private int pollGroup;

    SteamInbox(SteamApi steam, SteamSlots slots, int messagesPerUpdateMax) {
        this.steam = steam;
        this.slots = slots;
        this.messagesPerUpdateMax = messagesPerUpdateMax;
    }

    static int checkMessagesPerUpdate(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException(
                    "messagesPerUpdateMax is "
                            + messages
                            + ", but must be at least 1: leave it out for the default");
        }
        return messages;
    }

    void open() {
        pollGroup = steam.flatUnchecked().createPollGroup();
    }

    void close() {
        steam.flatUnchecked().destroyPollGroup(pollGroup);
    }

    void clear() {
        paused.clear();
    }

    /// What this peer sends is received from now on. Its connection's user data says its slot + 1.
    void add(SteamPeer peer) {
        steam.flatUnchecked().setConnectionPollGroup(peer.connection, pollGroup);
    }

    /// Takes what has come, up to the limit of an update.
    ///
    /// @return whether that was all: else more may wait in Steam's own buffers
    boolean receive(long nowNanos) {
        resume();
        SteamFlat flat = steam.flatUnchecked();
        int left = messagesPerUpdateMax;
        while (left > 0) {
            int most = Math.min(BATCH_MESSAGES, left);
            int count = flat.receiveMessagesOnPollGroup(pollGroup, messages, most);
            for (int i = 0; i < count; i++) {
                take(HeldMessages.pointerAt(messages, i), nowNanos);
            }
            if (count < most) {
                return true;
            }
            left -= count;
        }
        return false;
    }

    private void take(long message, long nowNanos) {
        SteamPeer peer = slots.at(HeldMessages.own(message) - 1);
        if (peer == null || peer.connection != HeldMessages.connection(message)) {
            // Of a connection that was ended here.
            steam.flatUnchecked().releaseMessage(message);
            return;
        }
        hold(peer, message, nowNanos);
        deliverOrPause(peer);
    }

    /// A payload may be here before the word that its connection is made: it has waited for it.
    void connected(SteamPeer peer) {
        deliverOrPause(peer);
    }

    private void deliverOrPause(SteamPeer peer) {
        if (!deliver(peer) && !peer.isPaused) {
            peer.isPaused = true;
            paused.add(peer);
            steam.flatUnchecked().setConnectionPollGroup(peer.connection, NO_POLL_GROUP);
        }
    }

    /// Notes that something was heard, and keeps what is a payload.
    private void hold(SteamPeer peer, long message, long nowNanos) {
        int bytes = HeldMessages.bytes(message);
        peer.liveness.heard(nowNanos, bytes == 0);
        if (bytes >= 1 && bytes <= SteamOutbox.PAYLOAD_BYTES_MAX) {
            peer.held.add(message);
            return;
        }
        steam.flatUnchecked().releaseMessage(message);
        SteamConnectedClient client = peer.client;
        if (bytes > 0 && client != null) {
            client.countDropped();
        }
    }

    /// Queues what is held of a client, as far as there is room.
    ///
    /// @return whether nothing is held that it could have
    boolean deliver(SteamPeer peer) {
        SteamConnectedClient client = peer.client;
        while (client != null && !peer.held.isEmpty()) {
            HeldMessages.copy(peer.held.oldest(), copied);
            if (!client.offer(copied)) {
                return false;
            }
            steam.flatUnchecked().releaseMessage(peer.held.take());
        }
        return true;
    }

    /// Queues what is held of a client that has left, whose end is not to wait for room.
    void deliverLast(SteamPeer peer, SteamConnectedClient client) {
        while (!peer.held.isEmpty()) {
            HeldMessages.copy(peer.held.oldest(), copied);
            client.offerLast(copied);
            steam.flatUnchecked().releaseMessage(peer.held.take());
        }
    }

    /// Holds what Steam still has of a connection that has ended.
    void holdRest(SteamPeer peer, long nowNanos) {
        SteamFlat flat = steam.flatUnchecked();
        int count = flat.receiveMessagesOnConnection(peer.connection, messages, BATCH_MESSAGES);
        while (count > 0) {
            for (int i = 0; i < count; i++) {
                hold(peer, HeldMessages.pointerAt(messages, i), nowNanos);
            }
            count = flat.receiveMessagesOnConnection(peer.connection, messages, BATCH_MESSAGES);
        }
    }

    /// Those who had to wait come first, each in turn: for room of its own or of the server's.
    private void resume() {
        for (int i = paused.size(); i > 0; i--) {
            SteamPeer peer = paused.remove();
            if (peer.isGone) {
                continue;
            }
            if (deliver(peer)) {
                peer.isPaused = false;
                add(peer);
            } else {
                paused.add(peer);
            }
        }
    }
}
