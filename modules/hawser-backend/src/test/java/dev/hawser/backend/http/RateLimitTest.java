package dev.hawser.backend.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.problem.Problem;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /// Close to where the numbers of a monotonic clock begin anew.
    private long nowNanos = Long.MAX_VALUE - 30 * SECOND;

    private final RateLimit limit = limit(6);

    private RateLimit limit(int perMinute) {
        return new RateLimit(
                InMemoryFleetStore.builder().monotonicClock(() -> nowNanos).build().budgets(),
                "test",
                perMinute);
    }

    private void assertTaken(int requests, String caller) {
        for (int i = 0; i < requests; i++) {
            assertThatCode(() -> limit.count(caller)).doesNotThrowAnyException();
        }
    }

    private void assertRefused(String caller, int retryAfterSeconds) {
        Problem problem = catchThrowableOfType(Problem.class, () -> limit.count(caller));
        assertThat(problem.status).isEqualTo(429);
        assertThat(problem.retryAfterSeconds).isEqualTo(retryAfterSeconds);
    }

    @Test
    void whoWasQuietMayUseAMinutesWorthAtOnce() {
        assertTaken(6, "a");
        assertRefused("a", 10);
        assertTaken(6, "b");
    }

    @Test
    void whatIsRefusedUsesNothing() {
        assertTaken(6, "a");
        nowNanos += 4 * SECOND;
        assertRefused("a", 6);
        assertRefused("a", 6);
        nowNanos += 6 * SECOND;
        assertTaken(1, "a");
        assertRefused("a", 10);
    }

    @Test
    void timeThatPassesGivesBackNoMoreThanAMinutesWorth() {
        assertTaken(6, "a");
        nowNanos += 60 * SECOND;
        assertTaken(6, "a");
        assertRefused("a", 10);
        nowNanos += 100 * SECOND;
        assertTaken(6, "a");
        assertRefused("a", 10);
    }

    /// Also where a minute cannot be divided by it.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 60, 601, 99_991})
    void soManyAndNoMoreAreTaken(int perMinute) throws TimeoutException {
        RateLimit other = limit(perMinute);
        for (int i = 0; i < perMinute; i++) {
            other.count("a");
        }
        assertThatCode(() -> other.count("a")).isInstanceOf(Problem.class);
    }
}
