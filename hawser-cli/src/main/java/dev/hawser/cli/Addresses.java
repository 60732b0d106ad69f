package dev.hawser.cli;

import dev.hawser.protocol.NetAddress;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Checks addresses among the arguments.
final class Addresses {
    private Addresses() {}

    /// {@return whether it stands for all interfaces}
    static boolean isWildcard(NetAddress address) {
        return address.high() == 0
                && (int) address.low() == 0
                && (address.isIpv4() || address.low() == 0);
    }

    /// Refuses what no token can name a server by.
    static void checkNamed(CommandSpec spec, String option, NetAddress address) {
        if (isWildcard(address)) {
            throw usage(
                    spec,
                    option,
                    address,
                    "is all interfaces, but a token names one address: pass one that this server"
                            + " is reached at, for example 203.0.113.5:"
                            + address.port());
        }
    }

    /// Refuses what no client can dial.
    static void checkDialled(CommandSpec spec, String option, NetAddress address) {
        undialled(address)
                .ifPresent(problem -> {
                    throw usage(spec, option, address, problem);
                });
    }

    /// {@return why no client can dial an address, if none can}
    static Optional<String> undialled(NetAddress address) {
        if (isWildcard(address)) {
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
