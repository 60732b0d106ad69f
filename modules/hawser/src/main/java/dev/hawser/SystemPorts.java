package dev.hawser;

import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.security.SecureRandom;

/// The clock and the randomness of this machine.
final class SystemPorts {
    static final WallClock WALL_CLOCK = SystemClock.WALL_CLOCK;

    static final RandomBytes RANDOM = new SecureRandom()::nextBytes;

    private SystemPorts() {}
}
