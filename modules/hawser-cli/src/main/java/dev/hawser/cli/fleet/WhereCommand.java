package dev.hawser.cli.fleet;

import dev.hawser.cli.words.Printable;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import dev.hawser.online.operator.PlayerPresence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `hawser fleet where`.
@Command(
        name = "where",
        description = {"Says where a player is.", ""},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class WhereCommand extends Question {
    @Mixin private PlayerOptions player = new PlayerOptions();

    @Override
    void check() {
        player.check();
    }

    @Override
    int ask(OperatorClient client) throws OperatorException {
        long clientId = player.clientId(client);
        PlayerPresence presence = client.where(clientId).orElseThrow(() -> notPresent(clientId));
        out().println(
                        isJson()
                                ? JsonLines.presence(presence)
                                : Long.toUnsignedString(clientId)
                                        + " is at "
                                        + Printable.of(presence.serverId())
                                        + " since "
                                        + time(presence.sinceUnixSeconds()));
        return 0;
    }
}
