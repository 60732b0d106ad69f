package dev.hawser.backend.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hawser.backend.problem.Problem;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// So many requests a minute for each account, or each address. A caller that was quiet may use a
/// minute's worth at once.
///
/// It is the generic cell rate algorithm (ITU-T I.371): each request takes its share of a minute,
/// one after the other, and a caller may be at most a minute ahead of the clock. So all that is
/// kept of a caller is one point in time. Shares are whole nanoseconds: above some 200,000 a minute
/// a few more are taken.
///
/// Those who have not called for two minutes are forgotten, as they may use a minute's worth again;
/// of more callers than are remembered the least recent are forgotten early, to their advantage.
public final class RateLimit {
    private static final int CALLERS_MAX = 200_000;
    private static final long AHEAD_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private final long shareNanos;
    private final LongSupplier monotonicClock;

    /// Until when a caller's requests have used up the time.
    private final Cache<String, Long> usedUntil;

    public RateLimit(int perMinute, LongSupplier monotonicClock) {
        shareNanos = AHEAD_NANOS_MAX / perMinute;
        this.monotonicClock = monotonicClock;
        usedUntil =
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
        long nowNanos = monotonicClock.getAsLong();
        usedUntil.asMap().merge(caller, nowNanos + shareNanos, (used, _) -> later(used, nowNanos));
    }

    /// {@return until when the time is used up with one request more}
    private long later(long used, long nowNanos) {
        long aheadNanos = Math.max(0, used - nowNanos) + shareNanos;
        if (aheadNanos > AHEAD_NANOS_MAX) {
            throw Problem.tooMany(Duration.ofNanos(aheadNanos - AHEAD_NANOS_MAX));
        }
        return nowNanos + aheadNanos;
    }
}
