package dev.hawser.backend.http;

import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.minting.Awaiting;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.player.NotAuthenticatedException;
import dev.hawser.backend.player.PlayerAuthenticator;
import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.WallClock;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What the service answers, in terms of HTTP but of no web server: see `openapi.yaml`.
public final class TokenEndpoints {
    public static final int BODY_BYTES_MAX = 16 << 10;

    /// What finds out who players are looks again at once when it has been away.
    private static final int AUTHENTICATOR_RETRY_SECONDS = 2;

    public static final String TOKEN_PATH = "/v1/connect-token";
    private static final String SERVERS_PATH = "/v1/servers/";
    private static final String FLEET_PATH = "/v1/fleet/";

    private final Minting minting;
    private final FleetStore store;
    private final PlayerAuthenticator authenticator;
    private final Set<Long> protocolIds;
    private final Credentials noPlayers;
    private final RateLimit perAddress;
    private final RateLimit perAccount;
    private final Places places;
    private final ServerEndpoints servers;
    private final OperatorEndpoints operators;
    private final Auditor auditor;
    private final WallClock wallClock;
    private final LimitedLog log;

    /// Answers with these parts.
    ///
    /// @param noPlayers credentials that are somebody else's, whatever the authenticator thinks
    public TokenEndpoints(
            Minting minting,
            FleetStore store,
            PlayerAuthenticator authenticator,
            Set<Long> protocolIds,
            Credentials noPlayers,
            RateLimit perAddress,
            RateLimit perAccount,
            Places places,
            ServerEndpoints servers,
            OperatorEndpoints operators,
            Auditor auditor,
            WallClock wallClock,
            LimitedLog log) {
        this.minting = minting;
        this.store = store;
        this.authenticator = authenticator;
        this.protocolIds = Set.copyOf(protocolIds);
        this.noPlayers = noPlayers;
        this.perAddress = perAddress;
        this.perAccount = perAccount;
        this.places = places;
        this.servers = servers;
        this.operators = operators;
        this.auditor = auditor;
        this.wallClock = wallClock;
        this.log = log;
    }

    /// {@return the answer}
    ///
    /// @throws Problem when there is none
    /// @throws IOException when the request cannot be read any further
    public Response answer(Request request) throws IOException {
        String path = request.path();
        try {
            if (path.equals(TOKEN_PATH)) {
                Bodies.checkMethod(request, "POST", "OPTIONS");
                // A browser asks first whether it may: the headers that answer are CrossOrigin's.
                return request.method().equals("OPTIONS")
                        ? Response.NOTHING
                        : connectToken(request);
            }
            if (path.startsWith(SERVERS_PATH)) {
                return servers.answer(request, path.substring(SERVERS_PATH.length()));
            }
            if (path.startsWith(FLEET_PATH)) {
                return operators.answer(request, path.substring(FLEET_PATH.length()));
            }
            if (path.equals("/health/live")) {
                Bodies.checkMethod(request, "GET", "HEAD");
                return Response.of(Json.object().put("status", "live"));
            }
            if (path.equals("/health/ready")) {
                Bodies.checkMethod(request, "GET", "HEAD");
                Awaiting.await(store.registry().check());
                return Response.of(Json.object().put("status", "ready"));
            }
        } catch (TimeoutException e) {
            log.log(Level.WARNING, "registry", () -> "The server registry cannot be reached", e);
            throw Problem.unavailable();
        }
        throw Problem.notFound();
    }

    // ---- Players

    /// What becomes known of a request on its way, for the audit.
    private static final class Trail {
        @Nullable PlayerIdentity player;
        @Nullable Long clientId;
        Minting.@Nullable Minted minted;
    }

    private Response connectToken(Request request) throws IOException, TimeoutException {
        Trail trail = new Trail();
        String outcome = "internal";
        try {
            Response response = connectToken(request, trail);
            outcome = AuditEntry.MINTED;
            return response;
        } catch (Problem problem) {
            outcome = problem.name();
            throw problem;
        } catch (TimeoutException e) {
            outcome = Problem.unavailable().name();
            throw e;
        } finally {
            record(request, trail, outcome);
        }
    }

