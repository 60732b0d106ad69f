package dev.hawser.protocol.machine;

import dev.hawser.protocol.measure.ArrivalJitter;
import dev.hawser.protocol.measure.LossWindow;
import dev.hawser.protocol.measure.PingClock;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What was measured of one connection: packets and bytes, loss, jitter, round trip.
///
/// A server's meter begins when the client takes its slot, a client's with the connect; the
/// client's counts go on from one server of the token to the next, while loss, jitter and round
/// trip start anew. Every connection has a meter of its own, which may be kept after it has ended
/// and then stays as it is.
///
/// An empty result was not measured yet; nothing is estimated from nothing. Written by the
/// machine's thread. Other threads may read, and see each number at some recent value.
public final class ConnectionMeter {
    private static final long NEVER = -1;

    private static final int ROUND_TRIP_WEIGHT = 8;

    private final LossWindow loss = new LossWindow();
    private final ArrivalJitter jitter = new ArrivalJitter();

    /// Null where the two sides send no pings.
    private @Nullable PingClock pings;

    private long packetsIn;

    /// Those of the types that a replay window watches: a challenge that comes once more is none
    /// that its numbers miss.
    private long numberedPacketsIn;

    private long bytesIn;
    private long packetsOut;
    private long bytesOut;
    private long packetsOverLimit;
    private long roundTripNanos = NEVER;

    /// Creates a meter at which nothing has been measured.
    public ConnectionMeter() {}

    // ---- Looks

    /// {@return how many packets came in that opened under the keys of this connection, keep-alives
    /// included; those that were received before do not count}
    public long packetsIn() {
        return packetsIn;
    }

    /// {@return the bytes of these packets, as they were on the wire}
    public long bytesIn() {
        return bytesIn;
    }

    /// {@return how many packets this side sent, keep-alives and a client's requests included}
    public long packetsOut() {
        return packetsOut;
    }

    /// {@return the bytes of these packets, as they were on the wire}
    public long bytesOut() {
        return bytesOut;
    }

    /// {@return how many payload packets were dropped unopened: while the server had paused the
    /// payloads of this client ([ServerMachine#pausePayloads]), or as surplus of an update
    /// ([ServerMachine#handleSurplus], [ClientMachine#handleSurplus])}
    ///
    /// Nothing shows that they were authentic: whoever can forge the client's address can add to
    /// this number.
    public long packetsOverLimit() {
        return packetsOverLimit;
    }

    /// {@return the share of the peer's latest packets that did not arrive, 0 to 1; empty until 32
    /// were expected}
    ///
    /// Told from the gaps in the packet sequence, over the latest 129 to 256 numbers. A packet that
    /// comes late counts as lost until it comes. While the server has paused the payloads of the
    /// client nothing is counted, since packets are then missing that were not lost; the last value
    /// stays until 32 were expected after the pause.
    public OptionalDouble inboundLoss() {
        return loss.share();
    }

    /// {@return the share of this side's latest packets that did not arrive at the peer, 0 to 1;
    /// empty where the peer does not say, or until 32 were sent between two of its pings}
    ///
    /// As the peer counts it, over the latest 128 to some more than 256 numbers, twice a second.
    /// Only between two Hawser peers whose connect token says that the connection survives moves.
    /// What the peer drops unopened, since it has as much as it wants, counts as arrived.
    public OptionalDouble outboundLoss() {
        PingClock pings = this.pings;
        return pings == null ? OptionalDouble.empty() : pings.outboundLoss();
    }

    /// {@return how unevenly the peer's packets arrive, in nanoseconds; empty before the third
    /// arrival}
    ///
    /// The smoothed deviation of the interval between packets from its own mean, with the gain of
    /// RFC 3550 (1/16). Packets carry no time of sending, so this includes how unevenly the peer
    /// sends, and it knows arrivals no more finely than the times with which datagrams are handed
    /// in: packets of one update are one arrival.
    public OptionalLong jitterNanos() {
        return jitter.nanos();
    }

    /// {@return the round trip in nanoseconds, smoothed; empty when it was never measured}
    ///
    /// Between two Hawser peers whose connect token says that the connection survives moves, both
    /// measure it twice a second, without the time in which a side held the other's ping; each
    /// side's wait for its next update is in it.
    ///
    /// A client measures it while it connects too, when every request was answered: from request to
    /// challenge, the wait for the server's next update included. A server cannot, since the
    /// standard's client waits out 100 ms before it answers a challenge. What the game measures
    /// itself joins in with [#reportRoundTrip].
    public OptionalLong roundTripNanos() {
        long nanos = roundTripNanos;
        return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    // ---- What the game measures

    /// Adds a round trip that the game has measured, from sending a payload to receiving its echo.
    ///
    /// The first measurement is taken as it is; of each further one an eighth joins seven eighths
    /// of what was known (the smoothed round trip of RFC 6298, section 2). By the thread of the
    /// machine.
    ///
    /// @param nanos 0 or more
    /// @throws IllegalArgumentException when `nanos` is negative
    public void reportRoundTrip(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException(
                    "a round trip of "
                            + nanos
                            + " ns, but it must be 0 or more: take both times from one clock that"
                            + " never goes back");
        }
        long known = roundTripNanos;
        roundTripNanos = known == NEVER ? nanos : known + (nanos - known) / ROUND_TRIP_WEIGHT;
    }

    // ---- What the machines count

    void sent(int bytes) {
        packetsOut++;
        bytesOut += bytes;
    }

    /// An authentic packet, whatever its type.
    void received(int bytes) {
        packetsIn++;
        bytesIn += bytes;
    }

    /// An authentic packet of the types that a replay window watches, under its number.
    void received(long nowNanos, long sequence, int bytes) {
        received(bytes);
        numberedPacketsIn++;
        loss.arrived(sequence);
        jitter.arrived(nowNanos, sequence);
    }

    void overLimit() {
        packetsOverLimit++;
    }

    void pauseLoss() {
        loss.pause();
    }

    void resumeLoss() {
        loss.resume();
    }

    /// A packet was dropped unopened, so that its number will be missing without being lost.
    void skipLoss() {
        if (!loss.isPaused()) {
            loss.resume();
        }
    }

    /// Both sides send pings on this connection.
    void startPings() {
        pings = new PingClock();
    }

    /// Puts the body of a ping at the position of a packet.
    ///
    /// @param receivedSequence the highest number that has opened
    void putPing(long nowNanos, long receivedSequence, ByteBuffer packet) {
        PingClock pings = this.pings;
        if (pings != null) {
            pings.put(
                    nowNanos,
                    (int) (numberedPacketsIn + packetsOverLimit),
                    receivedSequence,
                    packet);
        }
    }

    /// A ping has opened.
    void pingReceived(long nowNanos, long sequence, ByteBuffer body) {
        PingClock pings = this.pings;
        if (pings != null) {
            long nanos = pings.received(nowNanos, sequence, body);
            if (nanos != PingClock.UNKNOWN) {
                reportRoundTrip(nanos);
            }
        }
    }

    /// The client dials another server: what was measured on the way to the last one is void.
    void startPath() {
        loss.reset();
        jitter.reset();
        roundTripNanos = NEVER;
        if (pings != null) {
            pings.reset();
        }
    }
}
