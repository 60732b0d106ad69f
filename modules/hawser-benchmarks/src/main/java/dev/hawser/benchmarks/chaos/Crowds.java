package dev.hawser.benchmarks.chaos;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The processes with players in them, and the thief's.
final class Crowds implements AutoCloseable {
    private static final Pattern USING = Pattern.compile("using dev=\\S+ id=(\\d+)");
    private static final String COPIED = " copied token=";

    private final Path folder;
    private final History history;
    private final ChaosFleet fleet;
    private final int players;
    private final Random seeds;
    private final ChaosProcess thief;
    private final List<ChaosProcess> crowds = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final Set<String> clientIds = ConcurrentHashMap.newKeySet();

    /// @param players of each process
    Crowds(Path folder, History history, ChaosFleet fleet, int processes, int players, Random seeds)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.history = history;
        this.fleet = fleet;
        this.players = players;
        this.seeds = seeds;
        thief =
                ChaosProcess.java(
                        "the thief",
                        "here",
                        history::copy,
                        folder.resolve("thief.log"),
                        Thief.class.getName(),
                        List.of());
        thief.awaitReady();
        for (int i = 0; i < processes; i++) {
            starts.add(0);
            crowds.add(start(i));
        }
        for (ChaosProcess crowd : crowds) {
            crowd.awaitReady();
        }
    }

    private ChaosProcess start(int index) throws IOException {
        int start = starts.get(index) + 1;
        starts.set(index, start);
        List<String> args =
                new ArrayList<>(
                        List.of(
                                index + "." + start,
                                "" + index * players,
                                "" + players,
                                "" + seeds.nextLong(),
                                fleet.pin()));
        fleet.endpoints().stream().map(URI::toString).forEach(args::add);
        return ChaosProcess.java(
                "players " + index,
                " here",
                this::note,
                folder.resolve("players-" + index + ".log"),
                Players.class.getName(),
                args);
    }

    private void note(String line) {
        int copied = line.indexOf(COPIED);
        if (copied >= 0) {
            try {
                thief.type(line.substring(copied + COPIED.length()));
            } catch (IOException e) {
                // The thief has gone, and all go.
            }
            return;
        }
        Matcher using = USING.matcher(line);
        if (using.find()) {
            clientIds.add(using.group(1));
        }
        history.copy(line);
    }

    int size() {
        return crowds.size();
    }

    /// {@return of those who have been heard of}
    List<String> clientIds() {
        return clientIds.stream().sorted().toList();
    }

    void kill(int index) throws InterruptedException {
        crowds.get(index).kill();
        history.note("gone", "process=%d.%d".formatted(index, starts.get(index)));
    }

    /// Starts players who were killed: all come at once.
    void revive(int index) throws IOException, InterruptedException {
        crowds.set(index, start(index));
        crowds.get(index).awaitReady();
    }

    /// @throws IOException when a process has ended, which nobody wanted
    void check() throws IOException {
        thief.check();
        for (ChaosProcess crowd : crowds) {
            crowd.check();
        }
    }

    @Override
    public void close() {
        crowds.forEach(ChaosProcess::close);
        thief.close();
    }
}
