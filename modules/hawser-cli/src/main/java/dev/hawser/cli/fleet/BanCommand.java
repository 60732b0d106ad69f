package dev.hawser.cli.fleet;

import dev.hawser.cli.option.TimeConverter;
import dev.hawser.cli.words.Printable;
import dev.hawser.online.operator.BannedPlayer;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `hawser fleet ban`.
@Command(
        name = "ban",
        description = {
            "Bans a player: no token, no admission, and the connection ends. Takes the place of a"
                    + " former ban.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = FleetCommand.EXIT_CODES)
final class BanCommand extends Question {
    @Mixin private PlayerOptions player = new PlayerOptions();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long: 90s, 10m, 2h or 7d.")
    private @Nullable Duration time;

    @Option(names = "--for-ever", description = "Without an end.")
    private boolean isForEver;

    @Option(
            names = "--why",
            paramLabel = "TEXT",
            required = true,
            description = "What the player is told, up to 124 characters.")
    private String why = "";

    @Override
    void check() {
        player.check();
        if (isForEver == (time != null)) {
            throw new ParameterException(
                    spec().commandLine(),
                    isForEver
                            ? "--for and --for-ever: pass one of them"
                            : "a ban for how long? Pass --for 2h, or --for-ever");
        }
    }

    @Override
    int ask(OperatorClient client) throws OperatorException {
        long clientId = player.clientId(client);
        BannedPlayer banned =
                time == null ? client.banForEver(clientId, why) : client.ban(clientId, time, why);
        out().println(isJson() ? json(banned) : words(banned));
        return 0;
    }

    private static String words(BannedPlayer banned) {
        String end =
                banned.ban().isForEver()
                        ? " for ever"
                        : " until " + time(banned.ban().untilUnixSeconds());
        return "banned "
                + Long.toUnsignedString(banned.ban().clientId())
                + end
                + banned.presence()
                        .map(presence ->
                                "; the connection at "
                                        + Printable.of(presence.serverId())
                                        + " ends with its next announcement")
                        .orElse("");
    }

    private static String json(BannedPlayer banned) {
        return JsonLines.line(json -> {
            JsonLines.members(json, banned.ban());
            if (banned.presence().isPresent()) {
                json.writeObjectFieldStart("present");
                JsonLines.members(json, banned.presence().orElseThrow());
                json.writeEndObject();
            }
        });
    }
}
