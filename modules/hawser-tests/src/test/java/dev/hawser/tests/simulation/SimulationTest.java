package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hawser.testkit.pair.Invariants;
import dev.hawser.testkit.pair.PathStep;
import dev.hawser.testkit.pair.ResumeStep;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Thousands of small worlds, each of one seed: see [Scenario] for what happens in them, and
/// [dev.hawser.testkit.pair.Invariant] for what must not.
///
/// `-Dhawser.seed=N` runs that seed alone, `-Dhawser.seeds=N` so many, from 0 or from
/// `-Dhawser.firstSeed=N` on; the tables of what happened to paths, and to connections that were
/// lost, then stand in `target/path-steps.txt` and `target/resume-steps.txt`.
class SimulationTest {
    private static final int SEEDS_DEFAULT = 2_000;
    private static final int FAILURES_SHOWN_MAX = 3;
    private static final int THREADS_MAX = 2;
    private static final Path PATHS = Path.of("target", "path-steps.txt");
    private static final Path RETURNS = Path.of("target", "resume-steps.txt");

    /// What hardly a seed shows: [DirectedPaths] does.
    private static final Set<PathStep> RARE =
            Set.of(PathStep.DROPPED_CHECKS_LIMIT, PathStep.DROPPED_MOVES_LIMIT);

    static String replayCommand(long seed) {
        return "./check -pl :hawser-tests -am -Dtest=SimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dhawser.seed="
                + seed;
    }

    @Test
    void noSeedBreaksAnInvariant() throws Exception {
        Long only = Long.getLong("hawser.seed");
        if (only != null) {
            run(List.of(only));
            return;
        }
        int count = Integer.getInteger("hawser.seeds", SEEDS_DEFAULT);
        long first = Long.getLong("hawser.firstSeed", 0);
        Map<Enum<?>, Long> steps = run(LongStream.range(first, first + count).boxed().toList());
        Files.writeString(PATHS, table(PathStep.values(), steps));
        Files.writeString(RETURNS, table(ResumeStep.values(), steps));
        if (count >= SEEDS_DEFAULT) {
            Set<PathStep> common = EnumSet.allOf(PathStep.class);
            common.removeAll(RARE);
            assertThat(steps)
                    .as("what happened to paths: a world that shows the rest is missing")
                    .containsKeys(common.toArray(new PathStep[0]));
            assertThat(steps)
                    .as("what happened to lost connections: a world that shows the rest is missing")
                    .containsKeys(ResumeStep.values());
        }
    }

    private static String table(Enum<?>[] all, Map<Enum<?>, Long> steps) {
        return Arrays.stream(all)
                .map(step -> "%-28s %12d%n".formatted(step, steps.getOrDefault(step, 0L)))
                .collect(Collectors.joining());
    }

    @Test
    void noPinnedSeedBreaksAnInvariant() throws Exception {
        assumeThat(System.getProperty("hawser.seed")).isNull();
        List<Long> pinned = pinnedSeeds();
        assertThat(pinned).isNotEmpty();
        run(pinned);
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
    ///
    /// @return what happened, over all of them
    private static Map<Enum<?>, Long> run(List<Long> seeds) throws InterruptedException {
        Map<Enum<?>, Long> steps = new ConcurrentHashMap<>();
        Queue<Long> left = new ConcurrentLinkedQueue<>(seeds);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            Callable<Void> worker =
                    () -> {
                        for (Long seed = left.poll();
                                seed != null && failures.size() < FAILURES_SHOWN_MAX;
                                seed = left.poll()) {
                            runOne(seed, steps, failures);
                        }
                        return null;
                    };
            executor.invokeAll(LongStream.range(0, threads).mapToObj(_ -> worker).toList());
        }
        if (!failures.isEmpty()) {
            fail(String.join(System.lineSeparator().repeat(2), failures));
        }
        return steps;
    }

    private static void runOne(long seed, Map<Enum<?>, Long> steps, Queue<String> failures) {
        try {
            Scenario scenario = new Scenario(seed);
            scenario.run();
            Invariants seen = scenario.pair.invariants();
            seen.pathSteps().forEach((step, times) -> steps.merge(step, times, Long::sum));
            seen.resumeSteps().forEach((step, times) -> steps.merge(step, times, Long::sum));
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
