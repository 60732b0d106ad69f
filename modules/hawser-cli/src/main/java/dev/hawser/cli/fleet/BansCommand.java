package dev.hawser.cli.fleet;

import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import dev.hawser.online.operator.PlayerBan;
import java.util.List;
import picocli.CommandLine.Command;

/// `hawser fleet bans`.
@Command(
        name = "bans",
        description = {"Lists who is banned.", ""},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class BansCommand extends Question {
    @Override
    int ask(OperatorClient client) throws OperatorException {
        Table table = new Table(out(), "PLAYER", "UNTIL", "WHY");
        each(
                client::bans,
                bans -> {
                    if (isJson()) {
                        bans.forEach(ban -> out().println(JsonLines.ban(ban)));
                    } else {
                        table.print(bans.stream().map(BansCommand::row).toList());
                    }
                });
        if (!isJson() && table.isEmpty()) {
            out().println("no bans");
        }
        return 0;
    }

    private static List<String> row(PlayerBan ban) {
        return List.of(
                Long.toUnsignedString(ban.clientId()),
                ban.isForEver() ? "for ever" : time(ban.untilUnixSeconds()),
                ban.why());
    }
}
