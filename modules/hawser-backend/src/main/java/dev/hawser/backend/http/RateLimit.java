package dev.hawser.backend.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hawser.backend.problem.Problem;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;

/// So many requests a minute for each account, or each address. A caller that was quiet may use a
/// minute's worth at once.
///
/// Those who have not called for two minutes are forgotten, as their buckets are full again; of
/// more callers than are remembered the least recent are forgotten early, to their advantage.
public final class RateLimit {
    private static final int CALLERS_MAX = 200_000;

    private final int perMinute;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    public RateLimit(int perMinute, LongSupplier monotonicClock) {
        this.perMinute = perMinute;
        clock = new Clock(monotonicClock);
        buckets =
                Caffeine.newBuilder()
                        .maximumSize(CALLERS_MAX)
                        .expireAfterAccess(Duration.ofMinutes(2))
                        .ticker((Ticker) monotonicClock::getAsLong)
                        .build();
    }

    /// Counts a request.
    ///
    /// @throws Problem when it is one too many
    public void count(String caller) {
        ConsumptionProbe probe = buckets.get(caller, _ -> bucket()).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Problem.tooMany(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit ->
                        limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                .withCustomTimePrecision(clock)
                .build();
    }

    private record Clock(LongSupplier nanos) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
