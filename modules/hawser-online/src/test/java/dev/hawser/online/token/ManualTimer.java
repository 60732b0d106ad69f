package dev.hawser.online.token;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes when the test says so.
final class ManualTimer implements FetchTimer {
    private static final long TASK_SECONDS_MAX = 120;

    private final AtomicLong nanos = new AtomicLong(1);
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();

    /// What waits for its time.
    record Task(long delayNanos, long dueNanos, Runnable action, AtomicBoolean isCancelled) {}

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable action) {
        Task task = new Task(delayNanos, nanos() + delayNanos, action, new AtomicBoolean());
        tasks.add(task);
        return () -> task.isCancelled().set(true);
    }

    /// {@return what was scheduled next, which is waited for}
    Task next() {
        try {
            Task task = tasks.poll(TASK_SECONDS_MAX, TimeUnit.SECONDS);
            if (task == null) {
                throw new AssertionError("nothing was scheduled");
            }
            return task;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Lets the time of a task come.
    void run(Task task) {
        nanos.accumulateAndGet(task.dueNanos(), Math::max);
        if (!task.isCancelled().get()) {
            task.action().run();
        }
    }
}
