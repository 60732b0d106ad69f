package dev.hawser.web;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Sees what must not happen in threads that no test is in: exceptions that nobody caught, what
/// Netty warns of, and buffers that were never given back, which it reports in its log.
final class LogWatch extends Handler implements AutoCloseable {
    private final Logger netty = Logger.getLogger("io.netty");
    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    private final Thread.UncaughtExceptionHandler handler =
            Thread.getDefaultUncaughtExceptionHandler();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    LogWatch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        setLevel(Level.WARNING);
        netty.addHandler(this);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> seen.add(thread + ": " + e));
    }

    /// {@return what was seen}
    List<String> seen() {
        return seen;
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            seen.add(
                    record.getLoggerName() + ": " + record.getMessage() + " " + record.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        netty.removeHandler(this);
        Thread.setDefaultUncaughtExceptionHandler(handler);
        ResourceLeakDetector.setLevel(level);
    }
}
