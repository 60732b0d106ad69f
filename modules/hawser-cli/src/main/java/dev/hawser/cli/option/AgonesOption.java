package dev.hawser.cli.option;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.online.agones.AgonesGameServer;
import dev.hawser.online.agones.AgonesLifecycle;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `--agones`: the server is one of Agones', which runs game servers in Kubernetes.
public final class AgonesOption {
    /// The name of the option.
    public static final String NAME = "--agones";

    /// A pod has its node before it runs; what is late is what Agones writes down.
    private static final Duration ADDRESS_TIMEOUT = Duration.ofMinutes(1);

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = NAME,
            description =
                    "Tell Agones when the server is ready, that it is healthy and that it is over,"
                            + " and print what Agones says of it. Its address and first port are"
                            + " the --identity and the --public-address that are not given.")
    private boolean isGiven;

    public boolean isGiven() {
        return isGiven;
    }

    /// {@return what talks to Agones, or null where that is not wanted}
    public @Nullable AgonesLifecycle lifecycle(PrintWriter out) {
        if (!isGiven) {
            return null;
        }
        String variable = AgonesLifecycle.PORT_VARIABLE;
        String port = RootCommand.of(spec).surroundings().environment().getOrDefault(variable, "");
        try {
            return AgonesLifecycle.builder()
                    .port(Integer.parseInt(port.strip()))
                    .listener(gameServer -> out.println("agones " + gameServer.stateText()))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new CliFailure(
                    NAME
                            + ", but "
                            + variable
                            + (port.isEmpty() ? " is not set" : " is no port")
                            + ": Agones sets it in the containers of a GameServer, so leave "
                            + NAME
                            + " out elsewhere",
                    e);
        }
    }

    /// {@return what players dial; waited for}
    public NetAddress dialled(AgonesLifecycle lifecycle) throws IOException {
        try {
            AgonesGameServer gameServer = lifecycle.awaitGameServer(ADDRESS_TIMEOUT);
            return gameServer
                    .publicAddress()
                    .orElseThrow(() ->
                            new CliFailure(
                                    gameServer
                                            + " has no port, or its node no IP address, by which"
                                            + " players could dial it: give the GameServer a port,"
                                            + " or pass --identity"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("it was interrupted while it waited for Agones", e);
        }
    }
}
