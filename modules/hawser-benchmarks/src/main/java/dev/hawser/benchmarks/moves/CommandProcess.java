package dev.hawser.benchmarks.moves;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `hawser` command in a process of its own, by the Java and the class path of this one.
public final class CommandProcess implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    /// Stands for the end of what it prints.
    private static final String END = "\0";

    private final String name;
    private final Process process;
    private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();

    private CommandProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread.ofPlatform().daemon().start(this::read);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /// {@return a process that has just begun}
    ///
    /// @param args as the command takes them
    public static CommandProcess start(List<String> args) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.hawser.cli.Main"));
        command.addAll(args);
        return new CommandProcess(
                "hawser " + args.getFirst(),
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(printed::add);
        } catch (IOException | UncheckedIOException e) {
            // It was killed.
        } finally {
            printed.add(END);
        }
    }

    /// Waits until it has printed such a line; those before it are not looked at again.
    ///
    /// @throws IOException when it ends before, or is silent for too long
    public MatchResult await(String regex) throws IOException, InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            String line = printed.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                throw new IOException(
                        name
                                + (line == null ? " does not print " : " ended before it printed ")
                                + regex);
            }
            Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                return matcher.toMatchResult();
            }
        }
    }

    /// {@return the processor's time that it has taken; nothing where the system does not say}
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// Asks it to end, by SIGTERM.
    void terminate() {
        // Process.destroy would close what it prints to as well.
        process.toHandle().destroy();
    }

    /// {@return the exit code}
    ///
    /// @throws IOException when it does not end for too long
    int awaitExit() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new IOException(name + " does not end");
        }
        return process.exitValue();
    }

    /// Kills it, if it still runs.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
