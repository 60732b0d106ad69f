package dev.hawser.backend;

import dev.hawser.protocol.WallClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;

/// Looks at the clock, every second and whether somebody wants a token or not: so a clock that was
/// set right has been noticed before the next player comes, and the log says so.
final class ClockWatch {
    private final WallClock clock;
    private final Logger logger;
    private long saidMovedBySeconds;

    ClockWatch(WallClock clock, Logger logger) {
        this.clock = clock;
        this.logger = logger;
        saidMovedBySeconds = clock.movedBySeconds();
    }

    void look() {
        Instant now = Instant.ofEpochSecond(clock.unixSeconds());
        long moved = clock.movedBySeconds() - saidMovedBySeconds;
        if (moved == 0) {
            return;
        }
        saidMovedBySeconds += moved;
        logger.log(
                Level.WARNING,
                "The clock of this machine was set "
                        + (moved < 0 ? "back" : "forward")
                        + " by "
                        + Math.abs(moved)
                        + " s, and has stayed so: logins are judged and connect tokens are made by"
                        + " the new time from here on, "
                        + now
                        + ". Tokens that were made before may be refused by game servers; players"
                        + " get new ones.");
    }
}
