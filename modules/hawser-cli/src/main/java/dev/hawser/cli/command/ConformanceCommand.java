package dev.hawser.cli.command;

import dev.hawser.cli.option.Limits;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.words.Printable;
import dev.hawser.testkit.vectors.Conformance;
import dev.hawser.testkit.vectors.ConformanceReport;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.ConformanceReport.Section;
import dev.hawser.testkit.vectors.Vectors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hawser conformance`: verifies test vectors.
@Command(
        name = "conformance",
        description = {
            "Verifies the cases of a file of test vectors against this implementation.",
            "",
            "Prints a line for each section, as 'packets 144/144', and the first failures with the"
                    + " index of their case, counted from 0.",
            "",
        },
        mixinStandardHelpOptions = true,
        footer = {
            "%nExit codes: 0 every case is right, 1 one is not, or the file has none, 2 wrong"
                    + " usage."
        })
public final class ConformanceCommand implements Callable<Integer> {
    private static final int FAILURES_SHOWN_DEFAULT = 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "Vectors in JSON: sections with the names connectTokens, challengeTokens,"
                            + " packets, readVerdicts, replayWindows, addresses and session, any"
                            + " of which may be missing. Those of Hawser's extension say so in"
                            + " 'version', and have sections of their own.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    @Option(
            names = "--failures",
            paramLabel = "N",
            defaultValue = "" + FAILURES_SHOWN_DEFAULT,
            description = "How many failures of each section are shown (${DEFAULT-VALUE}).")
    private int failuresShown;

    @Override
    public Integer call() throws IOException {
        Limits.check(spec, "--failures", failuresShown, 0, Integer.MAX_VALUE);
        ConformanceReport report = Conformance.verify(read());
        PrintWriter out = spec.commandLine().getOut();
        report.sections().forEach(section -> print(out, section));
        printNames(out, "not in the file: ", report.missing());
        printNames(out, "not part of the format, not verified: ", report.unknown());
        if (report.hasPassed()) {
            return CommandLine.ExitCode.OK;
        }
        if (report.sections().stream().allMatch(section -> section.failures().isEmpty())) {
            throw new CliFailure(file + " has no case to verify");
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private Vectors read() throws IOException {
        try {
            return Vectors.read(file);
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException unreadable) {
            throw new CliFailure(file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private void print(PrintWriter out, Section section) {
        out.println(section);
        List<Failure> failures = section.failures();
        failures.stream().limit(failuresShown).forEach(failure -> print(out, section, failure));
        if (failures.size() > failuresShown) {
            out.println("  and " + (failures.size() - failuresShown) + " failures more");
        }
    }

    private static void print(PrintWriter out, Section section, Failure failure) {
        String index = failure.index() == Failure.WHOLE_SECTION ? "" : "[" + failure.index() + "]";
        out.println("  " + section.name() + index + ": " + Printable.of(failure.difference()));
    }

    private static void printNames(PrintWriter out, String heading, List<String> names) {
        if (!names.isEmpty()) {
            out.println(heading + Printable.of(String.join(", ", names)));
        }
    }
}
