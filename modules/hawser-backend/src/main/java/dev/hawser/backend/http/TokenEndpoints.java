package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.audit.AuditLog;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.minting.Registry;
import dev.hawser.backend.minting.ServerIds;
import dev.hawser.backend.player.NotAuthenticatedException;
import dev.hawser.backend.player.PlayerAuthenticator;
import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.WallClock;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the service answers, in terms of HTTP but of no web server: see `openapi.yaml`.
public final class TokenEndpoints {
    public static final int BODY_BYTES_MAX = 16 << 10;

    /// An announcement may name as many clients as a server has slots.
    public static final int ANNOUNCEMENT_BYTES_MAX = 2 << 20;

    private static final int CREDENTIAL_LENGTH_MAX = 8192;

    /// What finds out who players are looks again at once when it has been away.
    private static final int AUTHENTICATOR_RETRY_SECONDS = 2;

    private static final String BEARER = "Bearer ";
    public static final String TOKEN_PATH = "/v1/connect-token";
    private static final String SERVERS_PATH = "/v1/servers/";
    private static final Pattern CREDENTIAL = Pattern.compile("[\\x21-\\x7e]+");

    private final Minting minting;
    private final Registry registry;
    private final PlayerAuthenticator authenticator;
    private final Set<Long> protocolIds;
    private final List<byte[]> serverCredentialHashes;
    private final RateLimit perAddress;
    private final RateLimit perAccount;
    private final Places places;
    private final ServerIds serverIds;
    private final int tokenLifetimeSeconds;
    private final AuditLog audit;
    private final WallClock wallClock;
    private final LimitedLog log;

    /// Answers with these parts.
    ///
    /// @param serverCredentials any of which a game server may show; none where servers are
    ///   configured only
    public TokenEndpoints(
            Minting minting,
            Registry registry,
            PlayerAuthenticator authenticator,
            Set<Long> protocolIds,
            List<String> serverCredentials,
            RateLimit perAddress,
            RateLimit perAccount,
            Places places,
            ServerIds serverIds,
            int tokenLifetimeSeconds,
            AuditLog audit,
            WallClock wallClock,
            LimitedLog log) {
        this.minting = minting;
        this.registry = registry;
        this.authenticator = authenticator;
        this.protocolIds = Set.copyOf(protocolIds);
        serverCredentialHashes = serverCredentials.stream().map(TokenEndpoints::sha256).toList();
        this.perAddress = perAddress;
        this.perAccount = perAccount;
        this.places = places;
        this.serverIds = serverIds;
        this.tokenLifetimeSeconds = tokenLifetimeSeconds;
        this.audit = audit;
        this.wallClock = wallClock;
        this.log = log;
    }

    /// A request, as far as anybody here is interested.
    public interface Request {
        String method();

        /// Without the query.
        String path();

        /// {@return the value of a header, or null; of one that is there twice, both, with a comma
        /// between them}
        @Nullable String header(String name);

        InetAddress caller();

        /// The request is that of a game server: it has shown its credential.
        void isOfServer();

        /// {@return the body}
        ///
        /// @throws Problem when it is longer
        byte[] body(int bytesMax) throws IOException;
    }

    /// What is sent back, with status 200, or 204 where there is nothing.
    public record Response(int status, @Nullable ObjectNode json) {
        private static Response of(ObjectNode json) {
            return new Response(200, json);
        }
    }

    /// {@return the answer}
    ///
    /// @throws Problem when there is none
    /// @throws IOException when the request cannot be read any further
    public Response answer(Request request) throws IOException {
        String path = request.path();
        try {
            if (path.equals(TOKEN_PATH)) {
                checkMethod(request, "POST, OPTIONS");
                // A browser asks first whether it may: the headers that answer are CrossOrigin's.
                return request.method().equals("OPTIONS")
                        ? new Response(204, null)
                        : connectToken(request);
            }
            if (path.startsWith(SERVERS_PATH)) {
                checkMethod(request, "PUT, DELETE");
                return server(request, path.substring(SERVERS_PATH.length()));
            }
            if (path.equals("/health/live")) {
                checkMethod(request, "GET, HEAD");
                return Response.of(Json.object().put("status", "live"));
            }
            if (path.equals("/health/ready")) {
                checkMethod(request, "GET, HEAD");
                registry.check();
                return Response.of(Json.object().put("status", "ready"));
            }
        } catch (TimeoutException e) {
            log.log(Level.WARNING, "registry", () -> "The server registry cannot be reached", e);
            throw Problem.unavailable();
        }
        throw Problem.notFound();
    }

