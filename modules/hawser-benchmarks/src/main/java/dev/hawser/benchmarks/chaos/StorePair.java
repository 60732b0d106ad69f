package dev.hawser.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Redis as a studio has it: one alone, or a primary and its replica under a sentinel. Both keep on
/// disk what they have acknowledged.
final class StorePair implements AutoCloseable {
    /// What the sentinel calls it.
    private static final String NAME = "game";

    private final Path folder;
    private final History history;
    private final List<Integer> ports = new ArrayList<>();
    private final List<ChaosProcess> servers = new ArrayList<>();
    private final ChaosProcess sentinel;
    private final int sentinelPort;
    private final boolean isAlone;

    StorePair(Path folder, History history, boolean isAlone)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.history = history;
        this.isAlone = isAlone;
        for (int i = 0; i < (isAlone ? 1 : 2); i++) {
            ports.add(freePort());
            Files.createDirectory(folder.resolve("redis-" + i));
            servers.add(start(i, i == 0 ? -1 : ports.getFirst()));
        }
        for (ChaosProcess server : servers) {
            server.awaitReady();
        }
        sentinelPort = freePort();
        if (isAlone) {
            sentinel = servers.getFirst();
            return;
        }
        Path configuration = folder.resolve("sentinel.conf");
        Files.writeString(
                configuration,
                """
                sentinel monitor %s 127.0.0.1 %d 1
                sentinel down-after-milliseconds %s 1500
                sentinel failover-timeout %s 3000
                """
                        .formatted(NAME, ports.getFirst(), NAME, NAME));
        sentinel =
                ChaosProcess.command(
                        "the sentinel",
                        "monitor master",
                        this::noteFailover,
                        List.of(
                                "redis-server",
                                configuration.toString(),
                                "--sentinel",
                                "--port",
                                "" + sentinelPort,
                                "--bind",
                                "127.0.0.1"));
        sentinel.awaitReady();
        awaitWritable();
    }

    private void noteFailover(String line) {
        if (line.contains("+switch-master")) {
            history.note("failover", "");
        }
    }

    private ChaosProcess start(int index, int primaryPort) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "redis-server",
                                "--port",
                                "" + ports.get(index),
                                "--bind",
                                "127.0.0.1",
                                "--dir",
                                folder.resolve("redis-" + index).toString(),
                                "--save",
                                "",
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                "always",
                                "--repl-diskless-sync-delay",
                                "0"));
        if (!isAlone) {
            command.addAll(List.of("--min-replicas-to-write", "1"));
        }
        if (primaryPort >= 0) {
            command.addAll(List.of("--replicaof", "127.0.0.1", "" + primaryPort));
        }
        return ChaosProcess.command(
                "redis " + index, "Ready to accept connections", _ -> {}, command);
    }

    /// {@return as `store.url` takes it}
    String url() {
        return isAlone
                ? "redis://127.0.0.1:" + ports.getFirst()
                : "redis-sentinel://127.0.0.1:" + sentinelPort + "#" + NAME;
    }

    /// {@return which one takes writes, as the sentinel has it}
    int primary() throws IOException {
        if (isAlone) {
            return 0;
        }
        String answer = cli(sentinelPort, "SENTINEL", "get-master-addr-by-name", NAME);
        return ports.indexOf(Integer.valueOf(answer.lines().toList().getLast().strip()));
    }

    void kill(int index) throws InterruptedException {
        servers.get(index).kill();
    }

    void stop(int index) throws IOException, InterruptedException {
        servers.get(index).stop();
    }

    void go(int index) throws IOException, InterruptedException {
        servers.get(index).go();
    }

    /// Starts one that was killed, as a replica where the other has taken its place.
    void revive(int index) throws IOException, InterruptedException {
        int primary = primary();
        ChaosProcess revived = start(index, primary == index ? -1 : ports.get(primary));
        servers.set(index, revived);
        revived.awaitReady();
    }

    /// Waits until a write is taken again, also by the replica where there is one.
    void awaitWritable() throws IOException, InterruptedException {
        long deadlineNanos =
                System.nanoTime() + TimeUnit.MINUTES.toNanos(ChaosProcess.PATIENCE_MINUTES);
        while (!cli(ports.get(primary()), "SET", "chaos:probe", "1").equals("OK")) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException("the store takes no writes");
            }
            Thread.sleep(50);
        }
    }

    private static String cli(int port, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
        command.addAll(List.of(arguments));
        Process cli = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = cli.inputReader()) {
            return String.join("\n", output.lines().toList());
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        sentinel.close();
        servers.forEach(ChaosProcess::close);
    }
}
