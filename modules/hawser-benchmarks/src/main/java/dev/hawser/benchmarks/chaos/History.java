package dev.hawser.benchmarks.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The file that all events of a run go to, a line each: when by the machine's monotonic clock,
/// which is one for all processes, what, and `name=value` as often as needed. Any thread may write.
final class History implements AutoCloseable {
    private final PrintWriter file;

    History(Path path) throws IOException {
        file = new PrintWriter(Files.newBufferedWriter(path, StandardCharsets.UTF_8), true);
    }

    /// {@return a line of what happens now}
    static String line(String what, String details) {
        return System.nanoTime() + " " + what + (details.isEmpty() ? "" : " " + details);
    }

    void note(String what, String details) {
        copy(line(what, details));
    }

    /// What a loop is late by at least before the machine is said to lack processors.
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// {@return since when a loop stood still that came by then and comes now; 0 when it did not}
    static long stalledSince(long lastNanos, long nowNanos) {
        return nowNanos - lastNanos > STALL_NANOS ? lastNanos : 0;
    }

    /// Takes a line that another process has made.
    synchronized void copy(String line) {
        file.println(line);
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
