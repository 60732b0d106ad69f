package dev.hawser.benchmarks.fleet;

import dev.hawser.keys.KeyRingException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// What a token costs when services share a store, beside one that has its store in memory:
///
/// - `cost`: the processor's time of the service, with the store and without, in turns
/// - `latency`: how long players wait at 1,000 tokens a second
/// - `growth`: how much more a token costs where there are 10,000 servers and 1,000,000 players
///   than with 10 and 100, in turns
///
/// `modules/hawser-benchmarks/run fleet [cost|latency|growth …]`: all of them by default. Needs
/// `redis-server` and `redis-cli`, and an idle machine with two processors. Ends with 1 where
/// something costs more than it may.
public final class FleetCosts {
    private static final double COST_MAX = 1.5;
    private static final double GROWTH_MAX = 1.2;
    private static final double WAIT_MILLIS_MAX = 20;

    private static final int ROUNDS = 7;
    private static final int WARM_UP_TOKENS = 20_000;
    private static final int ROUND_TOKENS = 5_000;

    private static final int PER_SECOND = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration MEASURED = Duration.ofSeconds(30);

    private FleetCosts() {}

    /// Measures, prints, and ends with 1 where a limit is missed.
    public static void main(String[] args) throws Exception {
        Set<String> wanted = args.length == 0 ? Set.of("cost", "latency", "growth") : Set.of(args);
        boolean isWell = true;
        if (wanted.contains("cost") || wanted.contains("latency")) {
            isWell = services(wanted);
        }
        if (wanted.contains("growth")) {
            isWell &= growth(10_000, 1_000_000, ROUNDS, ROUND_TOKENS);
        }
        System.exit(isWell ? 0 : 1);
    }

    private static boolean services(Set<String> wanted)
            throws IOException, KeyRingException, InterruptedException, GeneralSecurityException {
        boolean isWell = true;
        try (var store = new StoreProcess();
                var memory = new ServiceProcess("in memory", "");
                var shared = new ServiceProcess("shared store", store.url())) {
            for (ServiceProcess each : List.of(memory, shared)) {
                TokenLoad.cpuPerToken(each, WARM_UP_TOKENS);
            }
            if (wanted.contains("cost")) {
                isWell = cost(memory, shared);
            }
            if (wanted.contains("latency")) {
                isWell &= latency(memory);
                isWell &= latency(shared);
            }
        }
        return isWell;
    }

    private static boolean cost(ServiceProcess memory, ServiceProcess shared)
            throws IOException, InterruptedException {
        List<Double> ofMemory = new ArrayList<>();
        List<Double> ofShared = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            double one = TokenLoad.cpuPerToken(memory, ROUND_TOKENS).toNanos() / 1e3;
            double other = TokenLoad.cpuPerToken(shared, ROUND_TOKENS).toNanos() / 1e3;
            ofMemory.add(one);
            ofShared.add(other);
            ratios.add(other / one);
        }
        return row(
                "CPU of the service per token",
                "%.0f µs in memory, %.0f µs shared".formatted(median(ofMemory), median(ofShared)),
                ratios,
                COST_MAX);
    }

    private static boolean latency(ServiceProcess service)
            throws IOException, InterruptedException {
        TokenLoad.waits(service, PER_SECOND, WARM_UP);
        Histogram waits = TokenLoad.waits(service, PER_SECOND, MEASURED);
        double p99 = waits.getValueAtPercentile(99) / 1e3;
        boolean isWell = p99 <= WAIT_MILLIS_MAX;
        System.out.printf(
                "%-34s p50 %.1f, p99 %.1f, most %.1f ms; at most %.0f%s%n",
                "wait at 1,000/s, " + service.name(),
                waits.getValueAtPercentile(50) / 1e3,
                p99,
                waits.getMaxValue() / 1e3,
                WAIT_MILLIS_MAX,
                isWell ? "" : "  MISSED");
        return isWell;
    }

    /// Measures how a token's cost grows, prints it, and says whether it may.
    ///
    /// @param tokens of a round
    public static boolean growth(int servers, int players, int rounds, int tokens)
            throws IOException, InterruptedException {
        List<Population.Cost> small = new ArrayList<>();
        List<Population.Cost> large = new ArrayList<>();
        try (var few = new Population(10, 100);
                var many = new Population(servers, players)) {
            few.settle();
            many.settle();
            System.out.printf("%,d servers with %,d players are there%n", servers, players);
            few.tokens(tokens);
            many.tokens(tokens);
            for (int round = 0; round < rounds; round++) {
                small.add(few.tokens(tokens));
                large.add(many.tokens(tokens));
            }
            if (!few.isWhole() || !many.isWhole()) {
                throw new IllegalStateException("the store has lost servers or players");
            }
        }
        boolean isWell =
                growth(
                        "growth: at the caller, per token",
                        small,
                        large,
                        Population.Cost::callerMicros);
        isWell &=
                growth(
                        "growth: CPU of the store, per token",
                        small,
                        large,
                        Population.Cost::storeMicros);
        isWell &=
                growth(
                        "growth: a script in the store",
                        small,
                        large,
                        Population.Cost::scriptMicros);
        return isWell;
    }

    private static boolean growth(
            String name,
            List<Population.Cost> small,
            List<Population.Cost> large,
            ToDoubleFunction<Population.Cost> what) {
        List<Double> ofSmall = small.stream().map(what::applyAsDouble).toList();
        List<Double> ofLarge = large.stream().map(what::applyAsDouble).toList();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ofSmall.size(); i++) {
            ratios.add(ofLarge.get(i) / ofSmall.get(i));
        }
        return row(
                name,
                "%.1f µs with few, %.1f µs with many".formatted(median(ofSmall), median(ofLarge)),
                ratios,
                GROWTH_MAX);
    }

    private static boolean row(String name, String values, List<Double> ratios, double max) {
        double ratio = median(ratios);
        boolean isWell = ratio <= max;
        System.out.printf(
                "%-34s %-40s ratio %.2f (%.2f to %.2f); at most %.1f%s%n",
                name,
                values,
                ratio,
                Collections.min(ratios),
                Collections.max(ratios),
                max,
                isWell ? "" : "  MISSED");
        return isWell;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
