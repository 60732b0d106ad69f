package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.token.TokenFetchFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a client waits between its attempts to come back.
class ResumptionTest {
    private static final long START_NANOS = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);
    private static final Duration DAY = Duration.ofDays(1);

    /// What every random byte is.
    private byte random;

    private final Resumption resumption =
            new Resumption(Resume.within(DAY), bytes -> Arrays.fill(bytes, random));

    private void lose() {
        resumption.begin(START_NANOS, new DisconnectReason.TimedOut(5), new TokenTag(1, 2));
    }

    /// {@return how long it waits after a fetch that failed}
    private long millisAfter(TokenFetchFailure failure) {
        assertThat(resumption.isAttemptDue(START_NANOS)).isTrue();
        resumption.attemptBegins(START_NANOS);
        assertThat(resumption.fetchFailed(START_NANOS, failure)).isTrue();
        return millisUntilDue();
    }

    /// To the millisecond, by halves.
    private long millisUntilDue() {
        long least = 0;
        long most = DAY.toMillis() + 10_000;
        while (least < most) {
            long middle = (least + most) / 2;
            if (resumption.isAttemptDue(START_NANOS + TimeUnit.MILLISECONDS.toNanos(middle))) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        return least;
    }

    private static TokenFetchFailure told(String status, long retryAfterSeconds) {
        return switch (status) {
            case "429" -> new TokenFetchFailure.TooManyRequests(retryAfterSeconds, "");
            case "503" -> new TokenFetchFailure.NoServer(retryAfterSeconds, "");
            default -> new TokenFetchFailure.ServiceFailed(502, 1, retryAfterSeconds, "");
        };
    }

    @ParameterizedTest
    @CsvSource({"1, 375, 750", "10, 2500, 5000", "3600, 2500, 5000", "86400, 2500, 5000"})
    void whoIsToldWhenToComeBackDoesNotComeSooner(
            long retryAfterSeconds, long leastOnTop, long mostOnTop) {
        for (String status : new String[] {"429", "503", "502"}) {
            long toldMillis = TimeUnit.SECONDS.toMillis(retryAfterSeconds);
            random = 0;
            lose();
            assertThat(millisAfter(told(status, retryAfterSeconds)))
                    .as("%s", status)
                    .isEqualTo(toldMillis + leastOnTop);
            random = -1;
            lose();
            assertThat(millisAfter(told(status, retryAfterSeconds)))
                    .as("%s", status)
                    .isEqualTo(toldMillis + mostOnTop);
        }
    }

    @Test
    void whoIsToldNothingWaitsAPartOfALimitThatGrows() {
        random = 0;
        lose();
        assertThat(waits()).containsExactly(125, 250, 500, 1000, 2000, 2500, 2500);
        random = -1;
        lose();
        assertThat(waits()).containsExactly(250, 500, 1000, 2000, 4000, 5000, 5000);
    }

    private long[] waits() {
        var nobody = new TokenFetchFailure.SourceFailed("broken");
        return LongStream.range(0, 7)
                .map(_ -> {
                    resumption.fetchFailed(START_NANOS, nobody);
                    return millisUntilDue();
                })
                .toArray();
    }

    private static DisconnectReason full(int retryAfterSeconds) {
        return new DisconnectReason.Denied(
                new StatedReason(StatedReason.SERVER_FULL, retryAfterSeconds, "full"));
    }

    /// {@return how long it waits each time that a server is full}
    private long[] waitsWhereFull(int retryAfterSeconds) {
        return LongStream.range(0, 5)
                .map(_ -> {
                    resumption.attemptBegins(START_NANOS);
                    resumption.dialBegins(START_NANOS);
                    resumption.dialFailed(START_NANOS, full(retryAfterSeconds));
                    return millisUntilDue();
                })
                .toArray();
    }

    @Test
    void aServerThatIsFullIsAskedAgainEverMoreSeldom() {
        assertThat(Resumption.isFinal(full(0))).isFalse();
        random = 0;
        lose();
        assertThat(waitsWhereFull(0)).containsExactly(1000, 2000, 2500, 2500, 2500);
        random = -1;
        lose();
        assertThat(waitsWhereFull(0)).containsExactly(2000, 4000, 5000, 5000, 5000);
    }

    @Test
    void aServerThatIsFullIsNotAskedSoonerThanItSays() {
        assertThat(Resumption.isFinal(full(30))).isFalse();
        random = 0;
        lose();
        assertThat(waitsWhereFull(30)).containsOnly(32_500);
        random = -1;
        lose();
        assertThat(waitsWhereFull(30)).containsOnly(35_000);
    }

    @Test
    void whatSpeaksAgainstAPlayerIsFinal() {
        for (int code : new int[] {StatedReason.REPLACED, StatedReason.REFUSED, 1000}) {
            assertThat(Resumption.isFinal(new DisconnectReason.Denied(StatedReason.of(code, "no"))))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {86_401, 999_999_999, Long.MAX_VALUE})
    void whatNobodyWaitsForIsADay(long retryAfterSeconds) {
        lose();
        assertThat(millisAfter(told("503", retryAfterSeconds))).isEqualTo(DAY.toMillis() + 2500);
    }
}
