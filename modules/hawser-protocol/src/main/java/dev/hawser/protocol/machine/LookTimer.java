package dev.hawser.protocol.machine;

/// Tells a side that stood still from one that hears nothing.
///
/// Whoever loads a level, is held up by a garbage collection or by a debugger, or has its window
/// moved, looks at nothing for seconds, and what came meanwhile may be lost: the system keeps no
/// more than fits its buffer. So time in which nobody looked is no silence. Of a longer pause the
/// first [#SILENCE_NANOS_MAX] count all the same: they are what a side that looks once a second
/// takes.
final class LookTimer {
    /// What two looks that follow each other count for at most.
    static final long SILENCE_NANOS_MAX = 1_000_000_000;

    private long lookedAtNanos;

    /// The latest pause, and when it ended.
    private long pauseNanos;

    private long pauseEndNanos;

    /// Begins anew: somebody looks, and there was no pause.
    void start(long nowNanos) {
        lookedAtNanos = nowNanos;
        pauseNanos = 0;
    }

    /// Takes note that somebody looks.
    ///
    /// @param wasDue whether there was something to look after since the last look
    /// @return how much of the time since the last look was no silence
    long look(long nowNanos, boolean wasDue) {
        long sinceLookNanos = nowNanos - lookedAtNanos;
        lookedAtNanos = nowNanos;
        if (!wasDue || sinceLookNanos <= SILENCE_NANOS_MAX) {
            return 0;
        }
        pauseNanos = sinceLookNanos;
        pauseEndNanos = nowNanos;
        return sinceLookNanos - SILENCE_NANOS_MAX;
    }

    /// {@return since when it was silent, once what was no silence is taken out}
    ///
    /// @param sinceNanos since when it seemed to be
    /// @param forgivenNanos what [#look] has just returned
    static long silentSince(long nowNanos, long sinceNanos, long forgivenNanos) {
        long laterNanos = sinceNanos + forgivenNanos;
        return laterNanos - nowNanos > 0 ? nowNanos : laterNanos;
    }

    /// {@return how long the latest pause was, if it ended in a silence that began then; else 0}
    long pauseIn(long silentSinceNanos) {
        return pauseNanos > 0 && silentSinceNanos - pauseEndNanos <= 0 ? pauseNanos : 0;
    }
}
