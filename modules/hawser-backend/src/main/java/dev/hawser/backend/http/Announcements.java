package dev.hawser.backend.http;

import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.Problem;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what a game server says of itself.
public final class Announcements {
    private static final Pattern START_ID = Pattern.compile("[0-9a-f]{32}");

    private Announcements() {}

    /// {@return what tells one start of a server from another; empty where the server does not say}
    public static String startId(Json json) {
        String startId = json.textOr("startId", "");
        if (!startId.isEmpty() && !START_ID.matcher(startId).matches()) {
            throw Problem.invalid(
                    "startId", "The member 'startId' must be 32 lower-case hexadecimal digits.");
        }
        return startId;
    }

    /// {@return what a game server says of itself}
    ///
    /// @throws Problem when it is no announcement, or one beyond its limits
    public static ServerAnnouncement read(String serverId, Json json) {
        NetAddress publicAddress = address("publicAddress", json.text("publicAddress"));
        String internal = json.textOr("internalAddress", "");
        NetAddress internalAddress =
                internal.isEmpty() ? publicAddress : address("internalAddress", internal);
        String region = json.textOr("region", "");
        long protocolId = json.unsigned("protocolId");
        int maxClients = json.number("maxClients");
        int freeSlots = json.number("freeSlots");
        List<KeyId> keyIds = json.texts("keyIds").stream().map(Announcements::keyId).toList();
        int lifetimeSeconds = json.numberOr("maxConnectTokenLifetimeSeconds", 0);
        List<String> hashes = json.texts("webTransportCertificateHashes");
        String webTransport = json.textOr("webTransport", "");
        String webSocket = json.textOr("webSocket", "");
        Set<Long> connectedSince = json.unsignedSet("connectedSince");
        Set<Long> disconnectedSince = json.unsignedSet("disconnectedSince");
        json.checkNothingElse();
        try {
            return ServerAnnouncement.builder()
                    .serverId(serverId)
                    .publicAddress(publicAddress)
                    .internalAddress(internalAddress)
                    .region(region)
                    .protocolId(protocolId)
                    .maxClients(maxClients)
                    .freeSlots(freeSlots)
                    .keyIds(keyIds)
                    .maxConnectTokenLifetimeSeconds(lifetimeSeconds)
                    .webTransportCertificateHashes(hashes)
                    .web(WebUrls.parse(webTransport, webSocket))
                    .connectedSince(connectedSince)
                    .disconnectedSince(disconnectedSince)
                    .build();
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(fieldOf(e), said(e));
        }
    }

    private static NetAddress address(String field, String text) {
        try {
            NetAddress address = NetAddress.parse(text);
            if (address.port() != 0) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Told below: what it says is about the text, which is as long as it likes.
        }
        throw Problem.invalid(
                field,
                "The member '"
                        + field
                        + "' must be an address with a port, as 203.0.113.5:40000 or"
                        + " [2001:db8::5]:40000.");
    }

    private static KeyId keyId(String text) {
        try {
            return KeyId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("keyIds", "A key id has 16 hexadecimal digits.");
        }
    }

    /// {@return the first word of a complaint that names what it is about}
    private static String fieldOf(IllegalArgumentException e) {
        String message = said(e).replaceFirst("^the number of ", "");
        int end = message.indexOf(' ');
        return end < 0 ? message : message.substring(0, end);
    }

    private static String said(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
