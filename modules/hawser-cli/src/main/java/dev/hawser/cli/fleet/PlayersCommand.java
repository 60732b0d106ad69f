package dev.hawser.cli.fleet;

import dev.hawser.online.operator.FleetServer;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import dev.hawser.online.operator.PlayerPresence;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `hawser fleet players`.
@Command(
        name = "players",
        description = {"Lists who is at the game servers, one server after the other.", ""},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class PlayersCommand extends Question {
    @Option(
            names = "--server",
            paramLabel = "SERVER",
            description = "Only those at this one, by its id.")
    private @Nullable String serverId;

    @Override
    int ask(OperatorClient client) throws OperatorException {
        Table table = new Table(out(), "PLAYER", "SERVER", "SINCE");
        if (serverId != null) {
            players(client, serverId, table);
        } else {
            each(
                    client::servers,
                    servers -> {
                        for (FleetServer server : servers) {
                            players(client, server.announcement().serverId(), table);
                        }
                    });
        }
        if (!isJson() && table.isEmpty()) {
            out().println("no players");
        }
        return 0;
    }

    private void players(OperatorClient client, String server, Table table)
            throws OperatorException {
        each(
                cursor -> client.players(server, cursor),
                players -> {
                    if (isJson()) {
                        players.forEach(player -> out().println(JsonLines.presence(player)));
                    } else {
                        table.print(players.stream().map(PlayersCommand::row).toList());
                    }
                });
    }

    private static List<String> row(PlayerPresence player) {
        return List.of(
                Long.toUnsignedString(player.clientId()),
                player.serverId(),
                time(player.sinceUnixSeconds()));
    }
}
