package dev.hawser.cli.option;

import dev.hawser.cli.words.Shares;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Checks numbers among the arguments.
public final class Limits {
    private Limits() {}

    public static void check(CommandSpec spec, String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + value + ", but must be from " + min + " to " + max);
        }
    }

    /// Checks a share of all packets.
    public static void checkShare(CommandSpec spec, String option, double share) {
        // Put so that NaN is refused too.
        if (!(share >= 0 && share <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    option
                            + " is "
                            + Shares.number(share)
                            + ", but must be from 0 to 1: 0.05 for five packets in a hundred");
        }
    }
}