    private Response connectToken(Request request, Trail trail)
            throws IOException, TimeoutException {
        String caller = Callers.household(request.caller());
        PlayerIdentity player;
        try (Places.Place _ = places.take(caller)) {
            player = player(request);
        }
        trail.player = player;
        perAccount.count(player.key());
        // A body that comes slowly holds no place.
        Minting.Wanted wanted = wanted(request);
        try (Places.Place _ = places.take(caller)) {
            return granted(player, wanted, trail);
        }
    }

    private PlayerIdentity player(Request request) throws TimeoutException {
        perAddress.count(Callers.household(request.caller()));
        String credential = Credentials.bearer(request);
        if (noPlayers.isOne(credential)) {
            throw Problem.notAuthenticated();
        }
        return authenticate(credential);
    }

    private Response granted(PlayerIdentity player, Minting.Wanted wanted, Trail trail)
            throws TimeoutException {
        long clientId = minting.clientIdOf(player);
        trail.clientId = clientId;
        Optional<Ban> ban = Awaiting.await(store.bans().find(clientId));
        if (ban.isPresent()) {
            throw banned(ban.get());
        }
        UserData userData = minting.admit(player, clientId);
        long now = wallClock.unixSeconds();
        Minting.Minted minted = minting.mint(clientId, userData, wanted, now);
        trail.minted = minted;
        return Response.of(TokenJson.of(minted, wanted.protocolId(), now));
    }

    private static Problem banned(Ban ban) {
        long until = ban.untilUnixSeconds();
        return Problem.banned(ban.why(), until == Ban.FOR_EVER ? 0 : until);
    }

    private PlayerIdentity authenticate(String credential) {
        try {
            return authenticator.authenticate(credential);
        } catch (NotAuthenticatedException e) {
            log.log(
                    Level.DEBUG,
                    "credential",
                    () -> "A credential proves nothing: " + e.getMessage());
            throw Problem.notAuthenticated();
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "authenticator",
                    () -> "Players cannot be authenticated: " + e.getMessage());
            throw Problem.unavailable(AUTHENTICATOR_RETRY_SECONDS);
        }
    }

    private Minting.Wanted wanted(Request request) throws IOException {
        Json json = Bodies.json(request, BODY_BYTES_MAX);
        String region = json.textOr("region", "");
        Long protocolId = json.unsignedOrNull("protocolId");
        boolean statesReasons = json.truthOr("statesReasons", false);
        boolean survivesMoves = json.truthOr("survivesMoves", false);
        Optional<TokenTag> resumes = json.tag("resumes");
        json.checkNothingElse();
        try {
            ServerAnnouncement.checkRegion(region);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("region", String.valueOf(e.getMessage()));
        }
        return new Minting.Wanted(
                region, served(protocolId), statesReasons, survivesMoves, resumes);
    }

    private long served(@Nullable Long protocolId) {
        if (protocolId == null) {
            if (protocolIds.size() > 1) {
                throw Problem.invalid(
                        "protocolId",
                        "The member 'protocolId' is missing: the service serves several.");
            }
            return protocolIds.iterator().next();
        }
        if (!protocolIds.contains(protocolId)) {
            throw Problem.unprocessable(
                    "protocolId",
                    "The service does not serve this protocol id: the client may be of another"
                            + " version.");
        }
        return protocolId;
    }

    private void record(Request request, Trail trail, String outcome) {
        PlayerIdentity player = trail.player;
        Minting.Minted minted = trail.minted;
        List<ServerAnnouncement> chosen = minted == null ? List.of() : minted.servers();
        auditor.record(
                new AuditEntry(
                        auditor.now(),
                        outcome,
                        request.caller().getHostAddress(),
                        player == null ? null : player.issuer(),
                        player == null ? null : player.subject(),
                        trail.clientId,
                        chosen.stream().map(ServerAnnouncement::serverId).toList(),
                        chosen.stream().map(ServerAnnouncement::publicAddress).toList(),
                        minted == null ? null : minted.keyId(),
                        minted == null ? null : minted.token().tag().toString(),
                        minted == null
                                ? null
                                : minted.resumes().map(TokenTag::toString).orElse(null),
                        null));
    }
}
