package dev.hawser.testkit;

import dev.hawser.protocol.RandomBytes;
import java.util.SplittableRandom;

/// Random numbers that are the same for the same seed, on every machine: for tests, never for keys
/// that anybody relies on.
public final class SeededRandom implements RandomBytes {
    private final SplittableRandom random;

    /// Creates a generator.
    public SeededRandom(long seed) {
        this(new SplittableRandom(seed));
    }

    private SeededRandom(SplittableRandom random) {
        this.random = random;
    }

    /// {@return a generator of its own, so that drawing more numbers here does not change those
    /// drawn there}
    public SeededRandom split() {
        return new SeededRandom(random.split());
    }

    @Override
    public void nextBytes(byte[] target) {
        random.nextBytes(target);
    }

    /// {@return any 64 bits}
    public long nextLong() {
        return random.nextLong();
    }

    /// {@return a number from 0 to `bound - 1`}
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    /// {@return a number from `min` to `max`, both included}
    public int nextInt(int min, int max) {
        return random.nextInt(min, max + 1);
    }

    /// {@return a number from `min` to `max`, both included}
    public long nextLong(long min, long max) {
        return random.nextLong(min, max + 1);
    }

    /// {@return a number from 0 to `bound`, excluded}
    public double nextDouble(double bound) {
        return random.nextDouble(bound);
    }

    /// {@return true with this probability}
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// {@return new random bytes}
    public byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
