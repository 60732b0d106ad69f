package dev.hawser.online.fleet;

import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What comes of telling the service something: it knows, it has forgotten, or the call failed.
sealed interface CallOutcome {
    /// It knows.
    ///
    /// @param heartbeat how often it wants to be told, 1 to 60 seconds
    /// @param connectTokenLifetime of the tokens that it mints, where it says so
    record Acknowledged(Duration heartbeat, @Nullable Duration connectTokenLifetime)
            implements CallOutcome {}

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
        static Failed passing(String detail, long retryAfterSeconds) {
            return new Failed(false, detail, retryAfterSeconds, false, true);
        }
    }

    /// {@return what an answer means}
    ///
    /// @param credential that was sent, which nothing may repeat
    static CallOutcome of(Answer answer, String credential, long nowUnixSeconds) {
        return switch (answer.status()) {
            case 200 -> acknowledged(answer);
            case 204 -> new Withdrawn();
            default -> failed(answer, credential, nowUnixSeconds);
        };
    }

    private static CallOutcome acknowledged(Answer answer) {
        AcknowledgementReader reader = new AcknowledgementReader();
        try {
            answer.read(reader::readMember);
        } catch (BadAnswerException e) {
            return Failed.lastingHere(notAService(e.detail()));
        }
        return reader.heartbeat == null
                ? Failed.lastingHere(notAService("its heartbeatSeconds is missing"))
                : new Acknowledged(reader.heartbeat, reader.tokenLifetime);
    }

    private static String notAService(String problem) {
        return "what answers is no token service, or one of another version: " + problem;
    }

    private static CallOutcome failed(Answer answer, String credential, long nowUnixSeconds) {
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
            case 429 -> again(saying, answer.retryAfterSeconds(nowUnixSeconds), false);
            case 408 -> again(saying, answer.retryAfterSeconds(nowUnixSeconds), true);
            default ->
                    status >= 500
                            ? again(saying, answer.retryAfterSeconds(nowUnixSeconds), true)
                            : refused(status, saying);
        };
    }

    private static Failed refused(int status, String saying) {
        return status >= 400
                ? Failed.lasting("it refuses the announcement " + saying)
                : Failed.lastingHere(
                        notAService(
                                "its status is " + status + ", and redirects are not followed"));
    }

    private static Failed again(String saying, long retryAfterSeconds, boolean isOfEndpoint) {
        return new Failed(
                false,
                "it is out of order or busy " + saying,
                retryAfterSeconds,
                false,
                isOfEndpoint);
    }

    /// Reads the members of an acknowledgement.
    final class AcknowledgementReader {
        private static final long SECONDS_MAX = Integer.MAX_VALUE;
        private static final int HEARTBEAT_SECONDS_MAX = 60;

        private @Nullable Duration heartbeat;
        private @Nullable Duration tokenLifetime;

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
                default -> {
                    // A later version of the service may say more.
                }
            }
        }
    }
}
