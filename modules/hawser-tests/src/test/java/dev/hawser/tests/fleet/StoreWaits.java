package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Waits for a store that is away, and for what it says.
final class StoreWaits {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private StoreWaits() {}

    /// Asks again until it is so.
    static void until(String what, Callable<Boolean> isSo) throws Exception {
        long startNanos = System.nanoTime();
        while (!isSo.call()) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                fail(what + " has not happened");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /// Asks again until there is an answer.
    static <T> T answered(String what, Callable<CompletionStage<T>> step) throws Exception {
        Object[] answer = new Object[1];
        until(
                what,
                () -> {
                    try {
                        answer[0] = RegistryWorld.join(step.call());
                        return true;
                    } catch (CompletionException notYet) {
                        return false;
                    }
                });
        @SuppressWarnings("unchecked")
        T answered = (T) answer[0];
        return answered;
    }

    /// What is logged of stores from now on.
    static final class Log extends Handler implements AutoCloseable {
        private static final Logger STORE = Logger.getLogger("dev.hawser.redis");

        /// Says of each connection that it is tried again; here that is no news.
        private static final Logger DRIVER = Logger.getLogger("io.lettuce.core");

        /// Of all tests together.
        private static int open;

        final List<String> lines = new CopyOnWriteArrayList<>();

        Log() {
            synchronized (Log.class) {
                open++;
                STORE.addHandler(this);
                STORE.setUseParentHandlers(false);
                DRIVER.setLevel(Level.OFF);
            }
        }

        /// What was said of one store.
        List<String> of(RedisProcess server) {
            return lines.stream().filter(line -> line.contains(server.url() + " ")).toList();
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            synchronized (Log.class) {
                STORE.removeHandler(this);
                if (--open == 0) {
                    STORE.setUseParentHandlers(true);
                    DRIVER.setLevel(null);
                }
            }
        }
    }
}
