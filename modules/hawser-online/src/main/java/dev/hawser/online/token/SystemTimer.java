package dev.hawser.online.token;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// The machine's own time. The waiting is done by a daemon thread that the JDK has anyway.
final class SystemTimer implements FetchTimer {
    private final Executor executor;

    SystemTimer(Executor executor) {
        this.executor = executor;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable task) {
        CompletableFuture<Void> due = new CompletableFuture<>();
        var _ = due.thenRun(() -> run(task));
        // Cancelled, it takes itself out of the JDK's queue.
        var _ = due.completeOnTimeout(null, delayNanos, TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    private void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // A fetch must end also where somebody has shut its executor down.
            task.run();
        }
    }
}
