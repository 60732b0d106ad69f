package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Thousands of small worlds, each of one seed: see [Scenario] for what happens in them, and
/// [dev.hawser.testkit.pair.Invariant] for what must not.
///
/// `-Dhawser.seed=N` runs that seed alone, `-Dhawser.seeds=N` so many from 0.
class SimulationTest {
    private static final int SEEDS_DEFAULT = 2_000;
    private static final int FAILURES_SHOWN_MAX = 3;
    private static final int THREADS_MAX = 2;

    static String replayCommand(long seed) {
        return "./check -pl :hawser-tests -am -Dtest=SimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dhawser.seed="
                + seed;
    }

    @Test
    void noSeedBreaksAnInvariant() throws Exception {
        Long only = Long.getLong("hawser.seed");
        run(
                only != null
                        ? List.of(only)
                        : seeds(Integer.getInteger("hawser.seeds", SEEDS_DEFAULT)));
    }

    @Test
    void noPinnedSeedBreaksAnInvariant() throws Exception {
        assumeThat(System.getProperty("hawser.seed")).isNull();
        List<Long> pinned = pinnedSeeds();
        assertThat(pinned).isNotEmpty();
        run(pinned);
    }

    private static List<Long> seeds(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    private static List<Long> pinnedSeeds() throws IOException {
        try (InputStream file = SimulationTest.class.getResourceAsStream("pinned-seeds.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Long.valueOf(line.split(" ", 2)[0]))
                    .toList();
        }
    }

    /// Each seed is a world of its own, so several can run at once and still be the same again.
    private static void run(List<Long> seeds) throws InterruptedException {
        Queue<Long> left = new ConcurrentLinkedQueue<>(seeds);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            Callable<Void> worker =
                    () -> {
                        for (Long seed = left.poll();
                                seed != null && failures.size() < FAILURES_SHOWN_MAX;
                                seed = left.poll()) {
                            runOne(seed, failures);
                        }
                        return null;
                    };
            executor.invokeAll(LongStream.range(0, threads).mapToObj(_ -> worker).toList());
        }
        if (!failures.isEmpty()) {
            fail(String.join(System.lineSeparator().repeat(2), failures));
        }
    }

    private static void runOne(long seed, Queue<String> failures) {
        try {
            new Scenario(seed).run();
        } catch (Throwable failure) {
            failures.add(described(seed, failure));
        }
    }

    private static String described(long seed, Throwable failure) {
        StringWriter text = new StringWriter();
        text.append("seed ").append(Long.toString(seed)).append(": ");
        failure.printStackTrace(new PrintWriter(text, true));
        return text.append("again: ").append(replayCommand(seed)).toString();
    }
}
