package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.Problem;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.online.fleet.ServerAnnouncement;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What game servers and operators say and are told of players, servers, bans and commands.
final class FleetJson {
    private FleetJson() {}

    // ---- What game servers say

    static List<Newcomer> newcomers(String name, Json json, int max) {
        return json.objects(name, max).stream().map(FleetJson::newcomer).toList();
    }

    private static Newcomer newcomer(Json json) {
        Newcomer newcomer =
                new Newcomer(
                        json.tag("tokenTag").orElseThrow(() -> json.missing("tokenTag")),
                        json.unsigned("clientId"),
                        json.count("expiresAt"),
                        connectionId(json));
        json.checkNothingElse();
        return newcomer;
    }

    static List<AdmissionStore.Ended> ended(Json json) {
        return json.objects("ended", AdmissionStore.ENDED_MAX).stream()
                .map(each -> {
                    var ended =
                            new AdmissionStore.Ended(each.unsigned("clientId"), connectionId(each));
                    each.checkNothingElse();
                    return ended;
                })
                .toList();
    }

    private static ConnectionId connectionId(Json json) {
        try {
            return ConnectionId.parse(json.text("connectionId"));
        } catch (IllegalArgumentException e) {
            throw json.wrong("connectionId", "must be 32 hexadecimal digits.");
        }
    }

    // ---- What they are told

    /// @param retryAfterSeconds of a server that is drained
    static ObjectNode draining(int retryAfterSeconds) {
        return Json.object().put("outcome", "draining").put("retryAfterSeconds", retryAfterSeconds);
    }

    static ObjectNode answer(Admission admission) {
        ObjectNode json = Json.object();
        json.put("outcome", outcome(admission));
        switch (admission) {
            case Admission.Admitted(ConnectionId connectionId) ->
                    json.put("connectionId", connectionId.toString());
            case Admission.Banned(Ban ban) -> putBan(json, ban);
            case Admission.TokenUsed _, Admission.Expired _ -> {
                // That is all there is to say.
            }
        }
        return json;
    }

    static String outcome(Admission admission) {
        return switch (admission) {
            case Admission.Admitted _ -> "admitted";
            case Admission.Banned _ -> "banned";
            case Admission.TokenUsed _ -> "token-used";
            case Admission.Expired _ -> "expired";
        };
    }

    static ObjectNode command(CommandQueue.Queued queued) {
        ObjectNode json = Json.object();
        json.put("id", queued.id());
        switch (queued.command()) {
            case ServerCommand.Drain(int withinSeconds, String text) -> {
                json.put("type", "drain");
                json.put("withinSeconds", withinSeconds);
                json.put("text", text);
            }
            case ServerCommand.Kick kick -> {
                json.put("type", "kick");
                json.put("clientId", Long.toUnsignedString(kick.clientId()));
                json.put("connectionId", kick.connectionId().toString());
                json.put("why", kick.why().name().toLowerCase(Locale.ROOT));
                json.put("text", kick.text());
            }
        }
        return json;
    }

    // ---- What operators are told

    static ObjectNode presence(Presence presence) {
        ObjectNode json = Json.object();
        json.put("clientId", Long.toUnsignedString(presence.clientId()));
        json.put("serverId", presence.server().serverId());
        json.put("startId", presence.server().startId());
        json.put("connectionId", presence.connectionId().toString());
        json.put("since", presence.sinceUnixSeconds());
        return json;
    }

    static ObjectNode ban(Ban ban) {
        ObjectNode json = Json.object();
        json.put("clientId", Long.toUnsignedString(ban.clientId()));
        putBan(json, ban);
        return json;
    }

    private static void putBan(ObjectNode json, Ban ban) {
        if (ban.untilUnixSeconds() != Ban.FOR_EVER) {
            json.put("until", ban.untilUnixSeconds());
        }
        json.put("why", ban.why());
    }

    static ObjectNode server(ListedServer listed) {
        ServerAnnouncement server = listed.announcement();
        ObjectNode json = Json.object();
        json.put("serverId", server.serverId());
        json.put("startId", server.startId());
        json.put("publicAddress", server.publicAddress().toString());
        json.put("internalAddress", server.internalAddress().toString());
        json.put("region", server.region());
        json.put("protocolId", Long.toUnsignedString(server.protocolId()));
        json.put("maxClients", server.maxClients());
        json.put("freeSlots", server.freeSlots());
        server.keyIds().forEach(key -> json.withArray("keyIds").add(key.toString()));
        json.put("maxConnectTokenLifetimeSeconds", server.maxConnectTokenLifetimeSeconds());
        putUrl(json, "webTransport", server.web().webTransport());
        putUrl(json, "webSocket", server.web().webSocket());
        json.put("reservedSlots", listed.reservedSlots());
        json.put("draining", listed.isDraining());
        json.put("silentSeconds", listed.silentSeconds());
        return json;
    }

    private static void putUrl(ObjectNode json, String name, @Nullable URI url) {
        if (url != null) {
            json.put(name, url.toString());
        }
    }

    /// {@return a client id out of a path}
    static long clientId(String text) {
        if (text.matches("[0-9]{1,20}")) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                // Too many digits.
            }
        }
        throw Problem.invalid(
                "clientId", "A client id is an unsigned 64-bit number in decimal digits.");
    }
}
