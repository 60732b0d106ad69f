package dev.hawser.redis;

import dev.hawser.backend.fleet.RequestBudgets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Budgets in the store: of each caller one point in time, by the store's clock.
final class RedisRequestBudgets implements RequestBudgets {
    private static final long MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);

    private final StoreConnection store;
    private final StoreKeys keys;

    RedisRequestBudgets(StoreConnection store, StoreSettings settings) {
        this.store = store;
        keys = settings.keys();
    }

    @Override
    public CompletionStage<Optional<Duration>> take(String caller, int perMinute) {
        return Steps.checked(() -> {
            Steps.range("perMinute", perMinute, 1, PER_MINUTE_MAX);
            Steps.range("the length of caller", caller.length(), 1, CALLER_LENGTH_MAX);
            return store.<Long>run(
                            Script.BUDGET,
                            keys.budget(caller),
                            List.of(Long.toString(MINUTE_MICROS / perMinute)))
                    .thenApply(micros ->
                            micros == 0
                                    ? Optional.empty()
                                    : Optional.of(Duration.of(micros, ChronoUnit.MICROS)));
        });
    }
}
