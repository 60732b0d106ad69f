package dev.hawser;

import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.WallClock;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// The clock and the randomness of this machine.
final class SystemPorts {
    /// Unix time that never runs backwards while this process lives: where the system's clock is
    /// set back, it stands still until it is caught up with. A server forgets a used token when it
    /// has expired, and a clock that ran backwards would make it live again.
    static final WallClock WALL_CLOCK = nonDecreasing(InstantSource.system());

    static final RandomBytes RANDOM = new SecureRandom()::nextBytes;

    private SystemPorts() {}

    static WallClock nonDecreasing(InstantSource source) {
        AtomicLong latest = new AtomicLong();
        return () -> latest.accumulateAndGet(source.instant().getEpochSecond(), Math::max);
    }
}
