package dev.hawser.protocol.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTimerTest {
    private static final long UNKNOWN = HandshakeTimer.UNKNOWN;

    private final HandshakeTimer timer = new HandshakeTimer();

    @Test
    void oneRequestAndOneChallengeAreARoundTrip() {
        timer.requestSent(1_000);

        assertThat(timer.challengeReceived(1_060, 7)).isEqualTo(60);
    }

    @Test
    void withoutARequestThereIsNoRoundTrip() {
        assertThat(timer.challengeReceived(1_060, 7)).isEqualTo(UNKNOWN);
    }

    @Test
    void whileAnswersAreMissingThereIsNoTelling() {
        timer.requestSent(0);
        timer.requestSent(100);
        timer.requestSent(200);

        assertThat(timer.challengeReceived(250, 7)).isEqualTo(UNKNOWN);
        assertThat(timer.challengeReceived(360, 8)).isEqualTo(UNKNOWN);
        assertThat(timer.challengeReceived(455, 9)).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 6, 0, Long.MIN_VALUE + 8})
    void aChallengeThatIsNotNewerDoesNotCount(long sequence) {
        timer.requestSent(0);
        timer.requestSent(100);
        assertThat(timer.challengeReceived(150, 7)).isEqualTo(UNKNOWN);

        assertThat(timer.challengeReceived(151, sequence)).isEqualTo(UNKNOWN);

        assertThat(timer.challengeReceived(250, 8)).isEqualTo(150);
    }

    @Test
    void oneRoundTripIsMeasuredForOneServer() {
        timer.requestSent(0);
        assertThat(timer.challengeReceived(50, 7)).isEqualTo(50);

        assertThat(timer.challengeReceived(60, 8)).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1, Long.MIN_VALUE, -2, (1L << 63) + (1L << 61)})
    void sequencesMayBeAnywhere(long sequence) {
        timer.requestSent(0);
        timer.requestSent(100);
        timer.requestSent(200);

        assertThat(timer.challengeReceived(250, sequence)).isEqualTo(UNKNOWN);
        assertThat(timer.challengeReceived(350, sequence + 1)).isEqualTo(UNKNOWN);
        assertThat(timer.challengeReceived(450, sequence + 2)).isEqualTo(250);
    }

    @Test
    void sixteenRequestsAreRememberedAndSeventeenAreTooMany() {
        assertThat(lastOf(HandshakeTimer.REQUESTS_MAX)).isEqualTo(5_000);
        assertThat(lastOf(HandshakeTimer.REQUESTS_MAX + 1)).isEqualTo(UNKNOWN);
    }

    private static long lastOf(int requests) {
        HandshakeTimer timer = new HandshakeTimer();
        for (int i = 0; i < requests; i++) {
            timer.requestSent(100 * i);
        }
        long last = UNKNOWN;
        for (int i = 0; i < requests; i++) {
            assertThat(last).isEqualTo(UNKNOWN);
            last = timer.challengeReceived(5_000 + 100 * i, i);
        }
        return last;
    }

    @Test
    void anotherServerStartsAnew() {
        timer.requestSent(0);
        timer.requestSent(100);
        timer.challengeReceived(150, 1L << 62);

        timer.reset();
        timer.requestSent(1_000);

        assertThat(timer.challengeReceived(1_030, 5)).isEqualTo(30);
    }

    /// Whatever the network does to the order, short of losing one packet and doubling another: the
    /// round trip is never said to be shorter than the shortest one was.
    @Property
    void itIsNeverTooSmall(
            @ForAll @Size(min = 1, max = 16) @IntRange(min = 0, max = 400) int[] waysThere,
            @ForAll @IntRange(min = 0, max = 50) int wayBack) {
        long[] arrivals = new long[waysThere.length];
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < waysThere.length; i++) {
            timer.requestSent(100L * i);
            arrivals[i] = 100L * i + waysThere[i] + wayBack;
            shortest = Math.min(shortest, waysThere[i] + wayBack);
        }
        Arrays.sort(arrivals);
        long measured = UNKNOWN;
        for (int i = 0; i < arrivals.length; i++) {
            measured = timer.challengeReceived(arrivals[i], i);
        }
        timer.reset();

        assertThat(measured).isGreaterThanOrEqualTo(shortest);
    }
}
