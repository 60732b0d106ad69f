package dev.hawser.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A program that is killed, stopped and continued. It ends with this JVM.
final class ChaosProcess implements AutoCloseable {
    static final long PATIENCE_MINUTES = 10;

    private final String name;
    private final String ready;
    private final Process process;
    private final Thread reader;
    private final CountDownLatch isReady = new CountDownLatch(1);

    /// @param ready what the line begins with, or holds, that says that it works
    /// @param lines hears of each line that it prints, from a thread of its own
    private ChaosProcess(String name, String ready, Consumer<String> lines, ProcessBuilder builder)
            throws IOException {
        this.name = name;
        this.ready = ready;
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        reader = Thread.ofPlatform().daemon().start(() -> read(lines));
    }

    /// {@return a program of the machine's}
    static ChaosProcess command(
            String name, String ready, Consumer<String> lines, List<String> command)
            throws IOException {
        return new ChaosProcess(
                name, ready, lines, new ProcessBuilder(command).redirectErrorStream(true));
    }

    /// {@return a Java program, whose errors go to a file}
    ///
    /// @param errors to which it adds
    static ChaosProcess java(
            String name,
            String ready,
            Consumer<String> lines,
            Path errors,
            String main,
            List<String> args)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                // Many on a small machine.
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "-ea",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(args);
        return new ChaosProcess(
                name,
                ready,
                lines,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile())));
    }

    /// {@return the `hawser` command}
    static ChaosProcess hawser(
            String name, String ready, Consumer<String> lines, Path errors, List<String> args)
            throws IOException {
        return java(name, ready, lines, errors, "dev.hawser.cli.Main", args);
    }

    private void read(Consumer<String> lines) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines()
                    .forEach(line -> {
                        lines.accept(line);
                        if (line.contains(ready)) {
                            isReady.countDown();
                        }
                    });
        } catch (IOException | UncheckedIOException killed) {
            // What it printed before has been read.
        }
    }

    /// Waits until it has said that it works.
    ///
    /// @throws IOException when it ends before, or says nothing for too long
    void awaitReady() throws IOException, InterruptedException {
        if (!isReady()) {
            throw new IOException(name + " ended before it printed '" + ready + "'");
        }
    }

    /// {@return whether it has said that it works, for which it waits; else it has ended}
    ///
    /// @throws IOException when it says nothing for too long
    boolean isReady() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (!isReady.await(1, TimeUnit.SECONDS)) {
            if (!reader.isAlive()) {
                return isReady.getCount() == 0;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException(name + " does not print '" + ready + "'");
            }
        }
        return true;
    }

    /// @throws IOException when it has ended, which nobody wanted
    void check() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended by itself");
        }
    }

    /// Ends it as a machine that loses its power, and waits until all that it said has been read.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }

    /// Has it stand still.
    void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// Has it go on.
    void go() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .redirectError(new File("/dev/null"))
                .start()
                .waitFor();
    }

    void type(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        synchronized (this) {
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
