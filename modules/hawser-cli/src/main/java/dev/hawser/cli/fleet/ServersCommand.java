package dev.hawser.cli.fleet;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.online.operator.FleetServer;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import java.util.List;
import picocli.CommandLine.Command;

/// `hawser fleet servers`.
@Command(
        name = "servers",
        description = {
            "Lists the game servers.",
            "",
            "Of the FREE slots some are PROMISED to players on their way; a server that drains or has"
                    + " just started says that none is free. SILENT is since when it was not heard.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class ServersCommand extends Question {
    @Override
    int ask(OperatorClient client) throws OperatorException {
        Table table =
                new Table(
                        out(),
                        "SERVER",
                        "STATE",
                        "FREE",
                        "PROMISED",
                        "SLOTS",
                        "SILENT",
                        "REGION",
                        "ADDRESS");
        each(
                client::servers,
                servers -> {
                    if (isJson()) {
                        servers.forEach(server -> out().println(JsonLines.server(server)));
                    } else {
                        table.print(servers.stream().map(ServersCommand::row).toList());
                    }
                });
        if (!isJson() && table.isEmpty()) {
            out().println("no game servers");
        }
        return 0;
    }

    private static List<String> row(FleetServer listed) {
        ServerAnnouncement server = listed.announcement();
        boolean isFull = server.freeSlots() <= listed.reservedSlots();
        return List.of(
                server.serverId(),
                listed.isDraining() ? "draining" : isFull ? "full" : "open",
                Integer.toString(server.freeSlots()),
                Integer.toString(listed.reservedSlots()),
                Integer.toString(server.maxClients()),
                listed.silentSeconds() + " s",
                server.region().isEmpty() ? "-" : server.region(),
                server.publicAddress().toString());
    }
}
