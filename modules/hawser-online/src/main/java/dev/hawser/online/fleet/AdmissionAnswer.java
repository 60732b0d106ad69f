package dev.hawser.online.fleet;

import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.RemoteText;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What a token service says of a newcomer.
sealed interface AdmissionAnswer {
    /// The player is present here, by this connection.
    record Admitted(ConnectionId connectionId) implements AdmissionAnswer {}

    /// The token was used before, or has expired.
    record TokenUsed() implements AdmissionAnswer {}

    /// The player may not play.
    ///
    /// @param untilUnixSeconds 0 for ever
    record Banned(long untilUnixSeconds, String why) implements AdmissionAnswer {}

    /// The server is to take nobody any more.
    record Draining(int retryAfterSeconds) implements AdmissionAnswer {}

    /// Something that a later version of the service may say: no.
    record Other() implements AdmissionAnswer {}

    /// Reads one.
    final class Reader implements Json.Members {
        private static final long RETRY_SECONDS_MAX = 0xffff;

        private String outcome = "";
        private @Nullable ConnectionId connectionId;
        private long until;
        private String why = "";
        private int retryAfterSeconds;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "outcome" -> outcome = value.text(name);
                case "connectionId" -> connectionId = ServerCommand.connectionId(name, value);
                case "until" -> until = value.number(name, Long.MAX_VALUE);
                case "why" ->
                        why = RemoteText.clean(value.text(name), StatedReason.TEXT_BYTES_MAX, "");
                case "retryAfterSeconds" ->
                        retryAfterSeconds = (int) value.number(name, RETRY_SECONDS_MAX);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        AdmissionAnswer answer() throws BadAnswerException {
            return switch (outcome) {
                case "admitted" -> {
                    if (connectionId == null) {
                        throw new BadAnswerException("it admits somebody without a connectionId");
                    }
                    yield new Admitted(connectionId);
                }
                case "token-used", "expired" -> new TokenUsed();
                case "banned" -> new Banned(until, why);
                case "draining" -> new Draining(retryAfterSeconds);
                default -> new Other();
            };
        }
    }
}
