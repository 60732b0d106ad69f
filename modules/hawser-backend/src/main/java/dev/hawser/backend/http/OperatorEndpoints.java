package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.minting.Awaiting;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.Problem;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.protocol.WallClock;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an operator is answered: which servers there are, who is where, and that a server is
/// drained, a player kicked or banned. Everything that changes something is in the audit.
///
/// Where no operator has a credential, nothing of it is there.
public final class OperatorEndpoints {
    private static final int PAGE_DEFAULT = 100;
    private static final String SERVERS = "servers";
    private static final String PLAYERS = "players";
    private static final String BANS = "bans";

    private final FleetStore store;
    private final Credentials credentials;
    private final Gate gate;
    private final Minting minting;
    private final Auditor auditor;
    private final WallClock wallClock;

    /// @param credentials any of which an operator may show
    public OperatorEndpoints(
            FleetStore store,
            Credentials credentials,
            RateLimit perAddress,
            Minting minting,
            Auditor auditor,
            WallClock wallClock) {
        this.store = store;
        this.credentials = credentials;
        gate = new Gate(credentials, perAddress);
        this.minting = minting;
        this.auditor = auditor;
        this.wallClock = wallClock;
    }

    /// @param path behind `/v1/fleet/`
    Response answer(Request request, String path) throws IOException, TimeoutException {
        if (credentials.isEmpty()) {
            throw Problem.notFound();
        }
        String[] steps = path.split("/", -1);
        String name = steps.length > 1 ? steps[1] : "";
        String kind =
                switch (steps.length) {
                    case 1 -> steps[0];
                    case 2 -> steps[0] + "/*";
                    case 3 -> steps[0] + "/*/" + steps[2];
                    default -> "";
                };
        return switch (kind) {
            case SERVERS -> servers(entered(request, "GET"));
            case SERVERS + "/*/players" -> players(entered(request, "GET"), name);
            case SERVERS + "/*/drain" -> drain(entered(request, "POST"), name);
            case PLAYERS + "/*" -> where(entered(request, "GET"), name);
            case PLAYERS + "/*/kick" -> kick(entered(request, "POST"), name);
            case "client-ids" -> clientId(entered(request, "GET"));
            case BANS -> bans(entered(request, "GET"));
            case BANS + "/*" -> {
                Request entered = entered(request, "PUT", "DELETE");
                yield request.method().equals("PUT") ? ban(entered, name) : unban(entered, name);
            }
            default -> throw Problem.notFound();
        };
    }

    private Request entered(Request request, String... methods) throws TimeoutException {
        Bodies.checkMethod(request, methods);
        gate.check(request);
        return request;
    }

    // ---- Looks

    private Response servers(Request request) throws TimeoutException {
        return page(request, SERVERS, store.registry()::servers, FleetJson::server);
    }

    private Response players(Request request, String serverId) throws TimeoutException {
        return page(
                request,
                PLAYERS,
                (cursor, max) -> store.admissions().players(serverId, cursor, max),
                FleetJson::presence);
    }

    private Response bans(Request request) throws TimeoutException {
        return page(request, BANS, store.bans()::bans, FleetJson::ban);
    }

    /// What gives a part of a list.
    @FunctionalInterface
    private interface Pages<T> {
        CompletionStage<Page<T>> page(String cursor, int max);
    }

