package dev.hawser.online.http;

import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: anything from nothing to a bound that doubles with
/// each attempt. All clients that a restart of the service has sent away do not come back together
/// then.
///
/// @param baseNanos the bound after the first attempt
/// @param maxNanos the largest bound
/// @param random which must bear several threads
public record Backoff(long baseNanos, long maxNanos, RandomGenerator random) {
    /// From here on the bound is the largest one, and a shift further would overflow.
    private static final int DOUBLINGS_MAX = 20;

    /// {@return the bound after this many attempts, from 1}
    public long boundNanos(int attempts) {
        int doublings = Math.min(attempts - 1, DOUBLINGS_MAX);
        return baseNanos > maxNanos >> doublings ? maxNanos : baseNanos << doublings;
    }

    /// {@return how long to wait after this many attempts, from 1; another time each time}
    public long waitNanos(int attempts) {
        return random.nextLong(boundNanos(attempts) + 1);
    }
}
