package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.minting.Awaiting;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.WallClock;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// What game servers are answered: that they are known, what they are to do, whom they may seat.
public final class ServerEndpoints {
    /// An announcement may name as many clients as a server has slots.
    static final int ANNOUNCEMENT_BYTES_MAX = 2 << 20;

    /// A thousand players in JSON that spares no spaces.
    private static final int FLEET_BYTES_MAX = 512 << 10;

    /// When whoever is refused by a server that is drained may ask for another one.
    private static final int DRAINING_RETRY_SECONDS = 2;

    private static final String ADMISSIONS = "/admissions";
    private static final String PRESENCES = "/presences";
    private static final Pattern SERVER_ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final FleetStore store;
    private final Gate gate;
    private final Minting minting;
    private final Set<Long> protocolIds;
    private final int tokenLifetimeSeconds;
    private final Auditor auditor;
    private final WallClock wallClock;
    private final LimitedLog log;

    /// @param credentials any of which a game server may show; none where servers are configured
    ///   only
    public ServerEndpoints(
            FleetStore store,
            Credentials credentials,
            RateLimit perAddress,
            Minting minting,
            Set<Long> protocolIds,
            int tokenLifetimeSeconds,
            Auditor auditor,
            WallClock wallClock,
            LimitedLog log) {
        this.store = store;
        gate = new Gate(credentials, perAddress);
        this.minting = minting;
        this.protocolIds = Set.copyOf(protocolIds);
        this.tokenLifetimeSeconds = tokenLifetimeSeconds;
        this.auditor = auditor;
        this.wallClock = wallClock;
        this.log = log;
    }

    /// @param path behind `/v1/servers/`
    Response answer(Request request, String path) throws IOException, TimeoutException {
        if (path.endsWith(ADMISSIONS)) {
            Bodies.checkMethod(request, "POST");
            return admissions(request, entered(request, path, ADMISSIONS));
        }
        if (path.endsWith(PRESENCES)) {
            Bodies.checkMethod(request, "POST");
            return presences(request, entered(request, path, PRESENCES));
        }
        Bodies.checkMethod(request, "PUT", "DELETE");
        String serverId = entered(request, path, "");
        return request.method().equals("PUT")
                ? announce(request, serverId)
                : withdraw(request, serverId);
    }

    /// {@return the server's name, once the request has shown a credential}
    private String entered(Request request, String path, String end) throws TimeoutException {
        gate.check(request);
        request.isOfServer();
        String serverId = path.substring(0, path.length() - end.length());
        if (!SERVER_ID.matcher(serverId).matches()) {
            throw Problem.invalid(
                    "serverId",
                    "A server id has 1 to 64 letters, digits, '-', '_' and '.', and this one "
                            + serverId.length()
                            + " characters.");
        }
        return serverId;
    }

    // ---- Announcements

    private Response announce(Request request, String serverId)
            throws IOException, TimeoutException {
        Json said = Bodies.json(request, ANNOUNCEMENT_BYTES_MAX);
        List<String> acknowledged = Announcements.acknowledged(said);
        ServerAnnouncement announcement = Announcements.read(serverId, said);
        checkFits(announcement);
        if (Awaiting.await(store.registry().announce(announcement))
                instanceof Announced.OfAnother(NetAddress other)) {
            throw taken(announcement, other);
        }
        int timeoutSeconds = store.registry().serverTimeoutSeconds();
        ObjectNode json = Json.object();
        json.put("heartbeatSeconds", Math.max(1, timeoutSeconds / 3));
        json.put("ttlSeconds", timeoutSeconds);
        json.put("connectTokenLifetimeSeconds", tokenLifetimeSeconds);
        json.put("serverTime", wallClock.unixSeconds());
        json.put("admissions", true);
        ArrayNode commands = json.putArray("commands");
        ServerStart server = new ServerStart(serverId, announcement.startId());
        for (CommandQueue.Queued queued :
                Awaiting.await(store.commands().next(server, acknowledged))) {
            commands.add(FleetJson.command(queued));
        }
        return Response.of(json);
    }

    private Response withdraw(Request request, String serverId) throws TimeoutException {
        Query query = new Query(request, Set.of("startId", "sequence"));
        if (query.has("startId") != query.has("sequence")) {
            throw Problem.invalid(
                    "sequence", "The query must say both 'startId' and 'sequence', or neither.");
        }
        ServerStart server =
                new ServerStart(serverId, Announcements.checkStartId(query.textOr("startId", "")));
        Awaiting.await(store.registry().withdraw(server, query.numberOr("sequence", 0)));
        return Response.NOTHING;
    }

    /// Refuses a server that would refuse the players that are sent to it.
    private void checkFits(ServerAnnouncement announcement) {
        if (!protocolIds.contains(announcement.protocolId())) {
            throw Problem.unprocessable(
                    "protocolId", "The service does not serve this protocol id: add it there.");
        }
        int lifetimeSeconds = announcement.maxConnectTokenLifetimeSeconds();
        if (lifetimeSeconds != 0 && lifetimeSeconds < tokenLifetimeSeconds) {
            throw Problem.unprocessable(
                    "maxConnectTokenLifetimeSeconds",
                    "The service's tokens live "
                            + tokenLifetimeSeconds
                            + " s, and this server refuses those that live longer than "
                            + lifetimeSeconds
                            + " s: raise maxConnectTokenLifetime of the server.");
        }
        if (announcement.keyIds().stream().noneMatch(minting.keyIds()::contains)) {
            throw Problem.unprocessable(
                    "keyIds",
                    "None of the service's private keys is among the server's: give both the same"
                            + " key file.");
        }
    }

