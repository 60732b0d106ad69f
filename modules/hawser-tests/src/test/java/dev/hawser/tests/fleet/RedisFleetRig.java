package dev.hawser.tests.fleet;

import dev.hawser.redis.RedisFleetStore;
import dev.hawser.redis.RedisStores;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A store in a real Redis, under a prefix of its own. Time passes there by itself, and is moved
/// besides.
final class RedisFleetRig implements FleetStoreRig {
    private final AtomicLong addedMillis = new AtomicLong();
    private final RedisFleetStore store;

    RedisFleetRig() {
        this(RedisProcess.shared().url());
    }

    RedisFleetRig(String url) {
        try {
            store =
                    RedisStores.ofTests(
                                    RedisFleetStore.builder(url)
                                            .keyPrefix(RedisProcess.newPrefix()),
                                    addedMillis::get)
                            .open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public RedisFleetStore store() {
        return store;
    }

    @Override
    public void advance(Duration time) {
        addedMillis.addAndGet(time.toMillis());
    }

    @Override
    public long unixSeconds() {
        return SystemClock.WALL_CLOCK.unixSeconds() + addedMillis.get() / 1000;
    }

    @Override
    public void close() {
        store.close();
    }
}
