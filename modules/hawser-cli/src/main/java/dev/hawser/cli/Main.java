package dev.hawser.cli;

import dev.hawser.cli.backend.BackendCommand;
import dev.hawser.cli.command.ClientCommand;
import dev.hawser.cli.command.CompletionCommand;
import dev.hawser.cli.command.ConformanceCommand;
import dev.hawser.cli.command.KeysCommand;
import dev.hawser.cli.command.LoadCommand;
import dev.hawser.cli.command.ServerCommand;
import dev.hawser.cli.command.TokenCommand;
import dev.hawser.cli.demo.DemoCommand;
import dev.hawser.cli.fleet.FleetCommand;
import dev.hawser.cli.option.Converters;
import dev.hawser.cli.process.Failures;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.LogLines;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.cli.process.Surroundings;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `hawser` command: starts the subcommand that the arguments name.
@Command(
        name = "hawser",
        description = "Secure game connections: try them, serve them, make their keys and tokens.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%n",
        footer = {
            "'hawser COMMAND --help' says more. Begin with 'hawser demo', or with 'hawser server' and"
                    + " 'hawser client' in two terminals.",
            "",
            "Exit codes: 0 it went well, 1 it failed, also where its output could not be written, 2"
                    + " wrong usage, 141 whoever read its output has gone.",
        })
public final class Main implements RootCommand, Callable<Integer> {
    /// What there is, in the order of the help, by the name that the command itself bears.
    private static final SequencedMap<String, Class<?>> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put("demo", DemoCommand.class);
        SUBCOMMANDS.put("server", ServerCommand.class);
        SUBCOMMANDS.put("client", ClientCommand.class);
        SUBCOMMANDS.put("backend", BackendCommand.class);
        SUBCOMMANDS.put("fleet", FleetCommand.class);
        SUBCOMMANDS.put("token", TokenCommand.class);
        SUBCOMMANDS.put("keys", KeysCommand.class);
        SUBCOMMANDS.put("conformance", ConformanceCommand.class);
        SUBCOMMANDS.put("load", LoadCommand.class);
        SUBCOMMANDS.put("completion", CompletionCommand.class);
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    private final Surroundings surroundings;
    private final Output output;

    private Main(Surroundings surroundings, Output output) {
        this.surroundings = surroundings;
        this.output = output;
    }

    /// Runs a command and ends the process with its exit code: 0 it went well, 1 it failed, 2 wrong
    /// usage, 141 whoever read its output has gone.
    public static void main(String[] args) {
        LogLines.configure();
        Interruption.ownProcess();
        PrintWriter err =
                new PrintWriter(new OutputStreamWriter(System.err, System.err.charset()), true);
        int exitCode = run(Surroundings.ofProcess(), Output.ofProcess(err), err, args);
        Interruption.finish(exitCode);
        System.exit(exitCode);
    }

    /// Runs a command in the calling thread, and neither ends the process nor touches its streams.
    ///
    /// @return the exit code that the process would end with
    public static int run(
            Surroundings surroundings, Output output, PrintWriter err, String... args) {
        CommandLine commandLine = new CommandLine(new Main(surroundings, output));
        addSubcommands(commandLine, args);
        Converters.register(commandLine);
        int exitCode =
                commandLine
                        .setOut(output.writer())
                        .setErr(err)
                        .setExpandAtFiles(false)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler(Failures::onExecution)
                        .setParameterExceptionHandler(Failures::onUsage)
                        .execute(args);
        return output.conclude(exitCode);
    }

    /// Only the subcommand that is asked for, since to read the options of all took a quarter of a
    /// server's start. All of them where none is, for the help and for suggestions, and where all
    /// are completed.
    private static void addSubcommands(CommandLine commandLine, String... args) {
        Class<?> only = args.length == 0 ? null : SUBCOMMANDS.get(args[0]);
        if (only == null || only == CompletionCommand.class) {
            SUBCOMMANDS.forEach(commandLine::addSubcommand);
        } else {
            commandLine.addSubcommand(args[0], only);
        }
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public Output output() {
        return output;
    }

    /// Without a command there is nothing to do but to say what there is.
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
