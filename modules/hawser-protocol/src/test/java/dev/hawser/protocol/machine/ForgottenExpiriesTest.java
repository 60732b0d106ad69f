package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForgottenExpiriesTest {
    private final ForgottenExpiries forgotten = new ForgottenExpiries();

    @Test
    void nothingIsForgottenAtFirst() {
        assertThat(forgotten.mayInclude(0)).isFalse();
        assertThat(forgotten.mayInclude(-1)).isFalse();
        assertThat(forgotten.latestOr(7)).isEqualTo(7);
    }

    @Test
    void aSpanReachesFromTheFirstToTheLast() {
        forgotten.add(100);
        forgotten.add(110);
        forgotten.add(105);

        assertThat(forgotten.mayInclude(99)).isFalse();
        assertThat(forgotten.mayInclude(100)).isTrue();
        assertThat(forgotten.mayInclude(107)).isTrue();
        assertThat(forgotten.mayInclude(110)).isTrue();
        assertThat(forgotten.mayInclude(111)).isFalse();
        assertThat(forgotten.latestOr(0)).isEqualTo(110);
    }

    @Test
    void anHourThatWasWrongCostsTheTokensOfThatHourAlone() {
        forgotten.add(3700);
        forgotten.add(3730);
        forgotten.endSpan();
        forgotten.add(140);

        assertThat(forgotten.mayInclude(139)).isFalse();
        assertThat(forgotten.mayInclude(140)).isTrue();
        assertThat(forgotten.mayInclude(200)).isFalse();
        assertThat(forgotten.mayInclude(3699)).isFalse();
        assertThat(forgotten.mayInclude(3715)).isTrue();
        assertThat(forgotten.latestOr(0)).isEqualTo(3730);
    }

    /// The clock that runs ahead makes the tokens of before expire as well, at once.
    @Test
    void whatExpiresInOneStretchAndFarApartIsOfTwoSpans() {
        forgotten.add(130);
        forgotten.add(3700);
        forgotten.add(125);
        forgotten.add(3700 + ForgottenExpiries.NEAR_SECONDS);

        assertThat(forgotten.mayInclude(127)).isTrue();
        assertThat(forgotten.mayInclude(131)).isFalse();
        assertThat(forgotten.mayInclude(3699)).isFalse();
        assertThat(forgotten.mayInclude(3710)).isTrue();
        assertThat(forgotten.latestOr(0)).isEqualTo(3700 + ForgottenExpiries.NEAR_SECONDS);
    }

    @Test
    void aMoveAfterWhichNothingWasForgottenMakesNoSpan() {
        for (int i = 0; i < 100; i++) {
            forgotten.endSpan();
        }
        forgotten.add(100);
        assertThat(forgotten.mayInclude(101)).isFalse();
        assertThat(forgotten.mayInclude(100)).isTrue();
    }

    @Test
    void ofTooManySpansTheClosestBecomeOne() {
        for (int i = 0; i <= ForgottenExpiries.SPANS_MAX; i++) {
            forgotten.endSpan();
            // Gaps of 1000, but one of 10.
            forgotten.add(i < 4 ? 1000 * i : 1000 * (i - 1) + 10);
        }

        assertThat(forgotten.mayInclude(3005)).isTrue();
        assertThat(forgotten.mayInclude(2005)).isFalse();
        assertThat(forgotten.mayInclude(4005)).isFalse();
    }

    @Test
    void whateverTheClockDoesNothingThatWasForgottenIsTaken() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ForgottenExpiries some = new ForgottenExpiries();
            List<Long> added = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                if (random.nextInt(5) == 0) {
                    some.endSpan();
                }
                long expiry = random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(10_000);
                added.add(expiry);
                some.add(expiry);
                assertThat(added).as("seed %d", seed).allMatch(some::mayInclude);
            }
            assertThat(some.latestOr(0))
                    .isEqualTo(added.stream().max(Long::compareUnsigned).orElseThrow());
        }
    }
}
