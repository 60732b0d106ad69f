package dev.hawser.benchmarks.fleet;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Players who ask a service for tokens.
final class TokenLoad {
    private static final int AT_A_TIME = 16;
    private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(2);

    private TokenLoad() {}

    /// {@return the processor's time that the service took for each of so many tokens, asked for as
    /// fast as it answers, by sixteen players at a time}
    static Duration cpuPerToken(ServiceProcess service, int tokens)
            throws IOException, InterruptedException {
        Duration before = service.cpu();
        try (ExecutorService players = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) {
                all.add(
                        players.submit(() -> {
                            for (int k = 0; k < tokens / AT_A_TIME; k++) {
                                service.fetch();
                            }
                            return null;
                        }));
            }
            for (Future<?> each : all) {
                join(each);
            }
        }
        return service.cpu().minus(before).dividedBy((long) tokens / AT_A_TIME * AT_A_TIME);
    }

    private static void join(Future<?> future) throws IOException, InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /// {@return how long a token took, in µs, when so many players a second ask for one}
    ///
    /// Each has a time at which it asks, and waits from that time on, whatever those before it wait
    /// for: a service that stands still for a while has all of them wait.
    static Histogram waits(ServiceProcess service, int perSecond, Duration time)
            throws IOException, InterruptedException {
        Histogram waits = new ConcurrentHistogram(HIGHEST_MICROS, 3);
        long gapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long startNanos = System.nanoTime();
        long count = time.toNanos() / gapNanos;
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService players = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; i < count; i++) {
                long dueNanos = startNanos + i * gapNanos;
                while (dueNanos - System.nanoTime() > 0) {
                    LockSupport.parkNanos(dueNanos - System.nanoTime());
                }
                all.add(
                        players.submit(() -> {
                            service.fetch();
                            waits.recordValue(
                                    Math.min(
                                            HIGHEST_MICROS,
                                            TimeUnit.NANOSECONDS.toMicros(
                                                    System.nanoTime() - dueNanos)));
                            return null;
                        }));
            }
        }
        for (Future<?> each : all) {
            join(each);
        }
        return waits;
    }
}
