package dev.hawser.online.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.hawser.online.http.Answer;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.JsonText;
import dev.hawser.protocol.ShownToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a server asks about players, and what it is answered.
final class AdmissionsJson {
    private AdmissionsJson() {}

    /// A connection, and a token by which it came or goes on.
    record Shown(FleetConnection connection, ShownToken token) {}

    /// {@return the question whether newcomers may come in, which also says who has gone}
    static String admissions(
            String startId,
            int tokenLifetimeSeconds,
            List<FleetConnection> newcomers,
            List<FleetConnection> ended) {
        return JsonText.object(json -> {
            begin(json, startId, tokenLifetimeSeconds);
            json.writeArrayFieldStart("newcomers");
            for (FleetConnection newcomer : newcomers) {
                write(json, new Shown(newcomer, newcomer.token));
            }
            json.writeEndArray();
            json.writeArrayFieldStart("ended");
            for (FleetConnection each : ended) {
                json.writeStartObject();
                writeId(json, each);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /// {@return what says who is present}
    static String presences(String startId, int tokenLifetimeSeconds, List<Shown> present) {
        return JsonText.object(json -> {
            begin(json, startId, tokenLifetimeSeconds);
            json.writeArrayFieldStart("present");
            for (Shown each : present) {
                write(json, each);
            }
            json.writeEndArray();
        });
    }

    private static void begin(JsonGenerator json, String startId, int tokenLifetimeSeconds)
            throws IOException {
        json.writeStringField("startId", startId);
        json.writeNumberField("maxConnectTokenLifetimeSeconds", tokenLifetimeSeconds);
    }

    private static void write(JsonGenerator json, Shown shown) throws IOException {
        json.writeStartObject();
        json.writeStringField("tokenTag", shown.token.tag().toString());
        json.writeNumberField("expiresAt", shown.token.expiresAtUnixSeconds());
        writeId(json, shown.connection);
        json.writeEndObject();
    }

    private static void writeId(JsonGenerator json, FleetConnection connection) throws IOException {
        json.writeStringField("clientId", Long.toUnsignedString(connection.clientId));
        json.writeStringField("connectionId", connection.id.toString());
    }

    /// {@return an answer for each newcomer}
    static CallOutcome answers(Answer answer, int newcomers) throws BadAnswerException {
        List<AdmissionAnswer> answers = new ArrayList<>();
        answer.read((name, value) -> {
            if (name.equals("answers")) {
                for (AdmissionAnswer.Reader reader :
                        value.objects(name, newcomers, AdmissionAnswer.Reader::new)) {
                    answers.add(reader.answer());
                }
            }
        });
        if (answers.size() != newcomers) {
            throw new BadAnswerException(
                    "it has "
                            + answers.size()
                            + " answers for "
                            + newcomers
                            + " newcomers, which need one each");
        }
        return new CallOutcome.Admissions(answers);
    }

    /// {@return which connections are over}
    static CallOutcome superseded(Answer answer) throws BadAnswerException {
        Set<ConnectionId> superseded = new HashSet<>();
        answer.read((name, value) -> {
            if (name.equals("superseded")) {
                addIds(value, superseded);
            }
        });
        return new CallOutcome.Presences(superseded);
    }

    private static void addIds(Json value, Set<ConnectionId> ids)
            throws IOException, BadAnswerException {
        for (String text : value.texts("superseded", AdmissionDesk.PRESENT_MAX)) {
            try {
                ids.add(ConnectionId.parse(text));
            } catch (IllegalArgumentException e) {
                throw new BadAnswerException("a superseded one is no 32 hexadecimal digits");
            }
        }
    }
}
