package dev.hawser.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Checks numbers among the arguments.
final class Limits {
    private Limits() {}

    static void check(CommandSpec spec, String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + value + ", but must be from " + min + " to " + max);
        }
    }
}
