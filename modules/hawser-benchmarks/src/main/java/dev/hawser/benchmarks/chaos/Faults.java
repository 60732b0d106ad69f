package dev.hawser.benchmarks.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// What can happen to the fleet, one of a kind at a time. Each begins and ends in the history.
final class Faults {
    /// The longest that a process stands still, or is away.
    private static final int STOP_MILLIS_MAX = 3000;

    private static final int CUT_MILLIS_MIN = 2000;
    private static final int CUT_MILLIS_MAX = 8000;

    /// Kinds of faults, by their names in the history.
    enum Kind {
        SERVICE_KILL("service-kill"),
        STORE_KILL("store-kill"),
        SERVER_KILL("server-kill"),
        PLAYERS_KILL("players-kill"),
        SERVICE_STOP("service-stop"),
        STORE_STOP("store-stop"),
        SERVER_STOP("server-stop"),
        SERVER_CUT("server-cut");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// {@return whether it may happen beside the other: no process is dead and stopped at once}
        boolean goesWith(Kind other) {
            return !part().equals(other.part());
        }

        private String part() {
            return word.substring(0, word.indexOf('-'));
        }
    }

    static final List<Kind> KILLS =
            List.of(Kind.SERVICE_KILL, Kind.STORE_KILL, Kind.SERVER_KILL, Kind.PLAYERS_KILL);

    private final ChaosFleet fleet;
    private final StorePair store;
    private final Crowds crowds;
    private final History history;
    private final Random random;
    private final List<Kind> bag = new ArrayList<>();

    Faults(ChaosFleet fleet, StorePair store, Crowds crowds, History history, Random random) {
        this.fleet = fleet;
        this.store = store;
        this.crowds = crowds;
        this.history = history;
        this.random = random;
    }

    /// {@return up to so many kinds that go together; all have had their turn before one comes
    /// again}
    List<Kind> next(int kinds) {
        List<Kind> chosen = new ArrayList<>();
        if (bag.isEmpty()) {
            bag.addAll(List.of(Kind.values()));
            Collections.shuffle(bag, random);
        }
        for (Kind kind : List.copyOf(bag)) {
            if (chosen.size() < kinds && chosen.stream().allMatch(kind::goesWith)) {
                chosen.add(kind);
                bag.remove(kind);
            }
        }
        return chosen;
    }

    /// Does it and undoes it, which takes as long as it lasts.
    ///
    /// @param seed of what is chosen
    void happen(Kind kind, long seed) throws IOException, InterruptedException {
        Random choice = new Random(seed);
        Thread.sleep(choice.nextInt(2000));
        int millis = choice.nextInt(STOP_MILLIS_MAX);
        switch (kind) {
            case SERVICE_KILL -> {
                int index = choice.nextInt(ChaosFleet.SERVICES);
                begin(kind, index);
                fleet.service(index).kill();
                Thread.sleep(millis);
                fleet.reviveService(index);
                end(kind, index);
            }
            case SERVICE_STOP -> {
                int index = choice.nextInt(ChaosFleet.SERVICES);
                begin(kind, index);
                fleet.service(index).stop();
                Thread.sleep(millis);
                fleet.service(index).go();
                end(kind, index);
            }
            case STORE_KILL -> {
                int index = store.primary();
                begin(kind, index);
                store.kill(index);
                Thread.sleep(millis);
                store.revive(index);
                store.awaitWritable();
                end(kind, index);
            }
            case STORE_STOP -> {
                int index = store.primary();
                begin(kind, index);
                store.stop(index);
                Thread.sleep(millis);
                store.go(index);
                store.awaitWritable();
                end(kind, index);
            }
            case SERVER_KILL -> {
                int index = choice.nextInt(fleet.servers());
                begin(kind, index);
                fleet.killServer(index);
                Thread.sleep(millis);
                fleet.reviveServer(index);
                end(kind, index);
            }
            case SERVER_STOP -> {
                int index = choice.nextInt(fleet.servers());
                begin(kind, index);
                fleet.server(index).stop();
                Thread.sleep(millis);
                fleet.server(index).go();
                end(kind, index);
            }
            case SERVER_CUT -> {
                int index = choice.nextInt(fleet.servers());
                begin(kind, index);
                fleet.cut(index);
                Thread.sleep(CUT_MILLIS_MIN + choice.nextInt(CUT_MILLIS_MAX - CUT_MILLIS_MIN));
                fleet.mend(index);
                end(kind, index);
            }
            case PLAYERS_KILL -> {
                int index = choice.nextInt(crowds.size());
                begin(kind, index);
                crowds.kill(index);
                Thread.sleep(millis);
                crowds.revive(index);
                end(kind, index);
            }
        }
    }

    private void begin(Kind kind, int target) {
        history.note("begin", "kind=%s target=%d".formatted(kind.word, target));
    }

    private void end(Kind kind, int target) {
        history.note("end", "kind=%s target=%d".formatted(kind.word, target));
    }
}
