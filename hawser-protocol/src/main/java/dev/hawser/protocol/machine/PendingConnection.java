package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What a server keeps of a client between its first valid request and its seat. One object a
/// place, used again and again; [PendingConnections] owns it.
final class PendingConnection {
    /// Where the application's answer stands.
    enum Admission {
        NOT_ASKED,
        ASKED,
        ADMITTED,
        REFUSED
    }

    final int index;

    /// Grows with each use, so that a late answer to an earlier use is recognised.
    int generation;

    boolean isInUse;

    /// The next pending connection of the same address, or -1.
    int next;

    final PeerAddress address = new PeerAddress();
    long tagHigh;
    long tagLow;
    long clientId;
    long expireTimestamp;
    long timeoutNanos;
    boolean statesReasons;
    final PacketKey clientToServerKey = new PacketKey();
    final PacketKey serverToClientKey = new PacketKey();

    /// Where the sequence of packets to this client starts once it is seated.
    long firstSequence;

    /// One challenge for each pending connection: repeated requests get the same one again.
    long challengeSequence;

    final ByteBuffer sealedChallenge = ByteBuffer.allocate(Wire.CHALLENGE_TOKEN_BYTES);

    boolean hasResponded;
    long firstResponseSequence;
    Admission admission = Admission.NOT_ASKED;
    long askedAtNanos;
    StatedReason refusal = StatedReason.NONE;

    long diesAtNanos;

    PendingConnection(int index) {
        this.index = index;
    }

    /// {@return what names this use of this place in the application's answer}
    long handle() {
        return ((long) generation << 32) | index;
    }

    void erase() {
        clientToServerKey.erase();
        serverToClientKey.erase();
        Arrays.fill(sealedChallenge.array(), (byte) 0);
        refusal = StatedReason.NONE;
    }
}
