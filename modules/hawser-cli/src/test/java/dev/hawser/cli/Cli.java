package dev.hawser.cli;

import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Runs the command inside the test.
public final class Cli {
    private Cli() {}

    /// What a command left behind.
    ///
    /// @param exitCode as the process would end with
    /// @param out what went to standard output
    /// @param err what went to standard error
    public record Result(int exitCode, String out, String err) {}

    public static Result run(String... args) {
        return run(Map.of(), args);
    }

    public static Result run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Result result = runInto(out, false, environment, args);
        return new Result(result.exitCode(), out.toString(StandardCharsets.UTF_8), result.err());
    }

    /// {@return what it left behind, without its standard output, which is yours}
    ///
    /// @param isPipe whether `out` stands for a program that reads
    public static Result runInto(
            OutputStream out, boolean isPipe, Map<String, String> environment, String... args) {
        StringWriter err = new StringWriter();
        PrintWriter errWriter = new PrintWriter(err, true);
        Surroundings surroundings =
                new Surroundings(new ByteArrayInputStream(new byte[0]), environment, false);
        Output output = new Output(out, StandardCharsets.UTF_8, errWriter, () -> isPipe);
        int exitCode = Main.run(surroundings, output, errWriter, args);
        return new Result(exitCode, "", err.toString());
    }
}
