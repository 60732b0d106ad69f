package dev.hawser.cli.option;

import dev.hawser.protocol.NetAddress;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Checks addresses among the arguments.
public final class Addresses {
    private Addresses() {}

    /// Refuses what no client can dial.
    public static void checkDialled(CommandSpec spec, String option, NetAddress address) {
        undialled(address)
                .ifPresent(problem -> {
                    throw usage(spec, option, address, problem);
                });
    }

    /// {@return why no client can dial an address, if none can}
    public static Optional<String> undialled(NetAddress address) {
        if (address.isUnspecified()) {
            return Optional.of(
                    "is all interfaces of a server, and nobody's address: name one of them, for"
                            + " example 203.0.113.5:"
                            + address.port());
        }
        return address.port() == 0
                ? Optional.of("has port 0, which no server has: name the one that it listens on")
                : Optional.empty();
    }

    private static ParameterException usage(
            CommandSpec spec, String option, NetAddress address, String problem) {
        return new ParameterException(spec.commandLine(), option + " " + address + " " + problem);
    }
}
