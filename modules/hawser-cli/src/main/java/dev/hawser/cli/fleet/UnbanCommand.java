package dev.hawser.cli.fleet;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `hawser fleet unban`.
@Command(
        name = "unban",
        description = {"Lifts a player's ban.", ""},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class UnbanCommand extends Question {
    @Mixin private PlayerOptions player = new PlayerOptions();

    @Override
    void check() {
        player.check();
    }

    @Override
    int ask(OperatorClient client) throws OperatorException {
        String clientId = Long.toUnsignedString(player.clientId(client));
        if (!client.unban(Long.parseUnsignedLong(clientId))) {
            throw new CliFailure(
                    "the player " + clientId + " is not banned: 'hawser fleet bans' lists who is");
        }
        out().println(
                        isJson()
                                ? JsonLines.line(
                                        json -> json.writeStringField("clientId", clientId))
                                : clientId + " may play again");
        return 0;
    }
}
