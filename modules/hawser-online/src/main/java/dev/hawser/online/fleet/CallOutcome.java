package dev.hawser.online.fleet;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What comes of telling the service something: it knows, it has forgotten, or the call failed.
sealed interface CallOutcome {
    /// It knows.
    ///
    /// @param heartbeat how often it wants to be told, 1 to 60 seconds
    /// @param connectTokenLifetime of the tokens that it mints, where it says so
    /// @param hasAdmissions whether it is to be asked about newcomers
    /// @param commands what it wants done, up to [ServerCommand#COMMANDS_MAX]
    record Acknowledged(
            Duration heartbeat,
            @Nullable Duration connectTokenLifetime,
            boolean hasAdmissions,
            List<ServerCommand> commands)
            implements CallOutcome {}

    /// It has answered about newcomers, each, and has taken note of the connections that are over.
    record Admissions(List<AdmissionAnswer> answers) implements CallOutcome {}

    /// It has taken note of who is present.
    ///
    /// @param superseded the connections of them that are over
    record Presences(Set<ConnectionId> superseded) implements CallOutcome {}

    /// It answers no such questions.
    record Absent() implements CallOutcome {}

    /// It has forgotten this server.
    record Withdrawn() implements CallOutcome {}

    /// It does not know.
    ///
    /// @param isLasting whether somebody has to change something before it can get better
    /// @param detail what happened and what to do, the end of a sentence
    /// @param retryAfterSeconds before which it does not want to be told again; 0 where it did not
    ///   say
    /// @param isOfAnother whether it knows another server by this id
    /// @param isOfEndpoint whether another endpoint may do better
    record Failed(
            boolean isLasting,
            String detail,
            long retryAfterSeconds,
            boolean isOfAnother,
            boolean isOfEndpoint)
            implements CallOutcome {
        /// {@return a failure that somebody has to see to, here or in the service as a whole}
        static Failed lasting(String detail) {
            return new Failed(true, detail, 0, false, false);
        }

        /// {@return a failure that somebody has to see to, at this endpoint}
        static Failed lastingHere(String detail) {
            return new Failed(true, detail, 0, false, true);
        }

        /// {@return a failure of this endpoint that may pass by itself}
        static Failed passing(String detail) {
            return new Failed(false, detail, 0, false, true);
        }

        private Failed notBefore(long retryAfterSeconds) {
            return new Failed(isLasting, detail, retryAfterSeconds, isOfAnother, isOfEndpoint);
        }
    }

    /// Reads the answer of a service that does what it was asked for.
    @FunctionalInterface
    interface Reading {
        /// {@return what it says}
        CallOutcome of(Answer answer) throws BadAnswerException;
    }

    /// {@return what an answer means}
    ///
    /// @param reading of what is granted
    /// @param credential that was sent, which nothing may repeat
    static CallOutcome of(Answer answer, Reading reading, String credential, long nowUnixSeconds) {
        return switch (answer.status()) {
            case 200 -> granted(answer, reading);
            case 204 -> new Withdrawn();
            default ->
                    failed(answer, credential).notBefore(answer.retryAfterSeconds(nowUnixSeconds));
        };
    }

    private static CallOutcome granted(Answer answer, Reading reading) {
        try {
            return reading.of(answer);
        } catch (BadAnswerException e) {
            return Failed.lastingHere(notAService(e.detail()));
        }
    }

    /// {@return what the answer to an announcement says}
    static CallOutcome acknowledged(Answer answer) throws BadAnswerException {
        AcknowledgementReader reader = new AcknowledgementReader();
        answer.read(reader::readMember);
        if (reader.heartbeat == null) {
            throw new BadAnswerException("its heartbeatSeconds is missing");
        }
        return new Acknowledged(
                reader.heartbeat, reader.tokenLifetime, reader.hasAdmissions, reader.commands);
    }

    private static String notAService(String problem) {
        return "what answers is no token service, or one of another version: " + problem;
    }

    private static Failed failed(Answer answer, String credential) {
        int status = answer.status();
        String said = answer.said(credential);
        String saying = "(" + status + ")" + (said.isEmpty() ? "" : ", saying \"" + said + "\"");
        return switch (status) {
            case 401, 403 ->
                    Failed.lasting(
                            "it does not accept the credential of this server "
                                    + saying
                                    + ": it needs to be one of those that the service was"
                                    + " configured with, and no player's");
            case 409 ->
                    new Failed(
                            true,
                            "another server announces itself under this id, and it knows that one "
                                    + saying,
                            0,
                            true,
                            false);
            // The limit is one on this server, or its address, at whichever endpoint.
            case 429 -> again(saying, false);
            case 408 -> again(saying, true);
            default -> status >= 500 ? again(saying, true) : refused(status, saying);
        };
    }

    private static Failed refused(int status, String saying) {
        return status >= 400
                ? Failed.lasting("it refuses the announcement " + saying)
                : Failed.lastingHere(
                        notAService(
                                "its status is " + status + ", and redirects are not followed"));
    }

    private static Failed again(String saying, boolean isOfEndpoint) {
        return new Failed(false, "it is out of order or busy " + saying, 0, false, isOfEndpoint);
    }

    /// Reads the members of an acknowledgement.
    final class AcknowledgementReader {
        private static final long SECONDS_MAX = Integer.MAX_VALUE;
        private static final int HEARTBEAT_SECONDS_MAX = 60;

        private @Nullable Duration heartbeat;
        private @Nullable Duration tokenLifetime;
        private boolean hasAdmissions;
        private List<ServerCommand> commands = List.of();

        private AcknowledgementReader() {}

        void readMember(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "heartbeatSeconds" ->
                        heartbeat =
                                Duration.ofSeconds(
                                        Math.clamp(
                                                value.number(name, SECONDS_MAX),
                                                1,
                                                HEARTBEAT_SECONDS_MAX));
                case "connectTokenLifetimeSeconds" ->
                        tokenLifetime = Duration.ofSeconds(value.number(name, SECONDS_MAX));
                case "admissions" -> hasAdmissions = value.flag(name);
                case "commands" -> commands = ServerCommand.read(name, value);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }
    }
}
