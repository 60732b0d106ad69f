package dev.hawser.tests.processes;

import dev.hawser.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A program of this project, most often the `hawser` command, as a process of its own, by the Java
/// and the class path of this test.
///
/// Every wait is bounded; one that is over fails with all that the process has printed.
public final class HawserProcess implements AutoCloseable {
    /// For a JVM that starts on a machine with ten times as much to do as it can. What waits for
    /// less long waits for it only when something is wrong.
    private static final long PATIENCE_SECONDS = 600;

    /// The variable of a test that gives Java options of its own, that on native access too.
    static final String JAVA_OPTIONS = "JDK_JAVA_OPTIONS";

    /// For programs that live for seconds: the fastest start.
    private static final List<String> JAVA =
            List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-ea");

    /// The class path of this test, the jars before the folders: see [ClassArchive].
    private static final String JARS = classPath(Files::isRegularFile);

    private static final String FOLDERS = classPath(Files::isDirectory);

    private final Process process;
    private final Output out;
    private final Output err;

    private HawserProcess(Process process) {
        this.process = process;
        out = new Output(process.getInputStream());
        err = new Output(process.getErrorStream());
    }

    static HawserProcess start(List<String> args) {
        return start(Main.class.getName(), Map.of(), args);
    }

    static HawserProcess start(String main, Map<String, String> environment, List<String> args) {
        return startBy(List.of(), main, environment, args);
    }

    /// Starts Java by another program.
    ///
    /// @param starter the program and its arguments, behind which the Java command comes
    static HawserProcess startBy(
            List<String> starter, String main, Map<String, String> environment, List<String> args) {
        List<String> command = new ArrayList<>(starter);
        command.addAll(command(main, environment, args));
        return startCommand(environment, command);
    }

    /// {@return the command in a script of bash, which starts it with `"$@"`}
    static HawserProcess startIn(String script, List<String> args) {
        return startBy(List.of("bash", "-c", script, "bash"), Main.class.getName(), Map.of(), args);
    }

    /// {@return any program}
    public static HawserProcess startCommand(
            Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("HAWSER_PRIVATE_KEY");
        builder.environment().putAll(environment);
        try {
            return new HawserProcess(builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String classPath(Predicate<Path> kind) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> kind.test(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> command(
            String main, Map<String, String> environment, List<String> args) {
        List<String> command = new ArrayList<>(JAVA);
        command.addAll(ClassArchive.options(JAVA, JARS));
        if (!environment.containsKey(JAVA_OPTIONS)) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", JARS + File.pathSeparator + FOLDERS, main));
        command.addAll(args);
        return command;
    }

    static HawserProcess start(String... args) {
        return start(List.of(args));
    }

    /// {@return the command without a process: see [InsideProcess]}
    static HawserProcess inside(List<String> args) {
        return new HawserProcess(InsideProcess.start(args));
    }

    /// {@return the match in the first line of standard output that holds one}
    public MatchResult awaitOut(String regex) {
        return out.await(regex);
    }

    /// {@return the match in the first line of standard error that holds one}
    public MatchResult awaitErr(String regex) {
        return err.await(regex);
    }

    /// {@return the exit code; afterwards all output is there}
    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end" + printed());
            }
            out.awaitEnd();
            err.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public String out() {
        return out.text();
    }

    public String err() {
        return err.text();
    }

    /// {@return whether it runs, and all that it has printed, for the message of a failed test}
    public String said() {
        return (isAlive() ? "it runs" : "it has ended") + printed();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Types a line.
    void type(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Ends its standard input.
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// As Ctrl-C does it.
    public void interrupt() {
        signal("INT");
    }

    /// As a service manager does it.
    void terminate() {
        signal("TERM");
    }

    /// As the kernel does it: the process has no say.
    public void kill() {
        signal("KILL");
    }

    private void signal(String name) {
        try {
            Process kill =
                    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .inheritIO()
                            .start();
            if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("could not send SIG" + name + printed());
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String printed() {
        return "; it printed\n" + out() + "and on standard error\n" + err();
    }

    /// What comes from a stream, line by line.
    private final class Output {
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;
        private boolean isOver;

        Output(InputStream stream) {
            reader = Thread.ofPlatform().daemon().start(() -> read(stream));
        }

        private void read(InputStream stream) {
            try (BufferedReader lineReader =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String line = lineReader.readLine();
                while (line != null) {
                    add(line);
                    line = lineReader.readLine();
                }
            } catch (IOException closed) {
                // The process is gone.
            }
            end();
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            isOver = true;
            notifyAll();
        }

        synchronized MatchResult await(String regex) {
            Pattern pattern = Pattern.compile(regex);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            Optional<MatchResult> match = find(pattern);
            try {
                while (match.isEmpty()) {
                    long leftNanos = deadlineNanos - System.nanoTime();
                    if (isOver || leftNanos <= 0) {
                        throw new AssertionError("no line holds " + regex + printed());
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
                    match = find(pattern);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return match.get();
        }

        private Optional<MatchResult> find(Pattern pattern) {
            return lines.stream()
                    .map(pattern::matcher)
                    .filter(Matcher::find)
                    .map(Matcher::toMatchResult)
                    .findFirst();
        }

        void awaitEnd() throws InterruptedException {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }

        synchronized String text() {
            StringBuilder text = new StringBuilder();
            lines.forEach(line -> text.append(line).append('\n'));
            return text.toString();
        }
    }
}
