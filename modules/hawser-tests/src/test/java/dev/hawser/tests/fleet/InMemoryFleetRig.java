package dev.hawser.tests.fleet;

import dev.hawser.backend.fleet.InMemoryFleetStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A store in memory.
final class InMemoryFleetRig implements FleetStoreRig {
    private static final long START_UNIX_SECONDS = 1_900_000_000;

    /// Such a clock may start anywhere, and run over.
    private static final long START_NANOS = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);

    private final InMemoryFleetStore store =
            InMemoryFleetStore.builder()
                    .monotonicClock(this::nanos)
                    .wallClock(this::unixSeconds)
                    .build();

    private long elapsedNanos;

    private long nanos() {
        return START_NANOS + elapsedNanos;
    }

    @Override
    public InMemoryFleetStore store() {
        return store;
    }

    @Override
    public void advance(Duration time) {
        elapsedNanos += time.toNanos();
    }

    @Override
    public long unixSeconds() {
        return START_UNIX_SECONDS + TimeUnit.NANOSECONDS.toSeconds(elapsedNanos);
    }

    @Override
    public void close() {
        store.close();
    }
}
