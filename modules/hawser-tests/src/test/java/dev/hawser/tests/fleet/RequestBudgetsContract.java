package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.fleet.RequestBudgets;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How often callers may ask of any store. Budgets are so small here that a share of them takes
/// many seconds, since time may also pass by itself.
abstract class RequestBudgetsContract {
    private static final Duration MOMENT = Duration.ofSeconds(25);

    private final FleetStoreRig rig = newRig();

    abstract FleetStoreRig newRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private Optional<Duration> take(String caller, int perMinute) {
        return RegistryWorld.join(rig.store().budgets().take(caller, perMinute));
    }

    @Test
    void aMinutesWorthMayBeUsedAtOnceAndThenEachRequestWaitsForItsShare() {
        assertThat(take("a", 2)).isEmpty();
        assertThat(take("a", 2)).isEmpty();
        Duration wait = take("a", 2).orElseThrow();
        assertThat(wait).isBetween(Duration.ofSeconds(30).minus(MOMENT), Duration.ofSeconds(30));
        // What is refused uses nothing.
        for (int i = 0; i < 10; i++) {
            assertThat(take("a", 2)).isPresent();
        }
        rig.advance(Duration.ofSeconds(31));
        assertThat(take("a", 2)).isEmpty();
        assertThat(take("a", 2)).isPresent();
    }

    @Test
    void callersHaveBudgetsOfTheirOwn() {
        assertThat(take("a", 1)).isEmpty();
        assertThat(take("a", 1)).isPresent();
        assertThat(take("b", 1)).isEmpty();
        String longest = "x".repeat(RequestBudgets.CALLER_LENGTH_MAX);
        assertThat(take(longest, 1)).isEmpty();
        assertThat(take(longest, 1)).isPresent();
        assertThat(take("2001:db8::1 {}*\n", 1)).isEmpty();
    }

    @Test
    void whoWasQuietMayUseAMinutesWorthAndNoMore() {
        take("a", 3);
        rig.advance(Duration.ofHours(5));
        for (int i = 0; i < 3; i++) {
            assertThat(take("a", 3)).isEmpty();
        }
        assertThat(take("a", 3)).isPresent();
    }

    @Test
    void aLimitThatIsChangedHoldsFromTheNextRequestOn() {
        assertThat(take("a", 1)).isEmpty();
        assertThat(take("a", 1)).isPresent();
        // A minute is used up; half of one is behind it before the new limit lets one more in.
        rig.advance(Duration.ofSeconds(31));
        assertThat(take("a", 1)).isPresent();
        assertThat(take("a", 2)).isEmpty();
        rig.advance(Duration.ofHours(1));
        assertThat(take("a", 1000)).isEmpty();
        assertThat(take("a", 1)).isPresent();
        for (int i = 0; i < 100; i++) {
            assertThat(take("a", 1000)).isEmpty();
        }
    }

    @Test
    void noLimitBeyondItsBoundsIsTaken() {
        for (int perMinute : new int[] {0, -1, RequestBudgets.PER_MINUTE_MAX + 1}) {
            refused("a", perMinute);
        }
        refused("", 1);
        refused("x".repeat(RequestBudgets.CALLER_LENGTH_MAX + 1), 1);
        assertThat(take("a", RequestBudgets.PER_MINUTE_MAX)).isEmpty();
    }

    private void refused(String caller, int perMinute) {
        Throwable thrown = Assertions.catchThrowable(() -> take(caller, perMinute));
        assertThat(thrown.getCause() == null ? thrown : thrown.getCause())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