    private static <T> Response page(
            Request request, String name, Pages<T> pages, Function<T, ObjectNode> item)
            throws TimeoutException {
        Query query = new Query(request, Set.of("cursor", "max"));
        long max = query.numberOr("max", PAGE_DEFAULT);
        if (max < 1 || max > Page.ITEMS_MAX) {
            throw Problem.invalid(
                    "max", "In the query, 'max' must be from 1 to " + Page.ITEMS_MAX + ".");
        }
        Page<T> page;
        try {
            page = Awaiting.await(pages.page(query.textOr("cursor", ""), (int) max));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "cursor", "The cursor is none that was given: begin without one.");
        }
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray(name);
        page.items().forEach(each -> items.add(item.apply(each)));
        json.put("next", page.next());
        return Response.of(json);
    }

    private Response where(Request request, String clientId) throws TimeoutException {
        new Query(request, Set.of());
        return Response.of(FleetJson.presence(present(FleetJson.clientId(clientId))));
    }

    private Presence present(long clientId) throws TimeoutException {
        return Awaiting.await(store.admissions().where(clientId))
                .orElseThrow(
                        () -> Problem.unknown("not-present", "This player is at no server now."));
    }

    private Response clientId(Request request) throws TimeoutException {
        Query query = new Query(request, Set.of("issuer", "subject"));
        String issuer = query.text("issuer");
        String subject = query.text("subject");
        PlayerIdentity player = Bodies.checked(() -> new PlayerIdentity(issuer, subject, ""));
        long clientId = minting.clientIdOf(player);
        return Response.of(Json.object().put("clientId", Long.toUnsignedString(clientId)));
    }

    // ---- Changes

    private Response drain(Request request, String serverId) throws IOException, TimeoutException {
        Json said = Bodies.json(request, TokenEndpoints.BODY_BYTES_MAX);
        int withinSeconds = said.number("withinSeconds");
        String text = said.textOr("text", "");
        said.checkNothingElse();
        ServerCommand.Drain drain =
                Bodies.checked(() -> new ServerCommand.Drain(withinSeconds, text));
        return audited(
                request,
                AuditEntry.SERVER_DRAINED,
                serverId,
                null,
                text,
                () -> {
                    // Nobody is sent there any more when the server hears of it.
                    ServerStart server =
                            Awaiting.await(store.registry().drain(serverId))
                                    .orElseThrow(() ->
                                            Problem.unknown(
                                                    "unknown-server",
                                                    "No server of this id is known."));
                    Awaiting.await(store.commands().queue(server, drain));
                    return Response.of(
                            Json.object()
                                    .put("serverId", server.serverId())
                                    .put("startId", server.startId()));
                });
    }

    private Response kick(Request request, String clientId) throws IOException, TimeoutException {
        long id = FleetJson.clientId(clientId);
        Json said = Bodies.json(request, TokenEndpoints.BODY_BYTES_MAX);
        String text = said.textOr("text", "");
        said.checkNothingElse();
        checkText(text);
        return audited(
                request,
                AuditEntry.PLAYER_KICKED,
                null,
                id,
                text,
                () -> {
                    Presence presence = present(id);
                    kick(presence, ServerCommand.Why.KICKED, text);
                    return Response.of(FleetJson.presence(presence));
                });
    }

    private void kick(Presence presence, ServerCommand.Why why, String text)
            throws TimeoutException {
        Awaiting.await(
                store.commands()
                        .queue(
                                presence.server(),
                                new ServerCommand.Kick(
                                        presence.clientId(), presence.connectionId(), why, text)));
    }

    private static void checkText(String text) {
        Bodies.checked(() -> new ServerCommand.Drain(0, text));
    }

    private Response ban(Request request, String clientId) throws IOException, TimeoutException {
        long id = FleetJson.clientId(clientId);
        Json said = Bodies.json(request, TokenEndpoints.BODY_BYTES_MAX);
        int forSeconds = said.numberOr("forSeconds", 0);
        boolean isForEver = !said.has("forSeconds");
        String why = said.textOr("why", "");
        said.checkNothingElse();
        if (!isForEver && forSeconds < 1) {
            throw Problem.invalid(
                    "forSeconds",
                    "The member 'forSeconds' must be at least 1; without it the ban has no end.");
        }
        long until = isForEver ? Ban.FOR_EVER : wallClock.unixSeconds() + forSeconds;
        Ban ban = Bodies.checked(() -> new Ban(id, until, why));
        return audited(
                request,
                AuditEntry.PLAYER_BANNED,
                null,
                id,
                why,
                () -> {
                    ObjectNode json = FleetJson.ban(ban);
                    Optional<Presence> presence = Awaiting.await(store.bans().ban(ban));
                    if (presence.isPresent()) {
                        kick(presence.get(), ServerCommand.Why.BANNED, why);
                        json.set("present", FleetJson.presence(presence.get()));
                    }
                    return Response.of(json);
                });
    }

    private Response unban(Request request, String clientId) throws TimeoutException {
        long id = FleetJson.clientId(clientId);
        new Query(request, Set.of());
        return audited(
                request,
                AuditEntry.PLAYER_UNBANNED,
                null,
                id,
                null,
                () -> {
                    if (!Awaiting.await(store.bans().unban(id))) {
                        throw Problem.unknown("not-banned", "This player is not banned.");
                    }
                    return Response.NOTHING;
                });
    }

    /// What changes something.
    @FunctionalInterface
    private interface Change {
        Response make() throws TimeoutException;
    }

    /// Makes a change and notes it, also where nobody knows whether it was made.
    private Response audited(
            Request request,
            String outcome,
            @Nullable String serverId,
            @Nullable Long clientId,
            @Nullable String text,
            Change change)
            throws TimeoutException {
        try {
            Response response = change.make();
            auditor.operator(request, outcome, serverId, clientId, text);
            return response;
        } catch (TimeoutException e) {
            auditor.operator(request, outcome + AuditEntry.NOT_KNOWN, serverId, clientId, text);
            throw e;
        }
    }
}
