package dev.hawser.load;

import java.io.IOException;

/// What a process used while it was measured.
///
/// @param cpuNanos of all its threads together
/// @param userNanos of those, outside the kernel; from hundredths of a second
/// @param systemNanos of those, in the kernel
/// @param wallNanos how long it was measured
/// @param residentBytes its memory at the end
/// @param receiveDrops packets that its UDP sockets had no room for
record Usage(
        long cpuNanos,
        long userNanos,
        long systemNanos,
        long wallNanos,
        long residentBytes,
        long receiveDrops) {
    /// Measures a process from [#start()] to [#stop()].
    static final class Stopwatch {
        private final ProcessMeter meter;
        private ProcessMeter.Reading start = new ProcessMeter.Reading(0, 0, 0, 0, 0);
        private long startNanos;

        Stopwatch(long pid) throws LoadException {
            meter = new ProcessMeter(pid);
        }

        void start() throws LoadException {
            start = read();
            startNanos = System.nanoTime();
        }

        Usage stop() throws LoadException {
            long wallNanos = System.nanoTime() - startNanos;
            ProcessMeter.Reading stop = read();
            return new Usage(
                    stop.cpuNanos() - start.cpuNanos(),
                    stop.userNanos() - start.userNanos(),
                    stop.systemNanos() - start.systemNanos(),
                    wallNanos,
                    stop.residentBytes(),
                    stop.receiveDrops() - start.receiveDrops());
        }

        private ProcessMeter.Reading read() throws LoadException {
            try {
                return meter.read();
            } catch (IOException e) {
                throw new LoadException(
                        "the measured process ended during the run: see its output");
            }
        }
    }

    /// {@return the share of one core}
    double busy() {
        return (double) cpuNanos / wallNanos;
    }
}
