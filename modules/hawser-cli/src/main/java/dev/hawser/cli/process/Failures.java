package dev.hawser.cli.process;

import dev.hawser.cli.words.Wording;
import dev.hawser.keys.KeyRingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// How what goes wrong is told: in a line for what people can set right, with its stack trace for
/// what they cannot.
public final class Failures {
    private Failures() {}

    /// A command failed: exit code 1.
    public static int onExecution(Exception failure, CommandLine commandLine, ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        switch (failure) {
            case CliFailure _ -> print(err, failure.getMessage());
            case IllegalArgumentException _, KeyRingException _ ->
                    print(err, Wording.ofOptions(String.valueOf(failure.getMessage())));
            case IOException io -> print(err, Wording.ofOptions(describe(io)));
            case UncheckedIOException io ->
                    print(err, Wording.ofOptions(describe(Objects.requireNonNull(io.getCause()))));
            default -> {
                print(err, "this is a bug in Hawser, please report it with the lines that follow:");
                failure.printStackTrace(err);
            }
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    /// The arguments make no sense: exit code 2.
    public static int onUsage(ParameterException failure, String[] args) {
        CommandLine commandLine = failure.getCommandLine();
        PrintWriter err = commandLine.getErr();
        print(err, failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, err);
        err.println(
                "'"
                        + commandLine.getCommandSpec().qualifiedName()
                        + " --help' says what there is.");
        return CommandLine.ExitCode.USAGE;
    }

    /// {@return what happened to which file, for a person}
    public static String describe(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case AccessDeniedException denied ->
                    "no permission to use " + denied.getFile() + ": see its mode and its owner";
            case FileSystemException file ->
                    file.getFile()
                            + ": "
                            + (file.getReason() == null ? "it cannot be used" : file.getReason());
            default ->
                    failure.getMessage() == null
                            ? "the system did not say what failed"
                            : failure.getMessage();
        };
    }

    private static void print(PrintWriter err, @Nullable String message) {
        err.println("hawser: " + message);
    }
}
