package dev.hawser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.benchmarks.fleet.FleetCosts;
import dev.hawser.benchmarks.web.WebLoad;
import dev.hawser.benchmarks.web.WebLoss;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// That benchmarks still work, not what they show.
class BenchmarksRunTest {
    @Test
    void everyBenchmarkRunsOnce() throws RunnerException {
        Options once =
                new OptionsBuilder()
                        .mode(Mode.SingleShotTime)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .param("clients", "64")
                        .param("entries", "64")
                        .param("bytes", "64")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();

        Set<String> ran =
                new Runner(once)
                        .run().stream()
                                .map(RunResult::getParams)
                                .map(params -> params.getBenchmark())
                                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(ran).isEqualTo(all());
    }

    @Test
    void theFiguresOfTheWebAreMeasured() throws Exception {
        assertThat(WebLoad.measure(2, 1, 10)).contains("\"sessions\":2,", "\"sent\":");
        assertThat(WebLoss.measure(0.05, 10)).contains("\"sent\":80,", "\"arrived\":");
    }

    @Test
    void theGrowthOfATokensCostIsMeasured() throws Exception {
        // It throws where a token cannot be had, or where servers or players are missing.
        FleetCosts.growth(20, 200, 1, 20);
    }

    private static Set<String> all() {
        return BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        java.util.List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
