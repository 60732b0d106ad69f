package dev.hawser.benchmarks.moves;

import dev.hawser.Authentication;
import dev.hawser.Resume;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How long sixty players are without a server when `hawser server` is killed and started anew:
/// from when it listens again to when the last of them is connected, which may take 1.5 seconds
/// where tokens live as long as the server accepts, and what the server accepts longer where it
/// does.
///
/// `modules/hawser-benchmarks/run resumes [RUNS]`: three of each, started anew after 0, 1 and 3
/// seconds.
public final class Resumes {
    private static final int RUNS_DEFAULT = 3;
    private static final int PLAYERS = 60;
    private static final int[] DELAYS_SECONDS = {0, 1, 3};

    /// Tokens live for thirty.
    private static final int[] LIFETIMES_SECONDS = {30, 32};

    private static final int TOKEN_LIFETIME_SECONDS = 30;
    private static final long BACK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private Resumes() {}

    /// Measures, prints, and ends with 1 where something was not as it must be.
    public static void main(String[] args) throws IOException, InterruptedException {
        LOG.setLevel(Level.OFF);
        int runs = args.length == 0 ? RUNS_DEFAULT : Integer.parseInt(args[0]);
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        Path folder = Files.createTempDirectory("hawser-resumes");
        boolean isWell = true;
        try {
            Path keyFile = ServerProcess.writeKey(folder, key);
            NetAddress address = ServerProcess.freeAddress();
            System.out.printf(
                    "%-16s %-16s %-14s %s%n", "accepts tokens", "started after", "all back", "");
            for (int lifetime : LIFETIMES_SECONDS) {
                for (int delay : DELAYS_SECONDS) {
                    for (int run = 0; run < runs; run++) {
                        isWell &= run(address, key, keyFile, lifetime, delay);
                    }
                }
            }
        } finally {
            Files.deleteIfExists(folder.resolve("key"));
            Files.delete(folder);
        }
        System.exit(isWell ? 0 : 1);
    }

    private static boolean run(
            NetAddress address, PrivateKey key, Path keyFile, int lifetime, int delay)
            throws IOException, InterruptedException {
        Process first = ServerProcess.start(address, keyFile, "" + lifetime);
        Process second = first;
        List<NetcodeClient> players = new ArrayList<>();
        try {
            for (int i = 0; i < PLAYERS; i++) {
                players.add(
                        NetcodeClient.builder()
                                .transport(UdpTransport.anyPort())
                                .resume(Resume.within(Duration.ofMinutes(2)))
                                .authentication(
                                        new Authentication.Manual(
                                                address, i, key, ServerProcess.PROTOCOL_ID))
                                .build());
            }
            // A server that has just started refuses tokens from before.
            Thread.sleep(TimeUnit.SECONDS.toMillis(lifetime - TOKEN_LIFETIME_SECONDS) + 1000);
            players.forEach(NetcodeClient::connect);
            play(players, PLAYERS);
            first.destroyForcibly().waitFor();
            long killedNanos = System.nanoTime();
            while (System.nanoTime() - killedNanos < TimeUnit.SECONDS.toNanos(delay)) {
                turn(players);
            }
            Thread starting = Thread.currentThread();
            var next = new Process[1];
            var listeningNanos = new long[1];
            Thread starter =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    next[0] = ServerProcess.start(address, keyFile, "" + lifetime);
                                    listeningNanos[0] = System.nanoTime();
                                } catch (IOException e) {
                                    starting.interrupt();
                                }
                            });
            while (starter.isAlive()) {
                turn(players);
            }
            starter.join();
            second = next[0];
            play(players, PLAYERS);
            long backNanos = System.nanoTime() - listeningNanos[0];
            long nanosMax =
                    BACK_NANOS_MAX + TimeUnit.SECONDS.toNanos(lifetime - TOKEN_LIFETIME_SECONDS);
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %-16s %-14s %s%n",
                    lifetime + " s",
                    delay + " s",
                    String.format(Locale.ROOT, "%.0f ms", backNanos / NANOS_PER_MILLI),
                    backNanos <= nanosMax ? "" : "too late");
            return backNanos <= nanosMax;
        } finally {
            players.forEach(NetcodeClient::close);
            first.destroyForcibly();
            second.destroyForcibly().waitFor();
        }
    }

    /// Plays until so many are connected again, that is, not as far as they believe: until the
    /// server answers each.
    private static void play(List<NetcodeClient> players, int count) {
        boolean[] isAnswered = new boolean[count];
        int answered = 0;
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        for (NetcodeClient player : players) {
            // What is under way of before says nothing.
            player.receive(_ -> {});
        }
        while (answered < count) {
            if (System.nanoTime() > endNanos) {
                throw new IllegalStateException(count - answered + " players are not back");
            }
            turn(players);
            for (int i = 0; i < count; i++) {
                int player = i;
                players.get(i).receive(_ -> isAnswered[player] = true);
            }
            answered = 0;
            for (boolean is : isAnswered) {
                answered += is ? 1 : 0;
            }
        }
    }

    private static void turn(List<NetcodeClient> players) {
        ByteBuffer payload = ByteBuffer.allocate(100);
        for (NetcodeClient player : players) {
            player.update();
            if (player.isConnected()) {
                player.send(payload);
                player.flush();
            }
        }
        LockSupport.parkNanos(TICK_NANOS);
    }
}
