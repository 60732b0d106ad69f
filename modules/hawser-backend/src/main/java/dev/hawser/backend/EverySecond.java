package dev.hawser.backend;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Does what is due every second, whether somebody asks the service for something or not.
final class EverySecond {
    private static final long INTERVAL_SECONDS = 1;

    private final List<Runnable> tasks;
    private final Logger logger;
    private final CountDownLatch closed = new CountDownLatch(1);

    EverySecond(List<Runnable> tasks, Logger logger) {
        this.tasks = List.copyOf(tasks);
        this.logger = logger;
    }

    void start() {
        Thread.ofVirtual().name("hawser-every-second").start(this::run);
    }

    void close() {
        closed.countDown();
    }

    private void run() {
        try {
            do {
                tasks.forEach(this::run);
            } while (!closed.await(INTERVAL_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// An application's own certificate source may fail, and is asked again.
    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            logger.log(Level.WARNING, "What the token service does every second failed", e);
        }
    }
}
