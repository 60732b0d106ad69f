package dev.hawser.protocol.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PingClockTest {
    private static final long MICRO = 1_000;
    private static final long SECOND = 1_000_000_000;

    private final PingClock ours = new PingClock();
    private final PingClock theirs = new PingClock();

    private static ByteBuffer ping(PingClock clock, long nowNanos, int count, long sequence) {
        ByteBuffer packet = ByteBuffer.allocate(30).position(3);
        clock.put(nowNanos, count, sequence, packet);
        assertThat(packet.position()).isEqualTo(27);
        return packet.flip().position(3);
    }

    /// The clocks of the two sides have nothing to do with each other, and may wrap around.
    @Property
    void theRoundTripIsTheTimeOnTheWayWithoutTheTimeHeld(
            @ForAll long ourStart,
            @ForAll long theirStart,
            @ForAll @LongRange(max = 20 * SECOND / MICRO) long wayThereMicros,
            @ForAll @LongRange(max = 60 * SECOND / MICRO) long heldMicros,
            @ForAll @LongRange(max = 20 * SECOND / MICRO) long wayBackMicros) {
        PingClock ours = new PingClock();
        PingClock theirs = new PingClock();
        // A monotonic time is far from the ends of a long.
        long here = ourStart >> 2;
        long there = theirStart >> 2;
        theirs.received(there, 0, ping(ours, here, 0, 0));
        ByteBuffer back = ping(theirs, there + heldMicros * MICRO, 0, 0);
        long nanos =
                ours.received(
                        here + (wayThereMicros + heldMicros + wayBackMicros) * MICRO, 0, back);
        assertThat(nanos)
                .isBetween(
                        (wayThereMicros + wayBackMicros - 1) * MICRO,
                        (wayThereMicros + wayBackMicros + 1) * MICRO);
    }

    @Test
    void theFirstPingHasNothingToEcho() {
        assertThat(theirs.received(5, 0, ping(ours, 1, 0, 0))).isEqualTo(PingClock.UNKNOWN);
        ByteBuffer first = ping(new PingClock(), 1_234_000, 7, 9);
        assertThat(first.get(3 + 4)).isZero();
        assertThat(first.get(3 + 8)).isEqualTo((byte) 0xff);
        assertThat(first.get(3 + 12)).isEqualTo((byte) 7);
        assertThat(first.get(3 + 16)).isEqualTo((byte) 9);
    }

    @Test
    void anOvertakenPingIsNotHeard() {
        theirs.received(0, 8, ping(ours, 0, 0, 0));
        ByteBuffer back = ping(theirs, SECOND, 0, 0);
        ours.received(SECOND, 5, back.duplicate());
        assertThat(ours.received(2 * SECOND, 5, back.duplicate())).isEqualTo(PingClock.UNKNOWN);
        assertThat(ours.received(2 * SECOND, 4, back)).isEqualTo(PingClock.UNKNOWN);
    }

    /// A peer that lies spoils its own figures and nothing else.
    @Property
    void whateverAPeerSaysTheRoundTripIsPossible(
            @ForAll int sent, @ForAll int echo, @ForAll int held, @ForAll int count) {
        ping(ours, 0, 0, 0);
        ByteBuffer body = ByteBuffer.allocate(24);
        body.putInt(0, sent).putInt(4, echo).putInt(8, held).putInt(12, count);
        assertThat(ours.received(SECOND, 1, body)).isBetween(PingClock.UNKNOWN, 60 * SECOND);
    }

    @Property
    void theLossIsWhatDidNotArriveOfTheLatest(@ForAll @IntRange(max = 10) int lostOfTen) {
        PingClock ours = new PingClock();
        int sent = 0;
        int arrived = 0;
        for (int ping = 0; ping < 50; ping++) {
            sent += 30;
            // The first half of the connection lost everything: it is forgotten.
            arrived += ping < 25 ? 0 : 3 * (10 - lostOfTen);
            ours.received(ping, ping, ping(new PingClock(), 0, arrived, sent));
        }
        assertThat(ours.outboundLoss().orElseThrow())
                .isCloseTo(lostOfTen / 10.0, Offset.offset(1e-9));
    }

    @Test
    void theLossIsUnknownBeforeThirtyTwoAndStaysBetweenNothingAndAll() {
        ours.received(0, 0, ping(theirs, 0, 100, 1000));
        assertThat(ours.outboundLoss()).isEmpty();
        ours.received(0, 1, ping(theirs, 0, 131, 1031));
        assertThat(ours.outboundLoss()).isEmpty();
        ours.received(0, 2, ping(theirs, 0, 131, 1032));
        assertThat(ours.outboundLoss().orElseThrow()).isEqualTo(1 / 32.0);
        ours.received(0, 3, ping(theirs, 0, 500, 1040));
        assertThat(ours.outboundLoss()).hasValue(0);
        ours.received(0, 4, ping(theirs, 0, 20, 900));
        assertThat(ours.outboundLoss().orElseThrow()).isBetween(0.0, 1.0);
        ours.reset();
        assertThat(ours.outboundLoss()).isEmpty();
    }
}
