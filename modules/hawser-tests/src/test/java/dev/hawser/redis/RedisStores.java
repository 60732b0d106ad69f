package dev.hawser.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Gives tests what nobody else sets.
public final class RedisStores {
    private RedisStores() {}

    /// Adds to the time of the store, and waits for it for as long as it may take.
    public static RedisFleetStore.Builder ofTests(
            RedisFleetStore.Builder builder, LongSupplier addedMillis) {
        return builder.ofTests(addedMillis, Duration.ofMinutes(10));
    }
}
