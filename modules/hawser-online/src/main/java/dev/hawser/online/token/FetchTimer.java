package dev.hawser.online.token;

/// The time that a fetch goes by: its timeouts, and the waits between its attempts.
///
/// Any thread calls it. Tests pass one whose time is moved by hand.
public interface FetchTimer {
    /// {@return nanoseconds that never decrease}
    long nanos();

    /// Runs a task later, on a thread on which it may take its time.
    ///
    /// @param delayNanos from now; not negative
    /// @return to cancel it with
    Scheduled schedule(long delayNanos, Runnable task);

    /// A task that waits for its time.
    @FunctionalInterface
    interface Scheduled {
        /// Lets the task not run, if it has not begun.
        void cancel();
    }
}
