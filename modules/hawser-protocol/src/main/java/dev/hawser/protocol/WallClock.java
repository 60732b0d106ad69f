package dev.hawser.protocol;

/// Unix time: the port through which tokens learn whether they have expired.
///
/// A machine's clock may be wrong and be set right while a program runs, by hours in one step. What
/// stands behind this port is expected to bear that, as [CorrectedClock] does; servers bear it from
/// any clock that what they have forgotten stays refused. Timers do not use it; they run on the
/// monotonic nanoseconds that the caller passes in.
@FunctionalInterface
public interface WallClock {
    /// {@return seconds since 1970-01-01T00:00Z}
    long unixSeconds();

    /// {@return by how many seconds this clock has been moved in all because it was wrong, negative
    /// for backwards; 0 for one that knows nothing of such moves}
    ///
    /// What was noted of it before a move is off by what has been added here since. Whoever needs
    /// both asks for the time first: a move in between then counts as made, and the time as old.
    default long movedBySeconds() {
        return 0;
    }
}
