package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.ReplayWindow;

/// One slot of a server: what it knows of the client that has it. Allocated once, used again.
final class ClientSlot {
    /// Of a slot that nobody had yet.
    static final ConnectionMeter NO_METER = new ConnectionMeter();

    // A token may list several servers, which all seal under the same key: packets of the n-th to
    // this client take numbers from n * 2^57 on.
    private static final int SERVER_SEQUENCE_BITS = 57;

    final int index;
    boolean isConnected;

    /// Whether the client has shown that it knows it is connected; until then each payload to it is
    /// preceded by a keep-alive.
    boolean isConfirmed;

    /// Whether payloads from the client are dropped unopened.
    boolean isPaused;

    final PeerAddress address = new PeerAddress();
    long clientId;
    final PacketKey clientToServerKey = new PacketKey();
    final PacketKey serverToClientKey = new PacketKey();

    /// The sequence of the next packet to the client, and the one that must never be reached.
    long sequence;

    long sequenceLimit;
    final ReplayWindow window = new ReplayWindow();
    long lastSentNanos;
    long lastReceivedNanos;

    /// 0 for no timeout.
    long timeoutNanos;

    /// Of all slots that were taken in the group, in their order.
    long slotNumber;

    /// The flags of the extension block of its token.
    int extensions;

    /// Of the connection that has or last had this slot.
    ConnectionMeter meter = NO_METER;

    ClientSlot(int index) {
        this.index = index;
    }

    /// {@return the first sequence of a server, by its place in the token}
    static long firstSequence(int serverIndex) {
        return (long) serverIndex << SERVER_SEQUENCE_BITS;
    }

    /// Starts the connection of a client that has taken this slot.
    ///
    /// @param number of all slots that were taken in the group, in their order
    void begin(long nowNanos, PendingConnection pending, long number) {
        slotNumber = number;
        isConfirmed = false;
        isPaused = false;
        clientToServerKey.set(pending.clientToServerKey);
        serverToClientKey.set(pending.serverToClientKey);
        sequence = pending.firstSequence;
        sequenceLimit = firstSequence(pending.serverIndex + 1);
        // What was recorded at another server of this token opens here too; it is older than the
        // response, since clients count on from server to server.
        window.resetAfter(pending.firstResponseSequence);
        lastReceivedNanos = nowNanos;
        timeoutNanos = pending.timeoutNanos;
        extensions = pending.extensions;
        meter = new ConnectionMeter();
    }

    /// {@return whether nothing was received for as long as its token allows; asked of one with a
    /// timeout}
    boolean hasTimedOut(long nowNanos) {
        return nowNanos - lastReceivedNanos >= timeoutNanos;
    }

    /// The number behind the last one belongs to another server of the token: it is never used.
    boolean hasSequenceLeft() {
        return sequence != sequenceLimit;
    }

    boolean statesReasons() {
        return (extensions & ExtensionBlock.STATES_REASONS) != 0;
    }

    void erase() {
        clientToServerKey.erase();
        serverToClientKey.erase();
    }
}
