package dev.hawser.time;

import dev.hawser.protocol.CorrectedClock;
import dev.hawser.protocol.WallClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Unix time of this machine, for whoever makes or judges connect tokens and certificates.
public final class SystemClock {
    /// The one that all parts of a process share, servers and token services and certificates, so
    /// that they agree: a [CorrectedClock] over the system's. It holds when the machine's clock is
    /// wrong for a moment, and follows within seconds when that is set right. Any thread may use
    /// it.
    public static final WallClock WALL_CLOCK = corrected(InstantSource.system(), System::nanoTime);

    /// The same as whole seconds of `java.time`.
    public static final InstantSource INSTANT_SOURCE =
            () -> Instant.ofEpochSecond(WALL_CLOCK.unixSeconds());

    private SystemClock() {}

    /// {@return Unix time in milliseconds as the machine's clock has it: for names that rise from
    /// one start of a process to the next, never for what expires}
    public static long machineMillis() {
        return InstantSource.system().millis();
    }

    /// {@return Unix time of a source that may step, corrected; any thread may use it}
    ///
    /// @param source looked at whenever the time is asked for
    /// @param monotonicClock nanoseconds that never decrease
    public static WallClock corrected(InstantSource source, LongSupplier monotonicClock) {
        return new Corrected(source, monotonicClock);
    }

    private static final class Corrected implements WallClock {
        private final InstantSource source;
        private final LongSupplier monotonicClock;
        private final CorrectedClock clock;

        Corrected(InstantSource source, LongSupplier monotonicClock) {
            this.source = source;
            this.monotonicClock = monotonicClock;
            clock =
                    new CorrectedClock(
                            monotonicClock.getAsLong(), source.instant().getEpochSecond());
        }

        @Override
        public synchronized long unixSeconds() {
            clock.update(monotonicClock.getAsLong(), source.instant().getEpochSecond());
            return clock.unixSeconds();
        }

        @Override
        public synchronized long movedBySeconds() {
            return clock.movedBySeconds();
        }
    }
}
