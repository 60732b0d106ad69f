package dev.hawser.benchmarks.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `redis-server` that keeps its data in memory only.
final class StoreProcess implements AutoCloseable {
    private static final Pattern SCRIPTS =
            Pattern.compile("cmdstat_evalsha:calls=(\\d+),usec=(\\d+),.*");

    private final Path folder = Files.createTempDirectory("hawser-store");
    private final int port = freePort();
    private final Process process;

    StoreProcess() throws IOException {
        process =
                new ProcessBuilder(
                                "redis-server",
                                "--port",
                                "" + port,
                                "--bind",
                                "127.0.0.1",
                                "--dir",
                                folder.toString(),
                                "--save",
                                "",
                                "--appendonly",
                                "no")
                        .redirectErrorStream(true)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader();
        String line;
        do {
            line = out.readLine();
            if (line == null) {
                throw new IOException("redis-server ended before it was ready");
            }
        } while (!line.contains("Ready to accept"));
        // What it says later must not fill the pipe.
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /// {@return the processor's time that it has taken}
    Duration cpu() throws IOException {
        var info = new TreeMap<String, Double>();
        for (String line : ask("INFO", "cpu")) {
            if (line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:")) {
                info.put(
                        line.substring(0, line.indexOf(':')),
                        Double.parseDouble(line.substring(line.indexOf(':') + 1).strip()));
            }
        }
        double seconds = info.values().stream().mapToDouble(Double::doubleValue).sum();
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /// {@return how many scripts it has run, and what they took by its own account in µs}
    Scripts scripts() throws IOException {
        for (String line : ask("INFO", "commandstats")) {
            Matcher matcher = SCRIPTS.matcher(line.strip());
            if (matcher.matches()) {
                return new Scripts(
                        Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
            }
        }
        return new Scripts(0, 0);
    }

    record Scripts(long calls, long micros) {
        Scripts since(Scripts former) {
            return new Scripts(calls - former.calls, micros - former.micros);
        }
    }

    private List<String> ask(String... words) throws IOException {
        var command = new java.util.ArrayList<>(List.of("redis-cli", "-p", "" + port));
        command.addAll(List.of(words));
        try (BufferedReader out = new ProcessBuilder(command).start().inputReader()) {
            return out.lines().toList();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
