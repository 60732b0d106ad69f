package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.online.token.TokenClient;
import dev.hawser.tests.processes.programs.Players;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// One backend, three game servers, two hundred players, each of them a process or in one of two,
/// and everything that happens to such a fleet in a year: a server dies, the backend is restarted,
/// the key is changed.
@Execution(ExecutionMode.CONCURRENT)
class FleetTest {
    private static final int SLOTS = 110;
    private static final int TIMEOUT_SECONDS = 15;
    private static final int PLAYERS_PER_PROCESS = 100;
    private static final Pattern FIGURES =
            Pattern.compile("(?m)^group (\\d+) connected (\\d+) comebacks (\\d+)$");

    /// The numbers of those who come later begin here.
    private static final int LATE = 1000;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private final List<HawserProcess> servers = new ArrayList<>();
    private final List<HawserProcess> players = new ArrayList<>();
    private BackendRig backend;

    private HawserProcess server(int number, String bind) {
        return backend.server(
                number,
                bind,
                "--max-clients",
                Integer.toString(SLOTS),
                "--region",
                "region-" + number);
    }

    private void startPlayers(int first) {
        HawserProcess process = rig.program(Players.class, backend.url().toString(), backend.pin());
        players.add(process);
        join(process, first, PLAYERS_PER_PROCESS);
    }

    /// Brings more players, by the process that is there.
    private void joinLate(int first) {
        join(players.getLast(), first, 10);
    }

    private static void join(HawserProcess process, int first, int count) {
        process.type(first + " " + count);
    }

    /// The latest figures of a group of players.
    private record Figures(int first, int connected, int comebacks) {}

    private Collection<Figures> figures() {
        Map<Integer, Figures> latest = new HashMap<>();
        for (HawserProcess process : players) {
            Matcher matcher = FIGURES.matcher(process.out());
            while (matcher.find()) {
                int first = Integer.parseInt(matcher.group(1));
                latest.put(
                        first,
                        new Figures(
                                first,
                                Integer.parseInt(matcher.group(2)),
                                Integer.parseInt(matcher.group(3))));
            }
        }
        return latest.values();
    }

    private int connected() {
        return figures().stream().mapToInt(Figures::connected).sum();
    }

    /// {@return how often the first two hundred had to come back}
    private int comebacks() {
        return figures().stream()
                .filter(group -> group.first() < LATE)
                .mapToInt(Figures::comebacks)
                .sum();
    }

    private void awaitConnected(int count) throws InterruptedException {
        awaitUntil(() -> connected() == count, count);
    }

    private void awaitUntil(BooleanSupplier condition, int count) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(600);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("in time; connected are %s of %s", connected(), count)
                    .isLessThan(deadlineNanos);
            Thread.sleep(100);
        }
    }

    /// How many clients a server has, by what it printed.
    ///
    /// @param most the largest number that it has had at a time
    private record Crowd(int now, int most) {
        static Crowd at(HawserProcess server) {
            int now = 0;
            int most = 0;
            for (String line : server.out().lines().toList()) {
                if (line.startsWith("connected ")) {
                    now++;
                } else if (line.startsWith("disconnected ")) {
                    now--;
                }
                most = Math.max(most, now);
            }
            return new Crowd(now, most);
        }
    }

    @Test
    void nobodyIsRefusedWhileServersDieBackendsRestartAndKeysChange() throws Exception {
        backend = new BackendRig(rig, TIMEOUT_SECONDS);
        for (int i = 1; i <= 3; i++) {
            servers.add(server(i, "127.0.0.1:0"));
        }
        for (HawserProcess server : servers) {
            server.awaitErr("knows of the game server");
        }

        // Everybody is in.
        for (int i = 0; i < 2; i++) {
            startPlayers(i * PLAYERS_PER_PROCESS);
        }
        awaitConnected(200);
        assertThat(servers).allMatch(server -> Crowd.at(server).most() > 0);

        // A token is good once, at a server that lives and at one that was killed meanwhile.
        Path token = token("region-1", "token");
        Path unused = token("region-1", "unused");
        ProcessRig.assertEchoes(rig.inside(clientArgs(token)));
        client(token).awaitOut("reason=connection-request-timed-out");

        // A server dies and comes back.
        HawserProcess dead = servers.getFirst();
        String address = ProcessRig.address(dead).toString();
        dead.kill();
        dead.awaitExit();
        HawserProcess revived = server(1, address);
        servers.set(0, revived);
        revived.awaitErr("knows of the game server");
        HawserProcess withSpent = client(token);
        HawserProcess withUnused = rig.inside(clientArgs(unused));
        withSpent.awaitOut("reason=connection-request-timed-out");
        withUnused.awaitOut("reason=connection-request-timed-out");
        awaitAtServers(200);

        // The backend is restarted: who plays, plays on.
        int comebacks = comebacks();
        backend.process().terminate();
        assertThat(backend.process().awaitExit()).isZero();
        backend.start();
        joinLate(LATE);
        awaitConnected(210);
        assertThat(comebacks()).isEqualTo(comebacks);

        // The key is changed.
        assertThat(rig.inside("keys", "rotate", backend.keys().toString()).awaitExit()).isZero();
        for (HawserProcess server : servers) {
            server.awaitErr("have changed");
        }
        backend.process().awaitErr("have changed");
        joinLate(2 * LATE);
        awaitConnected(220);
        assertThat(rig.inside("keys", "retire", backend.keys().toString()).awaitExit()).isZero();
        joinLate(3 * LATE);
        awaitConnected(230);
        assertThat(comebacks()).isEqualTo(comebacks);

        servers.add(dead);
        assertThat(servers)
                .allSatisfy(
                        server -> assertThat(Crowd.at(server).most()).isLessThanOrEqualTo(SLOTS));
        players.forEach(HawserProcess::endInput);
        players.forEach(process -> process.awaitOut("^left$"));
    }

    /// Waits until so many are at the servers that live: who still believes to be at the one that
    /// was killed is at none of them.
    private void awaitAtServers(int count) throws InterruptedException {
        awaitUntil(
                () ->
                        connected() == count
                                && servers.stream().mapToInt(server -> Crowd.at(server).now()).sum()
                                        == count,
                count);
    }

    /// A process of its own, for a token that was used: this one remembers which tokens it has
    /// connected with.
    private HawserProcess client(Path token) {
        return rig.hawser(clientArgs(token));
    }

    private static String[] clientArgs(Path token) {
        return new String[] {"client", "--token", token.toString(), "--send", "60"};
    }

    private Path token(String region, String name) throws Exception {
        Path file = rig.path(name);
        try (TokenClient tokens =
                TokenClient.builder()
                        .endpoint(backend.url())
                        .credentials(() -> "somebody-" + name)
                        .pinnedCertificates(backend.pin())
                        .region(region)
                        .build()) {
            return Files.write(file, tokens.fetch().get(120, TimeUnit.SECONDS).token().toBytes());
        }
    }
}
