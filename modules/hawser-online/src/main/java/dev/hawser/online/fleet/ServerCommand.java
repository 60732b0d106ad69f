package dev.hawser.online.fleet;

import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.RemoteText;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a token service wants a server to do, in the answer to an announcement. It is said again
/// until it is acknowledged.
sealed interface ServerCommand {
    /// The most of one answer.
    int COMMANDS_MAX = 256;

    /// {@return by what it is acknowledged}
    String id();

    /// Leave in order.
    ///
    /// @param text for players
    record Drain(String id, int withinSeconds, String text) implements ServerCommand {}

    /// End a connection of a player, and those of him before it.
    ///
    /// @param clientId of the player, unsigned
    /// @param reason that the player is told
    record Kick(String id, long clientId, ConnectionId connectionId, StatedReason reason)
            implements ServerCommand {}

    /// Something that a later version of the service may want.
    record Other(String id) implements ServerCommand {}

    /// {@return the commands of an answer}
    static List<ServerCommand> read(String name, Json value)
            throws IOException, BadAnswerException {
        List<ServerCommand> commands = new ArrayList<>();
        for (Reader reader : value.objects(name, COMMANDS_MAX, Reader::new)) {
            commands.add(reader.command());
        }
        return commands;
    }

    /// {@return a member that is the id of a connection}
    static ConnectionId connectionId(String name, Json value)
            throws IOException, BadAnswerException {
        try {
            return ConnectionId.parse(value.text(name));
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException("its " + name + " is no 32 hexadecimal digits");
        }
    }

    /// Reads one.
    final class Reader implements Json.Members {
        private static final int ID_CHARACTERS_MAX = 64;
        private static final int WITHIN_SECONDS_MAX = 86_400;

        private String id = "";
        private String type = "";
        private int withinSeconds;
        private String text = "";
        private String why = "";
        private long clientId;
        private @Nullable ConnectionId connectionId;

        private Reader() {}

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "id" -> id = value.text(name);
                case "type" -> type = value.text(name);
                case "withinSeconds" ->
                        withinSeconds = (int) value.number(name, WITHIN_SECONDS_MAX);
                case "text" ->
                        text = RemoteText.clean(value.text(name), StatedReason.TEXT_BYTES_MAX, "");
                case "why" -> why = value.text(name);
                case "clientId" -> clientId = value.unsigned64(name);
                case "connectionId" -> connectionId = connectionId(name, value);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        private ServerCommand command() throws BadAnswerException {
            if (id.isEmpty() || id.length() > ID_CHARACTERS_MAX) {
                throw new BadAnswerException(
                        "a command's id has "
                                + id.length()
                                + " characters, not 1 to "
                                + ID_CHARACTERS_MAX);
            }
            return switch (type) {
                case "drain" -> new Drain(id, withinSeconds, text);
                case "kick" -> {
                    if (connectionId == null) {
                        throw new BadAnswerException("it kicks somebody without a connectionId");
                    }
                    yield new Kick(id, clientId, connectionId, reason());
                }
                default -> new Other(id);
            };
        }

        private StatedReason reason() {
            return switch (why) {
                case "replaced" -> FleetConnection.REPLACED;
                case "banned" -> StatedReason.of(StatedReason.BANNED, text);
                default -> StatedReason.of(StatedReason.KICKED, text);
            };
        }
    }
}
