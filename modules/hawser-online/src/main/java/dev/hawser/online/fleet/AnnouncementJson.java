package dev.hawser.online.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.hawser.online.http.JsonText;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes an announcement as the service reads it. 64-bit ids are decimal strings: what reads JSON
/// may keep numbers as doubles.
final class AnnouncementJson {
    private AnnouncementJson() {}

    /// @param acknowledged the ids of the commands that were heard
    static String of(ServerAnnouncement announcement, List<String> acknowledged) {
        return JsonText.object(json -> {
            json.writeStringField("startId", announcement.startId());
            json.writeNumberField("sequence", announcement.sequence());
            strings(json, "acknowledged", acknowledged);
            if (announcement.isDraining()) {
                json.writeBooleanField("draining", true);
            }
            json.writeStringField("publicAddress", announcement.publicAddress().toString());
            json.writeStringField("internalAddress", announcement.internalAddress().toString());
            if (!announcement.region().isEmpty()) {
                json.writeStringField("region", announcement.region());
            }
            json.writeStringField("protocolId", Long.toUnsignedString(announcement.protocolId()));
            json.writeNumberField("maxClients", announcement.maxClients());
            json.writeNumberField("freeSlots", announcement.freeSlots());
            strings(json, "keyIds", announcement.keyIds());
            json.writeNumberField(
                    "maxConnectTokenLifetimeSeconds",
                    announcement.maxConnectTokenLifetimeSeconds());
            strings(
                    json,
                    "webTransportCertificateHashes",
                    announcement.webTransportCertificateHashes());
            url(json, "webTransport", announcement.web().webTransport());
            url(json, "webSocket", announcement.web().webSocket());
            ids(json, "connectedSince", announcement.connectedSince());
            ids(json, "disconnectedSince", announcement.disconnectedSince());
        });
    }

    private static void url(JsonGenerator json, String name, @Nullable URI url) throws IOException {
        if (url != null) {
            json.writeStringField(name, url.toString());
        }
    }

    private static void ids(JsonGenerator json, String name, Set<Long> ids) throws IOException {
        strings(json, name, ids.stream().map(Long::toUnsignedString).toList());
    }

    private static void strings(JsonGenerator json, String name, List<?> values)
            throws IOException {
        if (values.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(name);
        for (Object value : values) {
            json.writeString(value.toString());
        }
        json.writeEndArray();
    }
}
