package dev.hawser.backend.problem;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Log lines that strangers can cause: of each cause the first at once, then one a minute at most,
/// which says how many there were besides.
///
/// Causes are constants of this program, never something that came in. Any thread may call it.
public final class LimitedLog {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// Where a line is not to be written.
    public static final long UNSAID = -1;

    private final Logger logger;
    private final LongSupplier monotonicClock;
    private final Map<String, Cause> causes = new ConcurrentHashMap<>();

    private static final class Cause {
        private boolean isSaid;
        private long saidNanos;
        private long unsaid;
    }

    /// Writes to this logger.
    ///
    /// @param monotonicClock in nanoseconds
    public LimitedLog(Logger logger, LongSupplier monotonicClock) {
        this.logger = logger;
        this.monotonicClock = monotonicClock;
    }

    /// Counts one more of a cause.
    ///
    /// @return how many were left out since the last line, which this line is to say; [#UNSAID]
    ///   when this one is left out too
    public long count(String cause) {
        Cause known = causes.computeIfAbsent(cause, _ -> new Cause());
        synchronized (known) {
            long nowNanos = monotonicClock.getAsLong();
            if (known.isSaid && nowNanos - known.saidNanos < INTERVAL_NANOS) {
                known.unsaid++;
                return UNSAID;
            }
            long unsaid = known.unsaid;
            known.isSaid = true;
            known.saidNanos = nowNanos;
            known.unsaid = 0;
            return unsaid;
        }
    }

    public void log(Level level, String cause, Supplier<String> message) {
        log(level, cause, message, null);
    }

    public void log(
            Level level, String cause, Supplier<String> message, @Nullable Throwable thrown) {
        long unsaid = count(cause);
        if (unsaid == UNSAID) {
            return;
        }
        String line =
                unsaid == 0
                        ? message.get()
                        : message.get() + " (" + unsaid + " more of this since the last line)";
        if (thrown == null) {
            logger.log(level, line);
        } else {
            logger.log(level, line, thrown);
        }
    }
}
