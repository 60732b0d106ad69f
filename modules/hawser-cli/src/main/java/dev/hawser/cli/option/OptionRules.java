package dev.hawser.cli.option;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// Which options go with which: an option that would have no effect is refused, since whoever
/// passes it expects one.
public final class OptionRules {
    private OptionRules() {}

    /// Refuses options that mean something only beside another one.
    ///
    /// @param isGiven whether that other one is there
    public static void onlyWith(
            CommandSpec spec, String other, boolean isGiven, String... options) {
        if (!isGiven) {
            refuse(spec, "goes with " + other + " only", options);
        }
    }

    /// Refuses options that mean nothing beside another one.
    ///
    /// @param isGiven whether that other one is there
    /// @param why what makes them useless
    public static void notWith(
            CommandSpec spec, String other, boolean isGiven, String why, String... options) {
        if (isGiven) {
            refuse(spec, "does not go with " + other + ": " + why, options);
        }
    }

    /// Refuses options of a command, where its subcommand was called, which does not look at them.
    public static void notBefore(CommandSpec subcommand, CommandSpec command) {
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            throw usage(
                    subcommand,
                    option.longestName()
                            + " goes with '"
                            + command.qualifiedName()
                            + "' only, not with '"
                            + subcommand.qualifiedName()
                            + "': leave it out, or pass it behind '"
                            + subcommand.name()
                            + "'");
        }
    }

    private static void refuse(CommandSpec spec, String why, String... options) {
        for (String option : options) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw usage(spec, option + " " + why);
            }
        }
    }

    private static ParameterException usage(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