    private Problem taken(ServerAnnouncement announcement, NetAddress other) {
        String servers =
                "Two game servers announce themselves as '"
                        + announcement.serverId()
                        + "', one at "
                        + other
                        + " and one at "
                        + announcement.publicAddress()
                        + ": ";
        log.log(
                Level.WARNING,
                "server ids",
                () ->
                        servers
                                + "the first goes on, the second is refused. Give each a server id"
                                + " of its own");
        return Problem.serverIdTaken(servers + "give each a server id of its own.");
    }

    // ---- Players

    private Response admissions(Request request, String serverId)
            throws IOException, TimeoutException {
        Json said = Bodies.json(request, FLEET_BYTES_MAX);
        ServerStart server = start(serverId, said);
        int lifetimeSeconds = lifetimeSeconds(said);
        List<Newcomer> newcomers =
                FleetJson.newcomers("newcomers", said, AdmissionStore.NEWCOMERS_MAX);
        List<AdmissionStore.Ended> ended = FleetJson.ended(said);
        said.checkNothingElse();
        // Both at once, before anybody waits.
        CompletionStage<Optional<ListedServer>> found = store.registry().find(serverId);
        CompletionStage<Void> released =
                ended.isEmpty()
                        ? CompletableFuture.completedStage(null)
                        : store.admissions().release(server, ended);
        boolean isDraining = isDraining(server, Awaiting.await(found));
        Awaiting.await(released);
        ObjectNode json = Json.object();
        ArrayNode answers = json.putArray("answers");
        List<Newcomer> welcome = isDraining ? present(server, newcomers) : newcomers;
        Iterator<Admission> admissions = admit(server, welcome, lifetimeSeconds).iterator();
        for (Newcomer newcomer : newcomers) {
            if (!welcome.contains(newcomer)) {
                answers.add(FleetJson.draining(DRAINING_RETRY_SECONDS));
                continue;
            }
            Admission admission = admissions.next();
            answers.add(FleetJson.answer(admission));
            if (!(admission instanceof Admission.Admitted)) {
                auditor.refused(
                        request,
                        "admission-" + FleetJson.outcome(admission),
                        serverId,
                        newcomer.clientId(),
                        newcomer.tokenTag());
            }
        }
        return Response.of(json);
    }

    private List<Admission> admit(ServerStart server, List<Newcomer> newcomers, int lifetimeSeconds)
            throws TimeoutException {
        return newcomers.isEmpty()
                ? List.of()
                : Awaiting.await(store.admissions().admit(server, newcomers, lifetimeSeconds));
    }

    /// {@return those who are at this server already, and go on with their connection}
    private List<Newcomer> present(ServerStart server, List<Newcomer> newcomers)
            throws TimeoutException {
        List<CompletionStage<Optional<Presence>>> stages =
                newcomers.stream()
                        .map(newcomer -> store.admissions().where(newcomer.clientId()))
                        .toList();
        List<Newcomer> present = new ArrayList<>();
        for (int i = 0; i < newcomers.size(); i++) {
            Optional<Presence> presence = Awaiting.await(stages.get(i));
            if (presence.isPresent() && presence.get().server().equals(server)) {
                present.add(newcomers.get(i));
            }
        }
        return present;
    }

    private Response presences(Request request, String serverId)
            throws IOException, TimeoutException {
        Json said = Bodies.json(request, FLEET_BYTES_MAX);
        ServerStart server = start(serverId, said);
        int lifetimeSeconds = lifetimeSeconds(said);
        List<Newcomer> present = FleetJson.newcomers("present", said, AdmissionStore.PRESENT_MAX);
        said.checkNothingElse();
        isDraining(server, Awaiting.await(store.registry().find(serverId)));
        ObjectNode json = Json.object();
        ArrayNode superseded = json.putArray("superseded");
        Awaiting.await(store.admissions().reconcile(server, present, lifetimeSeconds))
                .forEach(connectionId -> superseded.add(connectionId.toString()));
        return Response.of(json);
    }

    private static ServerStart start(String serverId, Json said) {
        return new ServerStart(serverId, Announcements.checkStartId(said.text("startId")));
    }

    private static int lifetimeSeconds(Json said) {
        String name = "maxConnectTokenLifetimeSeconds";
        int seconds = said.number(name);
        if (seconds == 0) {
            throw Problem.unprocessable(
                    name,
                    "A server that takes tokens of any lifetime cannot ask: what is remembered of"
                            + " each would have to be remembered for ever. Set"
                            + " maxConnectTokenLifetime of the server.");
        }
        if (seconds < 0) {
            throw Problem.invalid(name, "The member '" + name + "' must be at least 1.");
        }
        return seconds;
    }

    /// {@return whether no newcomers are to come to this server}
    ///
    /// @throws Problem when another start has the name: whom this one admitted nobody would find
    private static boolean isDraining(ServerStart server, Optional<ListedServer> found) {
        if (found.isEmpty()) {
            // What knows the servers has just begun to.
            return false;
        }
        String startId = found.get().announcement().startId();
        if (!startId.isEmpty() && !startId.equals(server.startId())) {
            throw Problem.serverIdTaken(
                    "Another start of a server has announced itself as '"
                            + server.serverId()
                            + "', at "
                            + found.get().announcement().publicAddress()
                            + ".");
        }
        return found.get().isDraining();
    }
}
