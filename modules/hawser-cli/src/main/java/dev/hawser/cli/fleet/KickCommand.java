package dev.hawser.cli.fleet;

import dev.hawser.cli.words.Printable;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import dev.hawser.online.operator.PlayerPresence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hawser fleet kick`.
@Command(
        name = "kick",
        description = {"Ends a player's connection. The player may come back: see 'ban'.", ""},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class KickCommand extends Question {
    @Mixin private PlayerOptions player = new PlayerOptions();

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "For the player, up to 124 characters.")
    private String text = "";

    @Override
    void check() {
        player.check();
    }

    @Override
    int ask(OperatorClient client) throws OperatorException {
        long clientId = player.clientId(client);
        PlayerPresence presence =
                client.kick(clientId, text).orElseThrow(() -> notPresent(clientId));
        out().println(
                        isJson()
                                ? JsonLines.presence(presence)
                                : "kicked "
                                        + Long.toUnsignedString(clientId)
                                        + " at "
                                        + Printable.of(presence.serverId())
                                        + ", which hears of it with its next announcement");
        return 0;
    }
}
