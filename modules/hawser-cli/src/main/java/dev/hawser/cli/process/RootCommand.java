package dev.hawser.cli.process;

import picocli.CommandLine.Model.CommandSpec;

/// The command that all others are subcommands of: it has what they take from their process.
public interface RootCommand {
    /// {@return what surrounds the process}
    Surroundings surroundings();

    /// {@return where it prints to}
    Output output();

    /// {@return the root above a command}
    static RootCommand of(CommandSpec command) {
        return (RootCommand) command.root().userObject();
    }
}
