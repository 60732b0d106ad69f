package dev.hawser.load;

import org.jspecify.annotations.Nullable;

/// The part of a run that counts: what server and generator used in it, and how long it was.
final class Measurement {
    private final Usage.@Nullable Stopwatch server;
    private final Usage.@Nullable Stopwatch generator;
    private @Nullable Usage serverUsage;
    private @Nullable Usage generatorUsage;
    private boolean isRunning;
    private long startNanos;
    private long endNanos;

    Measurement(LoadSettings settings) throws LoadException {
        server =
                settings.serverPid().isPresent()
                        ? new Usage.Stopwatch(settings.serverPid().getAsLong())
                        : null;
        generator = ownStopwatch();
    }

    /// On other systems there is none.
    private static Usage.@Nullable Stopwatch ownStopwatch() {
        try {
            return new Usage.Stopwatch(ProcessHandle.current().pid());
        } catch (LoadException nothingToRead) {
            return null;
        }
    }

    void start() throws LoadException {
        if (generator != null) {
            generator.start();
        }
        if (server != null) {
            server.start();
        }
        startNanos = System.nanoTime();
        isRunning = true;
    }

    void stop() throws LoadException {
        isRunning = false;
        endNanos = System.nanoTime();
        if (server != null) {
            serverUsage = server.stop();
        }
        if (generator != null) {
            generatorUsage = generator.stop();
        }
    }

    /// {@return whether what happens is counted}
    boolean isRunning() {
        return isRunning;
    }

    /// {@return whether a moment belongs to it, which may be running or over}
    boolean contains(long nanos) {
        return nanos - startNanos >= 0 && (isRunning || nanos - endNanos < 0);
    }

    long nanos() {
        return endNanos - startNanos;
    }

    @Nullable Usage serverUsage() {
        return serverUsage;
    }

    @Nullable Usage generatorUsage() {
        return generatorUsage;
    }
}
