package dev.hawser.backend.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hawser.backend.problem.Ranges;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/// Budgets in the memory of one service.
///
/// It is the generic cell rate algorithm (ITU-T I.371): each request takes its share of a minute,
/// one after the other, and a caller may be at most a minute ahead of the clock. So all that is
/// kept of a caller is one point in time. Shares are whole nanoseconds: above some 200,000 a minute
/// a few more are taken.
///
/// Those who have not called for two minutes are forgotten, as they may use a minute's worth again;
/// of more callers than are remembered the least recent are forgotten early, to their advantage.
/// Any thread may call it.
final class MemoryBudgets implements RequestBudgets {
    private static final long AHEAD_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    /// The answer to nearly all requests, made once.
    private static final CompletableFuture<Optional<Duration>> GO_ON =
            CompletableFuture.completedFuture(Optional.empty());

    private final LongSupplier monotonicClock;

    /// Until when a caller's requests have used up the time.
    private final Cache<String, Long> usedUntil;

    MemoryBudgets(int callersMax, LongSupplier monotonicClock) {
        this.monotonicClock = monotonicClock;
        usedUntil =
                Caffeine.newBuilder()
                        .maximumSize(callersMax)
                        .expireAfterAccess(Duration.ofMinutes(2))
                        .ticker((Ticker) monotonicClock::getAsLong)
                        .build();
    }

    @Override
    public CompletionStage<Optional<Duration>> take(String caller, int perMinute) {
        if (caller.isEmpty() || caller.length() > CALLER_LENGTH_MAX) {
            return CompletableFuture.failedStage(
                    new IllegalArgumentException(
                            "caller has "
                                    + caller.length()
                                    + " characters, but must have 1 to "
                                    + CALLER_LENGTH_MAX
                                    + ": a hash will do"));
        }
        Ranges.check("perMinute", perMinute, 1, PER_MINUTE_MAX);
        var request = new Request(AHEAD_NANOS_MAX / perMinute, monotonicClock.getAsLong());
        usedUntil.asMap().merge(caller, request.nowNanos + request.shareNanos, request);
        return request.waitNanos == 0
                ? GO_ON
                : CompletableFuture.completedStage(
                        Optional.of(Duration.ofNanos(request.waitNanos)));
    }

    /// One more of a caller that is known.
    private static final class Request implements BiFunction<Long, Long, Long> {
        private final long shareNanos;
        private final long nowNanos;

        /// How long it is too early.
        private long waitNanos;

        Request(long shareNanos, long nowNanos) {
            this.shareNanos = shareNanos;
            this.nowNanos = nowNanos;
        }

        /// {@return until when the time is used up with this request}
        @Override
        public Long apply(Long used, Long first) {
            long aheadNanos = Math.max(0, used - nowNanos) + shareNanos;
            waitNanos = Math.max(0, aheadNanos - AHEAD_NANOS_MAX);
            return waitNanos > 0 ? used : nowNanos + aheadNanos;
        }
    }
}
