package dev.hawser.benchmarks.moves;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A network of its own, with nothing in it: a namespace, which a sleeping process keeps.
final class Namespace implements AutoCloseable {
    private final Process keeper;

    private Namespace(Process keeper) {
        this.keeper = keeper;
    }

    static Namespace create() throws IOException, InterruptedException {
        Process keeper = new ProcessBuilder("unshare", "-n", "sleep", "infinity").start();
        var namespace = new Namespace(keeper);
        Runtime.getRuntime().addShutdownHook(new Thread(namespace::close));
        while (of(keeper.pid()).equals(of(ProcessHandle.current().pid()))) {
            if (!keeper.isAlive()) {
                throw new IOException("unshare: " + text(keeper));
            }
            Thread.sleep(1);
        }
        namespace.ip(false, List.of("link set lo up"));
        return namespace;
    }

    private static Path of(long pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net"));
    }

    /// Puts the calling thread into it, for good.
    void enter() throws IOException {
        Libc.enterNetworkOf(keeper.pid());
    }

    /// Runs commands of `ip` inside, one after the other in one process, so that next to no time is
    /// between them.
    void ip(boolean isIpv6, List<String> commands) throws IOException, InterruptedException {
        List<String> words =
                List.of(
                        "nsenter",
                        "-t",
                        "" + keeper.pid(),
                        "-n",
                        "ip",
                        isIpv6 ? "-6" : "-4",
                        "-batch",
                        "-");
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (Writer stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(String.join("\n", commands) + "\n");
        }
        String said = text(process);
        if (process.waitFor() != 0) {
            throw new IOException("ip: " + commands + ": " + said);
        }
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        keeper.destroyForcibly();
    }
}
