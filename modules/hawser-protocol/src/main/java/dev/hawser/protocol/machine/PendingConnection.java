package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.path.PathKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a server keeps of a client between its first valid request and its slot.
/// [PendingConnections] owns it, and may use it again.
final class PendingConnection {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long LIFE_NANOS_MAX = 30 * NANOS_PER_SECOND;

    /// Where the application's answer stands.
    enum Admission {
        NOT_ASKED,
        ASKED,
        ADMITTED,
        REFUSED
    }

    final int index;

    /// Of this use of the place.
    int generation;

    boolean isInUse;

    /// The next pending connection of the same address, or -1.
    int next;

    final PeerAddress address = new PeerAddress();
    long tagHigh;
    long tagLow;

    /// Whose connection its token goes on with; zeros where it goes on with none.
    long resumesHigh;

    long resumesLow;

    /// The place of this server in the token.
    int serverIndex;

    long clientId;

    /// When its token expires, in Unix seconds.
    long expireTimestamp;

    /// How many slots had been taken when its token was first seen.
    long slotsBefore;

    /// 0 for no timeout.
    long timeoutNanos;

    /// The flags of the extension block of its token.
    int extensions;

    /// What its path will be named with; null where it needs no name.
    @Nullable PathKey pathKey;

    final PacketKey clientToServerKey = new PacketKey();
    final PacketKey serverToClientKey = new PacketKey();

    /// Where the sequence of packets to this client starts once it is connected.
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

    /// Starts a connection with the request that was read last.
    ///
    /// @param slotsTakenBefore how many slots had been taken when its token was first seen
    void begin(ConnectionRequestReader request, long slotsTakenBefore) {
        slotsBefore = slotsTakenBefore;
        PrivateToken token = request.token();
        tagHigh = request.tagHigh();
        tagLow = request.tagLow();
        serverIndex = request.serverIndex();
        clientId = token.clientId();
        expireTimestamp = request.expireTimestamp();
        timeoutNanos = Math.max(0, token.timeoutSeconds()) * NANOS_PER_SECOND;
        extensions = token.extensions();
        resumesHigh = token.resumesHigh();
        resumesLow = token.resumesLow();
        pathKey = token.survivesMoves() ? request.pathKey() : null;
        clientToServerKey.set(token.clientToServerKey());
        serverToClientKey.set(token.serverToClientKey());
        firstSequence = ClientSlot.firstSequence(serverIndex);
    }

    /// It lives on for as long as the client would wait, but not for ever.
    void extendLife(long nowNanos) {
        long lifeNanos =
                timeoutNanos == 0 ? LIFE_NANOS_MAX : Math.min(timeoutNanos, LIFE_NANOS_MAX);
        diesAtNanos = nowNanos + lifeNanos;
    }

    /// A client hears nothing while it waits and would give up: better a clear no in time.
    boolean hasWaitedTooLong(long nowNanos) {
        return admission == Admission.ASKED
                && timeoutNanos > 0
                && nowNanos - askedAtNanos > timeoutNanos / 2;
    }

    void refuse(StatedReason reason) {
        admission = Admission.REFUSED;
        refusal = reason;
    }

    boolean isResuming() {
        return (extensions & ExtensionBlock.RESUMES) != 0;
    }

    boolean statesReasons() {
        return (extensions & ExtensionBlock.STATES_REASONS) != 0;
    }

    /// {@return its token, for whoever asks others about it}
    ShownToken token() {
        return new ShownToken(
                new TokenTag(tagHigh, tagLow),
                expireTimestamp,
                (int) (timeoutNanos / NANOS_PER_SECOND));
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
        pathKey = null;
    }
}