    private static void checkMethod(Request request, String allowed) {
        for (String method : allowed.split(", ", -1)) {
            if (request.method().equals(method)) {
                return;
            }
        }
        throw Problem.methodNotAllowed(allowed);
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

    private PlayerIdentity player(Request request) {
        perAddress.count(Callers.household(request.caller()));
        String credential = bearer(request);
        if (isServerCredential(credential)) {
            throw Problem.notAuthenticated();
        }
        return authenticate(credential);
    }

    private Response granted(PlayerIdentity player, Minting.Wanted wanted, Trail trail)
            throws TimeoutException {
        long clientId = minting.clientIdOf(player);
        trail.clientId = clientId;
        UserData userData = minting.admit(player, clientId);
        long now = wallClock.unixSeconds();
        Minting.Minted minted = minting.mint(clientId, userData, wanted, now);
        trail.minted = minted;
        return Response.of(TokenJson.of(minted, wanted.protocolId(), now));
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
        Json json = json(request, BODY_BYTES_MAX);
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
        List<ServerAnnouncement> servers = minted == null ? List.of() : minted.servers();
        try {
            audit.record(
                    new AuditEntry(
                            Instant.ofEpochSecond(wallClock.unixSeconds()),
                            outcome,
                            request.caller().getHostAddress(),
                            player == null ? null : player.issuer(),
                            player == null ? null : player.subject(),
                            trail.clientId,
                            servers.stream().map(ServerAnnouncement::serverId).toList(),
                            servers.stream().map(ServerAnnouncement::publicAddress).toList(),
                            minted == null ? null : minted.keyId(),
                            minted == null ? null : minted.token().tag().toString()));
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "audit", () -> "The audit log failed", e);
        }
    }

    // ---- Game servers

    private Response server(Request request, String serverId) throws IOException, TimeoutException {
        checkServer(request);
        request.isOfServer();
        if (request.method().equals("DELETE")) {
            serverIds.withdraw(serverId);
            registry.withdraw(new ServerStart(serverId, ""), 0);
            return new Response(204, null);
        }
        Json said = json(request, ANNOUNCEMENT_BYTES_MAX);
        String startId = Announcements.startId(said);
        ServerAnnouncement announcement = Announcements.read(serverId, said);
        checkFits(announcement);
        checkIsOnlyOne(announcement, startId);
        registry.announce(announcement);
        int timeoutSeconds = registry.serverTimeoutSeconds();
        ObjectNode json = Json.object();
        json.put("heartbeatSeconds", Math.max(1, timeoutSeconds / 3));
        json.put("ttlSeconds", timeoutSeconds);
        json.put("connectTokenLifetimeSeconds", tokenLifetimeSeconds);
        json.put("serverTime", wallClock.unixSeconds());
        return Response.of(json);
    }

    /// A right credential costs its owner nothing of the limits: servers announce themselves often,
    /// and many of them from one address.
    private void checkServer(Request request) {
        try {
            if (isServerCredential(bearer(request))) {
                return;
            }
        } catch (Problem problem) {
            perAddress.count(Callers.household(request.caller()));
            throw problem;
        }
        perAddress.count(Callers.household(request.caller()));
        throw Problem.notAuthenticated();
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

    private void checkIsOnlyOne(ServerAnnouncement announcement, String startId) {
        Optional<NetAddress> other = serverIds.announce(announcement, startId);
        if (other.isEmpty()) {
            return;
        }
        String servers =
                "Two game servers announce themselves as '"
                        + announcement.serverId()
                        + "', one at "
                        + other.get()
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
        throw Problem.serverIdTaken(servers + "give each a server id of its own.");
    }

    // ---- Both

    private Json json(Request request, int bytesMax) throws IOException {
        String type = request.header("Content-Type");
        boolean isJson =
                type != null
                        && type.replace(" ", "")
                                .replace("\"", "")
                                .matches("(?i)application/json(;charset=utf-8)?");
        if (!isJson || request.header("Content-Encoding") != null) {
            throw Problem.notJson();
        }
        return Json.parse(request.body(bytesMax));
    }

    private static String bearer(Request request) {
        String authorization = request.header("Authorization");
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw Problem.notAuthenticated();
        }
        String credential = authorization.substring(BEARER.length()).strip();
        if (credential.length() > CREDENTIAL_LENGTH_MAX
                || !CREDENTIAL.matcher(credential).matches()) {
            throw Problem.notAuthenticated();
        }
        return credential;
    }

    /// Takes the same time whatever is right about it.
    private boolean isServerCredential(String credential) {
        byte[] hash = sha256(credential);
        boolean isOne = false;
        for (byte[] expected : serverCredentialHashes) {
            isOne |= MessageDigest.isEqual(expected, hash);
        }
        return isOne;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
