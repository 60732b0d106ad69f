package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.problem.Json;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.net.URI;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a player is told: the token, and how its servers are reached.
public final class TokenJson {
    private TokenJson() {}

    public static ObjectNode of(Minting.Minted minted, long protocolId, long nowUnixSeconds) {
        ObjectNode json = Json.object();
        json.put("token", Base64.getEncoder().encodeToString(minted.token().toBytes()));
        json.put("clientId", Long.toUnsignedString(minted.clientId()));
        json.put("protocolId", Long.toUnsignedString(protocolId));
        json.put("expiresAt", minted.expiresAt());
        json.put("serverTime", nowUnixSeconds);
        ArrayNode servers = json.putArray("servers");
        minted.servers().forEach(server -> servers.add(server.publicAddress().toString()));
        putWeb(json, minted.servers());
        List<String> hashes =
                minted.servers().stream()
                        .flatMap(server -> server.webTransportCertificateHashes().stream())
                        .distinct()
                        .toList();
        if (!hashes.isEmpty()) {
            hashes.forEach(json.putArray("webTransportCertificateHashes")::add);
        }
        return json;
    }

    private static void putWeb(ObjectNode json, List<ServerAnnouncement> servers) {
        // A server that has just changed its name is known twice for a while.
        Set<NetAddress> told = new HashSet<>();
        for (ServerAnnouncement server : servers) {
            WebUrls web = server.web();
            if (web.isEmpty() || !told.add(server.publicAddress())) {
                continue;
            }
            ObjectNode entry = json.withArray("web").addObject();
            entry.put("server", server.publicAddress().toString());
            putUrl(entry, "webTransport", web.webTransport());
            putUrl(entry, "webSocket", web.webSocket());
        }
    }

    private static void putUrl(ObjectNode entry, String name, @Nullable URI url) {
        if (url != null) {
            entry.put(name, url.toString());
        }
    }
}
