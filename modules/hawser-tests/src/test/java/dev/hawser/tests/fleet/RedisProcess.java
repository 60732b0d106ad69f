package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A real `redis-server`, or one as a sentinel, with a port and a folder of its own. It ends with
/// the test, or with the JVM.
public final class RedisProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 600;
    private static final AtomicLong PREFIXES = new AtomicLong();

    private final Path folder;
    private final int port;
    private final List<String> options;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private Process process;

    private RedisProcess(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.port = port;
        this.options = options;
    }

    /// One for all tests that only need some server, each under a prefix of its own.
    private static final class Shared {
        private static final RedisProcess SERVER = make();

        private static RedisProcess make() {
            try {
                RedisProcess server = started("--appendonly", "no");
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                return server;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    static RedisProcess shared() {
        return Shared.SERVER;
    }

    /// A prefix of keys that nobody else has.
    static String newPrefix() {
        return "test" + PREFIXES.incrementAndGet();
    }

    /// Starts a server that keeps what it has acknowledged.
    ///
    /// @param options as `redis-server` takes them, `--name`, `value`
    public static RedisProcess started(String... options) throws IOException {
        Path folder = Files.createTempDirectory("hawser-redis");
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--save",
                                "",
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                "always",
                                "--enable-protected-configs",
                                "yes"));
        all.addAll(List.of(options));
        RedisProcess server = new RedisProcess(folder, freePort(), all);
        server.start();
        return server;
    }

    /// Starts a sentinel that watches a master named `game`.
    static RedisProcess startSentinel(int masterPort) throws IOException {
        Path folder = Files.createTempDirectory("hawser-sentinel");
        int port = freePort();
        Files.writeString(
                folder.resolve("sentinel.conf"),
                """
                sentinel monitor game 127.0.0.1 %d 1
                sentinel down-after-milliseconds game 200
                sentinel failover-timeout game 5000
                """
                        .formatted(masterPort));
        RedisProcess sentinel =
                new RedisProcess(
                        folder,
                        port,
                        List.of(folder.resolve("sentinel.conf").toString(), "--sentinel"));
        sentinel.start();
        return sentinel;
    }

    /// Starts again after [#kill()], with the same port and data.
    void start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add("redis-server");
        if (options.getLast().equals("--sentinel")) {
            command.add(options.getFirst());
            command.addAll(List.of("--sentinel", "--port", Integer.toString(port)));
        } else {
            command.addAll(List.of("--port", Integer.toString(port)));
            command.addAll(options);
        }
        command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
        lines.clear();
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        // Not virtual: reading from a pipe holds on to one of the few threads that carry those.
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    output.lines().forEach(lines::add);
                    lines.add("(it has ended)");
                });
        awaitLine(options.getLast().equals("--sentinel") ? "monitor master" : "Ready to accept");
    }

    /// Waits for a line of its log.
    void awaitLine(String part) {
        List<String> read = new ArrayList<>();
        try {
            while (true) {
                String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (line != null && line.contains(part)) {
                    return;
                }
                if (line == null || line.equals("(it has ended)")) {
                    fail("redis-server did not say '" + part + "', but " + read);
                }
                read.add(line);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    Path folder() {
        return folder;
    }

    /// Asks it by `redis-cli`.
    public String cli(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
        command.addAll(List.of(arguments));
        Process cli = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = cli.inputReader()) {
            return String.join("\n", output.lines().toList());
        }
    }

    /// As a machine that loses its power.
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Has it stand still, as one whose network is cut, or go on.
    void signal(String name) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> {
                        try {
                            Files.deleteIfExists(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
