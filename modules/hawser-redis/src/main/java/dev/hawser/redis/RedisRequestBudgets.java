package dev.hawser.redis;

import dev.hawser.backend.fleet.RequestBudgets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
        if (perMinute < 1
                || perMinute > PER_MINUTE_MAX
                || caller.isEmpty()
                || caller.length() > CALLER_LENGTH_MAX) {
            return CompletableFuture.failedStage(
                    new IllegalArgumentException(
                            "perMinute is "
                                    + perMinute
                                    + " of a caller of "
                                    + caller.length()
                                    + " characters, but must be from 1 to "
                                    + PER_MINUTE_MAX
                                    + ", of 1 to "
                                    + CALLER_LENGTH_MAX));
        }
        return store.<Long>run(
                        Script.BUDGET,
                        keys.budget(caller),
                        List.of(Long.toString(MINUTE_MICROS / perMinute)))
                .thenApply(micros ->
                        micros == 0
                                ? Optional.empty()
                                : Optional.of(Duration.of(micros, ChronoUnit.MICROS)));
    }
}
