package dev.hawser.cli.fleet;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser fleet`: an operator's hands on game servers and players.
@Command(
        name = "fleet",
        description = {
            "Game servers and their players, for operators: look who is where, drain a server, kick"
                    + " and ban. It asks the token service, which notes each change in its audit.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServersCommand.class,
            PlayersCommand.class,
            WhereCommand.class,
            DrainCommand.class,
            KickCommand.class,
            BanCommand.class,
            UnbanCommand.class,
            BansCommand.class,
        },
        footer = {
            "%nExample: hawser fleet servers --backend https://play.example.org \\",
            "             --credential-file operators.secret",
        })
public final class FleetCommand implements Callable<Integer> {
    /// Of each of its commands.
    static final String EXIT_CODES =
            "%nExit codes: 0 done, 1 not done (also: there is no such server, player or ban), 2 wrong"
                    + " usage.";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "fleet is to do what? 'hawser fleet servers' lists the game servers, 'hawser fleet"
                        + " where PLAYER' says where a player is");
    }
}
