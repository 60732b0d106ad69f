package dev.hawser.cli.fleet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.online.operator.FleetServer;
import dev.hawser.online.operator.PlayerBan;
import dev.hawser.online.operator.PlayerPresence;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// A JSON object on a line, in the names of the service. In ASCII, so that no text of a stranger
/// steers the terminal that shows it. Ids of 64 bits are strings, since many programs keep numbers
/// as doubles.
final class JsonLines {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonLines() {}

    /// Writes members of an object.
    @FunctionalInterface
    interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    static String line(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return text.toString();
    }

    static String server(FleetServer listed) {
        ServerAnnouncement server = listed.announcement();
        return line(json -> {
            json.writeStringField("serverId", server.serverId());
            json.writeStringField("startId", server.startId());
            json.writeStringField("publicAddress", server.publicAddress().toString());
            json.writeStringField("internalAddress", server.internalAddress().toString());
            json.writeStringField("region", server.region());
            json.writeStringField("protocolId", Long.toUnsignedString(server.protocolId()));
            json.writeNumberField("maxClients", server.maxClients());
            json.writeNumberField("freeSlots", server.freeSlots());
            json.writeArrayFieldStart("keyIds");
            for (Object keyId : server.keyIds()) {
                json.writeString(keyId.toString());
            }
            json.writeEndArray();
            json.writeNumberField(
                    "maxConnectTokenLifetimeSeconds", server.maxConnectTokenLifetimeSeconds());
            url(json, "webTransport", server.web().webTransport());
            url(json, "webSocket", server.web().webSocket());
            json.writeNumberField("reservedSlots", listed.reservedSlots());
            json.writeBooleanField("draining", listed.isDraining());
            json.writeNumberField("silentSeconds", listed.silentSeconds());
        });
    }

    private static void url(JsonGenerator json, String name, @Nullable URI url) throws IOException {
        if (url != null) {
            json.writeStringField(name, url.toString());
        }
    }

    static String presence(PlayerPresence presence) {
        return line(json -> members(json, presence));
    }

    static void members(JsonGenerator json, PlayerPresence presence) throws IOException {
        json.writeStringField("clientId", Long.toUnsignedString(presence.clientId()));
        json.writeStringField("serverId", presence.serverId());
        json.writeStringField("startId", presence.startId());
        json.writeStringField("connectionId", presence.connectionId());
        json.writeNumberField("since", presence.sinceUnixSeconds());
    }

    static String ban(PlayerBan ban) {
        return line(json -> members(json, ban));
    }

    static void members(JsonGenerator json, PlayerBan ban) throws IOException {
        json.writeStringField("clientId", Long.toUnsignedString(ban.clientId()));
        if (!ban.isForEver()) {
            json.writeNumberField("until", ban.untilUnixSeconds());
        }
        json.writeStringField("why", ban.why());
    }
}
