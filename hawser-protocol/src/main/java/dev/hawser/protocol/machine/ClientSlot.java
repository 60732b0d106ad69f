package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ReplayWindow;
import java.util.Arrays;

/// One seat of a server: what it knows of the client that has it. Allocated once, used again.
final class ClientSlot {
    final int index;
    boolean isConnected;

    /// Whether the client has shown that it knows it is connected; until then each payload to it is
    /// preceded by a keep-alive.
    boolean isConfirmed;

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

    long tokenExpireTimestamp;
    boolean statesReasons;
    final byte[] userData = new byte[UserData.BYTES];

    ClientSlot(int index) {
        this.index = index;
    }

    boolean hasTimedOut(long nowNanos) {
        return timeoutNanos > 0 && nowNanos - lastReceivedNanos >= timeoutNanos;
    }

    /// The number behind the last one belongs to another server of the token: it is never used.
    boolean hasSequenceLeft() {
        return sequence != sequenceLimit;
    }

    void erase() {
        clientToServerKey.erase();
        serverToClientKey.erase();
        Arrays.fill(userData, (byte) 0);
    }
}
