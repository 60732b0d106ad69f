package dev.hawser.benchmarks.chaos;

import dev.hawser.benchmarks.chaos.verdict.HistoryCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A fleet of real processes on this machine, to which everything happens that happens in a year:
/// two token services, Redis with a replica under a sentinel, four game servers, 300 players who
/// come, stay, leave, have a second device or are robbed of their tokens. What all of them see goes
/// into one history, which [HistoryCheck] judges afterwards.
///
/// It goes in rounds: two or three kinds of faults, then everything is waited for, then a calm in
/// which everybody has to be back.
///
/// `modules/hawser-benchmarks/run chaos [SECONDS [SEED [PLAYERS]]]`: five minutes by default. It
/// needs `redis-server` and `redis-cli`, and ends with 1 when something was not as it must be; the
/// history stays then.
public final class Chaos {
    private static final int SECONDS_DEFAULT = 300;

    /// In which everybody has to be back, and a while for what comes too late.
    private static final int CALM_SECONDS = 6;

    private static final int SERVERS = 4;
    private static final int PLAYERS_DEFAULT = 300;
    private static final int PLAYERS_PER_PROCESS = 50;
    private static final int KINDS_AT_ONCE = 3;
    private static final int BANS = 3;

    /// How large it is.
    ///
    /// @param processes with players in them
    /// @param players of each process
    /// @param slots of each server
    /// @param hasReplica whether the store has one, and a sentinel
    public record Size(int servers, int processes, int players, int slots, boolean hasReplica) {}

    private final Size size;
    private final Random random;
    private final List<String> banned = new ArrayList<>();

    private Chaos(Size size, long seed) {
        this.size = size;
        random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : SECONDS_DEFAULT;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime() & 0xffff;
        int players = args.length > 2 ? Integer.parseInt(args[2]) : PLAYERS_DEFAULT;
        int processes = Math.max(1, players / PLAYERS_PER_PROCESS);
        Size size = new Size(SERVERS, processes, players / processes, players * 2 / SERVERS, true);
        System.out.println("seed " + seed);
        Path folder = Files.createTempDirectory("hawser-chaos");
        HistoryCheck.Verdict verdict =
                judged(folder, history -> new Chaos(size, seed).storms(folder, history, seconds));
        verdict.lines().forEach(System.out::println);
        if (verdict.isWell()) {
            delete(folder);
        } else {
            System.out.println("history and logs: " + folder);
        }
        System.exit(verdict.isWell() ? 0 : 1);
    }

    /// What happens to a fleet.
    private interface Story {
        void happen(History history) throws Exception;
    }

    /// {@return what is to be said of a history, which stays in the folder}
    private static HistoryCheck.Verdict judged(Path folder, Story story) throws Exception {
        Path file = folder.resolve("history");
        try (History history = new History(file)) {
            story.happen(history);
        }
        return HistoryCheck.judge(Files.readAllLines(file));
    }

    /// Kills one process of each kind at once, and waits for all of them.
    ///
    /// @param folder where the history, the logs and all files go
    /// @return what is to be said of it
    static HistoryCheck.Verdict killOneOfEach(Path folder, Size size, long seed) throws Exception {
        return judged(
                folder,
                history ->
                        new Chaos(size, seed)
                                .inFleet(
                                        folder,
                                        history,
                                        round -> {
                                            round.happen(Faults.KILLS);
                                            round.happen(List.of());
                                        }));
    }

    private void storms(Path folder, History history, int seconds) throws Exception {
        inFleet(
                folder,
                history,
                round -> {
                    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
                    while (System.nanoTime() - deadlineNanos < 0) {
                        round.happen(round.faults.next(KINDS_AT_ONCE));
                    }
                });
    }

    /// What happens while the fleet is there.
    private interface Storms {
        void happen(Round round) throws Exception;
    }

    private void inFleet(Path folder, History history, Storms storms) throws Exception {
        try (StorePair store = new StorePair(folder, history, !size.hasReplica());
                ChaosFleet fleet =
                        new ChaosFleet(folder, history, store.url(), size.servers(), size.slots());
                Crowds crowds =
                        new Crowds(
                                folder, history, fleet, size.processes(), size.players(), random);
                Operator operator = fleet.operator();
                ExecutorService happening = Executors.newVirtualThreadPerTaskExecutor()) {
            Faults faults = new Faults(fleet, store, crowds, history, random);
            Thread watch = Thread.ofVirtual().start(() -> watchMachine(history));
            Round round = new Round(history, fleet, crowds, operator, faults, happening);
            round.calm();
            storms.happen(round);
            history.note("over", "");

            watch.interrupt();
            watch.join();
        }
    }

    /// Faults, and the calm behind them.
    private final class Round {
        private final History history;
        private final ChaosFleet fleet;
        private final Crowds crowds;
        private final Operator operator;
        private final Faults faults;
        private final ExecutorService happening;

        Round(
                History history,
                ChaosFleet fleet,
                Crowds crowds,
                Operator operator,
                Faults faults,
                ExecutorService happening) {
            this.history = history;
            this.fleet = fleet;
            this.crowds = crowds;
            this.operator = operator;
            this.faults = faults;
            this.happening = happening;
        }

        /// @param kinds at the same time
        void happen(List<Faults.Kind> kinds) throws Exception {
            history.note("storm", "");

            List<Future<?>> under = new ArrayList<>();
            for (Faults.Kind kind : kinds) {
                long seed = random.nextLong();
                under.add(
                        happening.submit(() -> {
                            faults.happen(kind, seed);
                            return null;
                        }));
            }
            changeBans(operator, crowds, history);
            await(under);
            calm();
            fleet.check();
            crowds.check();
        }

        void calm() throws Exception {
            awaitReady(operator);
            history.note("calm", "");

            TimeUnit.SECONDS.sleep(CALM_SECONDS);
        }
    }

    /// Notes when nobody had the processor: what takes long then is the machine's affair.
    private static void watchMachine(History history) {
        long lastNanos = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException over) {
                return;
            }
            long stalledSince = History.stalledSince(lastNanos, System.nanoTime());
            lastNanos = System.nanoTime();
            if (stalledSince != 0) {
                history.note("stalled", "since=%d".formatted(stalledSince));
            }
        }
    }

    /// Lifts the bans of the last round, and bans others.
    private void changeBans(Operator operator, Crowds crowds, History history)
            throws InterruptedException {
        for (String clientId : List.copyOf(banned)) {
            // From here on nobody is to be kept out for certain.
            history.note("unbanning", "id=%s".formatted(clientId));
            if (operator.unban(clientId)) {
                history.note("unbanned", "id=%s".formatted(clientId));
                banned.remove(clientId);
            }
        }
        List<String> known = crowds.clientIds();
        for (int i = 0; i < BANS && !known.isEmpty(); i++) {
            String clientId = known.get(random.nextInt(known.size()));
            history.note("banning", "id=%s".formatted(clientId));
            banned.add(clientId);
            if (operator.ban(clientId)) {
                history.note("banned", "id=%s".formatted(clientId));
            }
        }
    }

    private static void await(List<Future<?>> under) throws InterruptedException, IOException {
        for (Future<?> each : under) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IOException("a fault could not be undone", e.getCause());
            }
        }
    }

    private static void awaitReady(Operator operator) throws InterruptedException, IOException {
        long deadlineNanos =
                System.nanoTime() + TimeUnit.MINUTES.toNanos(ChaosProcess.PATIENCE_MINUTES);
        while (!operator.areReady()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException("the services are not ready again");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
