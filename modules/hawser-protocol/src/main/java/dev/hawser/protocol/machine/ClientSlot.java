package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.measure.PingClock;
import dev.hawser.protocol.path.PathCandidate;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.ReplayWindow;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One slot of a server: what it knows of the client that has it. Allocated once, used again.
final class ClientSlot {
    /// Of a slot that nobody had yet.
    static final ConnectionMeter NO_METER = new ConnectionMeter();

    // A token may list several servers, which all seal under the same key: packets of the n-th to
    // this client take numbers from n * 2^57 on.
    private static final int SERVER_SEQUENCE_BITS = 57;

    final int index;
    boolean isConnected;

    /// Whether the client fell silent, and the slot is kept for it.
    boolean isSuspended;

    /// Of the token that it is connected with.
    long tagHigh;

    long tagLow;

    /// Of the token before, which the client goes on to name as long as it does not know that it is
    /// connected with this one: half of the tag, which tells the few tokens of one player apart.
    long formerTagHigh;

    private boolean hasFormerTag;

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

    /// Whether the client has a path id, and so may change its address.
    boolean hasPath;

    long pathId;
    private long resetWordLow;
    private long resetWordHigh;

    /// Where the client may be going; made when one goes for the first time.
    @Nullable PathCandidate candidate;

    /// When the next ping is due, and the next word that nothing was heard.
    long pingDueNanos;

    long noticeDueNanos;

    /// The path of the last connection that was ended here on purpose.
    private boolean hasEndedPath;

    private long endedPathId;
    private long endedAtNanos;

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
        isSuspended = false;
        tagHigh = pending.tagHigh;
        tagLow = pending.tagLow;
        hasFormerTag = pending.isResuming();
        formerTagHigh = pending.resumesHigh;
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
        hasPath = false;
        if (candidate != null) {
            candidate.reset();
        }
        if (survivesMoves()) {
            meter.startPings();
            pingDueNanos = nowNanos + PingClock.INTERVAL_NANOS;
            noticeDueNanos = nowNanos;
        }
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

    /// {@return whether a token with this tag led to the connection, as far as the client knows}
    boolean isOfToken(long high, long low) {
        return (tagHigh == high && tagLow == low) || (mayNameFormerTag() && formerTagHigh == high);
    }

    /// {@return whether the client may not know yet that it is connected with another token than
    /// the one before}
    boolean mayNameFormerTag() {
        return hasFormerTag && !isConfirmed;
    }

    /// {@return whether the client may be one that comes back: it reads the extension block}
    boolean mayResume() {
        return extensions != 0;
    }

    boolean survivesMoves() {
        return (extensions & ExtensionBlock.SURVIVES_MOVES) != 0;
    }

    void setResetWord(byte[] word) {
        ByteBuffer bytes = ByteBuffer.wrap(word);
        resetWordLow = LittleEndian.getLong(bytes, 0);
        resetWordHigh = LittleEndian.getLong(bytes, Long.BYTES);
    }

    /// Puts path id and reset word at an absolute offset.
    void putPath(ByteBuffer target, int offset) {
        LittleEndian.putLong(target, offset, pathId);
        LittleEndian.putLong(target, offset + Long.BYTES, resetWordLow);
        LittleEndian.putLong(target, offset + 2 * Long.BYTES, resetWordHigh);
    }

    PathCandidate candidate() {
        PathCandidate known = candidate;
        if (known == null) {
            known = new PathCandidate();
            candidate = known;
        }
        return known;
    }

    /// Takes note of a packet that came from where the client is.
    void heardHere(long packetSequence) {
        if (candidate != null) {
            candidate.heardElsewhere(packetSequence);
        }
    }

    /// Takes note that the connection was ended here on purpose.
    void pathEnded(long nowNanos) {
        if (hasPath) {
            hasEndedPath = true;
            endedPathId = pathId;
            endedAtNanos = nowNanos;
        }
    }

    /// {@return whether a connection of this path was ended here on purpose, less than a minute
    /// ago}
    boolean hasEnded(long id, long nowNanos) {
        return hasEndedPath
                && endedPathId == id
                && nowNanos - endedAtNanos < ServerPaths.ENDED_NANOS;
    }

    void erase() {
        resetWordLow = 0;
        resetWordHigh = 0;
        clientToServerKey.erase();
        serverToClientKey.erase();
    }
}
