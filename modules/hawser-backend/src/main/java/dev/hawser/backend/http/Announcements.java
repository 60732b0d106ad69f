package dev.hawser.backend.http;

import dev.hawser.backend.fleet.CommandQueue;
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
    private static final Pattern COMMAND_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private Announcements() {}

    /// {@return what tells one start of a server from another; empty where the server does not say}
    static String checkStartId(String startId) {
        if (!startId.isEmpty() && !START_ID.matcher(startId).matches()) {
            throw Problem.invalid(
                    "startId", "The member 'startId' must be 32 lower-case hexadecimal digits.");
        }
        return startId;
    }

    /// {@return the ids of the commands that a game server has heard}
    static List<String> acknowledged(Json json) {
        List<String> ids = json.texts("acknowledged", CommandQueue.COMMANDS_OF_ANSWER_MAX);
        if (!ids.stream().allMatch(id -> COMMAND_ID.matcher(id).matches())) {
            throw Problem.invalid(
                    "acknowledged", "The id of a command has 1 to 64 letters, digits and '-'.");
        }
        return ids;
    }

    /// {@return what a game server says of itself}
    ///
    /// @throws Problem when it is no announcement, or one beyond its limits
    public static ServerAnnouncement read(String serverId, Json json) {
        String startId = checkStartId(json.textOr("startId", ""));
        long sequence = json.countOr("sequence", 0);
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
        boolean isDraining = json.truthOr("draining", false);
        Set<Long> connectedSince = json.unsignedSet("connectedSince");
        Set<Long> disconnectedSince = json.unsignedSet("disconnectedSince");
        json.checkNothingElse();
        return Bodies.checked(() ->
                ServerAnnouncement.builder()
                        .serverId(serverId)
                        .startId(startId)
                        .sequence(sequence)
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
                        .draining(isDraining)
                        .connectedSince(connectedSince)
                        .disconnectedSince(disconnectedSince)
                        .build());
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
}
