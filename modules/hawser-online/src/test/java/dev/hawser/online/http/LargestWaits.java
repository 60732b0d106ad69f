package dev.hawser.online.http;

import java.util.random.RandomGenerator;

/// Always the longest wait, and endpoints in the order in which they were named.
public final class LargestWaits implements RandomGenerator {
    @Override
    public long nextLong() {
        throw new UnsupportedOperationException("a bound is to be asked for");
    }

    @Override
    public long nextLong(long bound) {
        return bound - 1;
    }
}
