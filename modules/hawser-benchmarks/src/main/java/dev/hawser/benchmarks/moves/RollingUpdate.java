package dev.hawser.benchmarks.moves;

import dev.hawser.DisconnectReason;
import dev.hawser.keys.KeyRingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/// What sixty players notice when all three servers of a fleet are replaced, one after the other:
/// each drains for five seconds, ends, and is started anew at its address. Two of them have room
/// for all players, who send twenty payloads a second, which come back.
///
/// Nobody may lose the session, which is the one client object of a player and what it counts, and
/// nobody be without a server for longer than a second.
///
/// `modules/hawser-benchmarks/run update [RUNS]`: three by default.
public final class RollingUpdate {
    private static final int RUNS_DEFAULT = 3;
    private static final int SERVERS = 3;
    private static final int SLOTS = 40;
    private static final int PLAYERS = 60;
    private static final int DRAIN_SECONDS = 5;
    private static final long WITHOUT_SERVER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final int SENDS_PER_SECOND = 20;
    private static final long SEND_NANOS = TimeUnit.SECONDS.toNanos(1) / SENDS_PER_SECOND;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final double NANOS_PER_MILLI = 1e6;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final List<SessionPlayer> players = new ArrayList<>();
    private volatile boolean isOver;

    private RollingUpdate() {}

    /// Measures, prints, and ends with 1 where something was not as it must be.
    public static void main(String[] args)
            throws IOException, KeyRingException, InterruptedException {
        LOG.setLevel(Level.OFF);
        int runs = args.length == 0 ? RUNS_DEFAULT : Integer.parseInt(args[0]);
        System.out.printf(
                "%-14s %-26s %-30s %-16s %s%n",
                "sessions lost",
                "players by times moved",
                "without a server",
                "longest silence",
                "");
        boolean isWell = true;
        for (int run = 0; run < runs; run++) {
            isWell &= new RollingUpdate().run();
        }
        System.exit(isWell ? 0 : 1);
    }

    private boolean run() throws IOException, KeyRingException, InterruptedException {
        try (var fleet = new UpdatedFleet(SERVERS, SLOTS, DRAIN_SECONDS)) {
            for (int i = 0; i < PLAYERS; i++) {
                players.add(new SessionPlayer(fleet.endpoint(), fleet.pin(), i));
            }
            boolean isInOrder = true;
            Thread playing = Thread.ofPlatform().name("players").start(this::play);
            try {
                awaitEchoes();
                for (int i = 0; i < SERVERS; i++) {
                    isInOrder &= fleet.replace(i);
                }
                awaitEchoes();
            } finally {
                isOver = true;
                playing.join();
                players.forEach(SessionPlayer::close);
            }
            return print(isInOrder);
        }
    }

    private void play() {
        players.forEach(SessionPlayer::connect);
        while (!isOver) {
            for (SessionPlayer player : players) {
                player.tick(SEND_NANOS);
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    /// Waits until each player has heard what it has sent in the second that has begun.
    private void awaitEchoes() throws InterruptedException {
        long[] targets =
                players.stream().mapToLong(player -> player.heard() + SENDS_PER_SECOND).toArray();
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; i < targets.length; i++) {
            while (players.get(i).heard() < targets[i] && players.get(i).end() == null) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new IllegalStateException("player " + i + " hears nothing any more");
                }
                Thread.sleep(20);
            }
        }
    }

    private boolean print(boolean isInOrder) {
        List<String> ends =
                players.stream()
                        .map(SessionPlayer::end)
                        .filter(Objects::nonNull)
                        .map(DisconnectReason::explanation)
                        .toList();
        int strange = players.stream().mapToInt(SessionPlayer::strange).sum();
        List<Long> without =
                players.stream()
                        .flatMap(player -> player.withoutServerNanos().stream())
                        .sorted()
                        .toList();
        Map<Integer, Long> byMoves =
                players.stream()
                        .collect(
                                Collectors.groupingBy(
                                        player -> player.withoutServerNanos().size(),
                                        TreeMap::new,
                                        Collectors.counting()));
        boolean isInTime = without.isEmpty() || without.getLast() <= WITHOUT_SERVER_NANOS_MAX;
        List<String> complaints = new ArrayList<>(new TreeSet<>(ends));
        if (!isInTime) {
            complaints.add("too long without a server");
        }
        if (without.isEmpty()) {
            complaints.add("nobody was moved");
        }
        if (strange > 0) {
            complaints.add(strange + " strange payloads");
        }
        if (!isInOrder) {
            complaints.add("a server did not end in order");
        }
        System.out.printf(
                "%-14s %-26s %-30s %-16s %s%n",
                ends.size() + " of " + PLAYERS,
                byMoves.entrySet().stream()
                        .map(entry -> entry.getValue() + ": " + entry.getKey())
                        .collect(Collectors.joining(", ")),
                without.isEmpty()
                        ? ""
                        : "median "
                                + millis(without.get(without.size() / 2))
                                + ", largest "
                                + millis(without.getLast()),
                millis(longest(SessionPlayer::longestSilenceNanos)),
                String.join(", ", complaints));
        return complaints.isEmpty();
    }

    private long longest(ToLongFunction<SessionPlayer> time) {
        return players.stream().mapToLong(time).max().orElseThrow();
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.0f ms", nanos / NANOS_PER_MILLI);
    }
}
