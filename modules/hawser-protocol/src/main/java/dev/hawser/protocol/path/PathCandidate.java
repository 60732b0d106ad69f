package dev.hawser.protocol.path;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.ReplayWindow;
import java.nio.ByteBuffer;

/// The one address that a client may move to, if it answers the challenge that was sent there.
///
/// Made for a client when it is first needed, and used again.
public final class PathCandidate {
    /// How long an address has to answer.
    public static final long LIFE_NANOS = 2_000_000_000;

    /// A client moves at most ten times a second.
    public static final long MOVE_INTERVAL_NANOS = 100_000_000;

    private final PeerAddress address = new PeerAddress();
    private final byte[] challengeBytes = new byte[Long.BYTES];
    private boolean isSet;
    private long challenge;
    private long sequence;
    private long diesAtNanos;
    private boolean hasMoved;
    private long movedAtNanos;

    /// Creates a candidate that is no address yet.
    public PathCandidate() {}

    /// Takes note of a path request from an address that the client does not have.
    ///
    /// A repeat from the same address gets the same challenge again; another address replaces it.
    ///
    /// @param sequence of the request, the newest of the connection
    /// @return the challenge to send there
    public long request(long nowNanos, PeerAddress from, long sequence, RandomBytes random) {
        if (!isAlive(nowNanos) || !address.sameAs(from)) {
            isSet = true;
            diesAtNanos = nowNanos + LIFE_NANOS;
            challenge = newChallenge(random);
        }
        address.set(from);
        this.sequence = sequence;
        return challenge;
    }

    private long newChallenge(RandomBytes random) {
        long number;
        do {
            random.nextBytes(challengeBytes);
            number = LittleEndian.getLong(ByteBuffer.wrap(challengeBytes), 0);
        } while (number == PathAnswer.CONFIRMED || number == PathAnswer.NOTHING_HEARD);
        return number;
    }

    /// {@return whether this is the answer to the challenge, from where the challenge went}
    public boolean isAnsweredBy(long nowNanos, PeerAddress from, long answer) {
        return isAlive(nowNanos) && address.sameAs(from) && answer == challenge;
    }

    /// {@return whether the client moved so lately that it does not move again}
    public boolean hasJustMoved(long nowNanos) {
        return hasMoved && nowNanos - movedAtNanos < MOVE_INTERVAL_NANOS;
    }

    /// Takes note that the client has moved here: there is no candidate any more.
    public void moved(long nowNanos) {
        isSet = false;
        hasMoved = true;
        movedAtNanos = nowNanos;
    }

    /// Takes note of a packet from where the client is: what is newer than the request shows that
    /// it is still there.
    public void heardElsewhere(long sequence) {
        if (ReplayWindow.isNewer(sequence, this.sequence)) {
            isSet = false;
        }
    }

    /// Forgets everything: the slot has another client.
    public void reset() {
        isSet = false;
        hasMoved = false;
        challenge = 0;
    }

    /// {@return where it is; overwritten by the next request}
    public PeerAddress address() {
        return address;
    }

    private boolean isAlive(long nowNanos) {
        return isSet && diesAtNanos - nowNanos > 0;
    }
}
