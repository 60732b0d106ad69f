package dev.hawser.cli.command;

import dev.hawser.cli.process.RootCommand;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `hawser completion`: what a shell completes.
@Command(
        name = "completion",
        description = {
            "Prints a script with which bash completes commands and options, and zsh after"
                    + " 'autoload bashcompinit && bashcompinit'.",
            "",
            "    source <(hawser completion)",
            "",
        },
        mixinStandardHelpOptions = true,
        footer = {"%nExit codes: 0 printed, 1 not printed, 2 wrong usage."})
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() {
        String script = AutoComplete.bash(spec.root().name(), spec.root().commandLine());
        RootCommand.of(spec).output().writer().print(script);
        return 0;
    }
}
