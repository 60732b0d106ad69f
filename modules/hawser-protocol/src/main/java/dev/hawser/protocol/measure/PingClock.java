package dev.hawser.protocol.measure;

import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;

/// What one side of a connection tells the other in pings, and learns from them: the round trip
/// without the time in which a ping was held, and how many of its own packets have arrived.
///
/// The body of a ping: `sentMicros u32 · echoMicros u32 · heldMicros u32 · receivedCount u32 ·
/// receivedSequence u64`, times in microseconds of the sender's own clock, modulo 2^32.
///
/// Written by one thread; another one sees a loss of some recent moment.
public final class PingClock {
    /// The round trip cannot be told.
    public static final long UNKNOWN = -1;

    /// A side sends at most two pings a second.
    public static final long INTERVAL_NANOS = 500_000_000;

    /// What is above it is no round trip: an echo of a ping that was never sent.
    private static final long ROUND_TRIP_MICROS_MAX = 60_000_000;

    private static final int NOTHING_TO_ECHO = -1;
    private static final long NANOS_PER_MICRO = 1_000;

    private static final int ECHO_OFFSET = 4;
    private static final int HELD_OFFSET = 8;
    private static final int COUNT_OFFSET = 12;
    private static final int SEQUENCE_OFFSET = 16;

    private final OutboundLoss loss = new OutboundLoss();

    /// Of the newest ping of the other side.
    private boolean hasHeard;

    private long heardSequence;
    private int heardSentMicros;
    private long heardAtNanos;

    private boolean hasSent;

    /// Creates the clock of a connection on which no ping has travelled.
    public PingClock() {}

    /// Puts the body of a ping at the position of a packet.
    ///
    /// @param receivedCount how many packets arrived, modulo 2^32
    /// @param receivedSequence the highest number among those that opened
    public void put(long nowNanos, int receivedCount, long receivedSequence, ByteBuffer packet) {
        int body = packet.position();
        LittleEndian.putInt(packet, body, micros(nowNanos));
        LittleEndian.putInt(packet, body + ECHO_OFFSET, hasHeard ? heardSentMicros : 0);
        LittleEndian.putInt(packet, body + HELD_OFFSET, heldMicros(nowNanos));
        LittleEndian.putInt(packet, body + COUNT_OFFSET, receivedCount);
        LittleEndian.putLong(packet, body + SEQUENCE_OFFSET, receivedSequence);
        packet.position(body + Wire.PING_BODY_BYTES);
        hasSent = true;
    }

    private int heldMicros(long nowNanos) {
        long heldMicros = (nowNanos - heardAtNanos) / NANOS_PER_MICRO;
        return hasHeard && heldMicros <= ROUND_TRIP_MICROS_MAX ? (int) heldMicros : NOTHING_TO_ECHO;
    }

    /// Takes the ping of the other side, which has opened under this number.
    ///
    /// @param body between position and limit, 24 bytes
    /// @return the round trip in nanoseconds, or [#UNKNOWN]
    public long received(long nowNanos, long sequence, ByteBuffer body) {
        if (hasHeard && sequence - heardSequence <= 0) {
            return UNKNOWN; // overtaken by a newer one
        }
        int start = body.position();
        hasHeard = true;
        heardSequence = sequence;
        heardSentMicros = LittleEndian.getInt(body, start);
        heardAtNanos = nowNanos;
        loss.reported(
                LittleEndian.getInt(body, start + COUNT_OFFSET),
                LittleEndian.getLong(body, start + SEQUENCE_OFFSET));
        int heldMicros = LittleEndian.getInt(body, start + HELD_OFFSET);
        if (!hasSent || heldMicros == NOTHING_TO_ECHO) {
            return UNKNOWN;
        }
        int sinceMicros = micros(nowNanos) - LittleEndian.getInt(body, start + ECHO_OFFSET);
        long roundTripMicros = Integer.toUnsignedLong(sinceMicros - heldMicros);
        return roundTripMicros <= ROUND_TRIP_MICROS_MAX
                ? roundTripMicros * NANOS_PER_MICRO
                : UNKNOWN;
    }

    /// Forgets everything: another server is dialled.
    public void reset() {
        hasHeard = false;
        hasSent = false;
        loss.reset();
    }

    /// {@return the share of this side's latest packets that did not arrive, as the other side
    /// reports it, 0 to 1; empty while too little was reported}
    public OptionalDouble outboundLoss() {
        return loss.share();
    }

    private static int micros(long nanos) {
        return (int) (nanos / NANOS_PER_MICRO);
    }
}
