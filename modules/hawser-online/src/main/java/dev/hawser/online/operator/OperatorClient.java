package dev.hawser.online.operator;

import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Failover;
import dev.hawser.online.http.Https;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.JsonText;
import dev.hawser.online.token.HttpsOptions;
import java.lang.System.Logger;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Asks a token service what an operator may ask: which game servers there are, who is where; and
/// that one leaves, that a player is kicked or banned. For an operator's own programs, with an
/// operator's credential, which never belongs on a game server.
///
/// ```java
/// try (var operator =
///         OperatorClient.builder()
///                 .endpoint(URI.create("https://play.example.org"))
///                 .credentials(() -> operatorCredential)
///                 .build()) {
///     operator.drain("eu-1", Duration.ofMinutes(10), "a new version");
/// }
/// ```
///
/// **Threads.** Any thread may call it, also several at a time. Each question blocks until it is
/// answered, or no endpoint has answered within its request timeout (10 s by default); an interrupt
/// ends it.
///
/// **Failures** are an [OperatorException], after each endpoint was asked once. What nobody knows
/// is an answer: an empty `Optional`.
///
/// Whatever comes from players, as `why`, may have any character: make it fit for your screen.
public final class OperatorClient implements AutoCloseable {
    /// The most items of a [FleetPage].
    static final int PAGE_ITEMS_MAX = 1000;

    /// Of servers there is more to say.
    private static final int PAGE_SERVERS = 200;

    private static final Pattern SERVER_ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern DOTS = Pattern.compile("\\.+");
    private static final Duration WITHIN_MAX = Duration.ofDays(1);
    private static final int TEXT_LENGTH_MAX = 124;
    private static final int IDENTITY_LENGTH_MAX = 1024;
    private static final String CURSOR = "cursor";

    private final OperatorSettings settings;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final Failover failover;

    private OperatorClient(OperatorSettings settings) {
        this.settings = settings;
        http = Https.client(settings.sslContext(), settings.connectTimeout(), threads);
        failover = new Failover(settings.endpoints(), settings.random(), settings.logger());
    }

    /// {@return a builder, which needs [Builder#endpoint] and [Builder#credentials]}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Looks

    /// {@return a part of the game servers, in the order of their names}
    ///
    /// @param cursor empty for the first part, else [FleetPage#next] of the one before
    public FleetPage<FleetServer> servers(String cursor) throws OperatorException {
        return list("servers", PAGE_SERVERS, cursor, "servers", OperatorAnswers.ServerReader::new);
    }

    /// {@return a part of those who are at a game server; nobody where no such server is known}
    ///
    /// @param cursor empty for the first part, else [FleetPage#next] of the one before
    public FleetPage<PlayerPresence> players(String serverId, String cursor)
            throws OperatorException {
        return list(
                server(serverId) + "/players",
                PAGE_ITEMS_MAX,
                cursor,
                "players",
                OperatorAnswers.PresenceReader::new);
    }

    /// {@return where a player is; empty for nowhere}
    ///
    /// @param clientId unsigned
    public Optional<PlayerPresence> where(long clientId) throws OperatorException {
        return call("GET", player(clientId), "").run(new OperatorAnswers.PresenceReader());
    }

    /// {@return the client id of a player, who need never have been here}
    ///
    /// @param issuer who vouches for the player: of a JSON Web Token its `iss`
    /// @param subject who the player is there
    public long clientId(String issuer, String subject) throws OperatorException {
        String query =
                "client-ids?issuer="
                        + encoded("issuer", issuer)
                        + "&subject="
                        + encoded("subject", subject);
        OperatorCall call = call("GET", query, "");
        return call.run(new OperatorAnswers.ClientIdReader())
                .orElseThrow(() -> notUnderstood("client ids"));
    }

    /// {@return a part of the bans}
    ///
    /// @param cursor empty for the first part, else [FleetPage#next] of the one before
    public FleetPage<PlayerBan> bans(String cursor) throws OperatorException {
        return list("bans", PAGE_ITEMS_MAX, cursor, "bans", OperatorAnswers.ListedBanReader::new);
    }

    private <T, R extends OperatorAnswers.Reader<T>> FleetPage<T> list(
            String path, int max, String cursor, String list, Supplier<R> readers)
            throws OperatorException {
        String query =
                path
                        + "?max="
                        + max
                        + (cursor.isEmpty() ? "" : "&" + CURSOR + "=" + encoded(CURSOR, cursor));
        return call("GET", query, "")
                .run(new OperatorAnswers.PageReader<>(list, readers))
                .orElseThrow(() -> notUnderstood(list));
    }

    // ---- Changes

    /// Has a game server leave: nobody is sent there from now on, and with its next announcement it
    /// hears that whoever is left at the deadline is to be sent on.
    ///
    /// @param within until the deadline, whole seconds up to a day; zero for at once
    /// @param text for players, up to 124 characters; may be empty
    /// @return what leaves; empty where no such server is known
    public Optional<DrainedServer> drain(String serverId, Duration within, String text)
            throws OperatorException {
        if (within.isNegative() || within.compareTo(WITHIN_MAX) > 0) {
            throw new IllegalArgumentException(
                    "a server that drains has from 0 to "
                            + WITHIN_MAX.toSeconds()
                            + " s to leave, and not "
                            + within.toSeconds()
                            + " s: a day is the most");
        }
        checkText(text);
        return call(
                        "POST",
                        server(serverId) + "/drain",
                        JsonText.object(json -> {
                            json.writeNumberField("withinSeconds", within.toSeconds());
                            json.writeStringField("text", text);
                        }))
                .run(new OperatorAnswers.DrainedReader());
    }

    /// Ends the connection of a player, with the next announcement of its server. The player may
    /// come back.
    ///
    /// @param clientId unsigned
    /// @param text for the player, up to 124 characters; may be empty
    /// @return what ends; empty where the player is at no server
    public Optional<PlayerPresence> kick(long clientId, String text) throws OperatorException {
        checkText(text);
        return call(
                        "POST",
                        player(clientId) + "/kick",
                        JsonText.object(json -> json.writeStringField("text", text)))
                .run(new OperatorAnswers.PresenceReader());
    }

    /// Bans a player for a time: no token, no admission, and the connection ends with the next
    /// announcement of its server. Takes the place of a former ban.
    ///
    /// @param clientId unsigned
    /// @param time whole seconds from now, at least one
    /// @param why for the player, up to 124 characters; may be empty
    public BannedPlayer ban(long clientId, Duration time, String why) throws OperatorException {
        if (time.toSeconds() < 1 || time.toSeconds() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a ban lasts from 1 to "
                            + Integer.MAX_VALUE
                            + " s, and not "
                            + time.toSeconds()
                            + " s: a longer one is one for ever");
        }
        return ban(
                clientId,
                why,
                JsonText.object(json -> {
                    json.writeNumberField("forSeconds", time.toSeconds());
                    json.writeStringField("why", why);
                }));
    }

    /// Bans a player for ever, as [#ban(long, Duration, String)].
    ///
    /// @param clientId unsigned
    /// @param why for the player, up to 124 characters; may be empty
    public BannedPlayer banForEver(long clientId, String why) throws OperatorException {
        return ban(clientId, why, JsonText.object(json -> json.writeStringField("why", why)));
    }

    private BannedPlayer ban(long clientId, String why, String body) throws OperatorException {
        checkText(why);
        return call("PUT", ban(clientId), body)
                .run(new OperatorAnswers.BanReader())
                .orElseThrow(() -> notUnderstood("bans"));
    }

    /// Lifts a ban.
    ///
    /// @param clientId unsigned
    /// @return whether there was one, as far as that is known
    public boolean unban(long clientId) throws OperatorException {
        OperatorCall call = call("DELETE", ban(clientId), "");
        // An endpoint that failed may have lifted it, and the next then finds none.
        return call.run(new Nothing()).isPresent() || call.isDoneUnknown();
    }

    /// An answer without a body.
    private static final class Nothing implements OperatorAnswers.Reader<Boolean> {
        @Override
        public void read(String name, Json value) {
            // There is nothing to know.
        }

        @Override
        public Boolean value() {
            return true;
        }
    }

    /// Ends what is under way, and frees what this client holds.
    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return "OperatorClient[" + Endpoints.names(settings.endpoints()) + "]";
    }

    // ---- Words

    private OperatorCall call(String method, String path, String body) {
        return new OperatorCall(settings, http, failover, method, path, body);
    }

    private OperatorException notUnderstood(String what) {
        return new OperatorException(
                OperatorException.Reason.NOT_THE_SERVICE,
                "the token service at "
                        + Endpoints.names(settings.endpoints())
                        + " does not know what "
                        + what
                        + " are: it is one of another version",
                0,
                false);
    }

    private static String server(String serverId) {
        if (!SERVER_ID.matcher(serverId).matches() || DOTS.matcher(serverId).matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + serverId
                            + "' is no name of a server, which is 1 to 64 letters, digits, '-', '_'"
                            + " and '.': name one as it announces itself");
        }
        return "servers/" + serverId;
    }

    private static String player(long clientId) {
        return "players/" + Long.toUnsignedString(clientId);
    }

    private static String ban(long clientId) {
        return "bans/" + Long.toUnsignedString(clientId);
    }

    private static String encoded(String what, String text) {
        if (text.isEmpty() || text.length() > IDENTITY_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "the "
                            + what
                            + " has "
                            + text.length()
                            + " characters, but must have 1 to "
                            + IDENTITY_LENGTH_MAX);
        }
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void checkText(String text) {
        if (text.length() > TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a text of "
                            + text.length()
                            + " characters, but at most "
                            + TEXT_LENGTH_MAX
                            + " reach a player: say it shorter");
        }
    }

    /// How an [OperatorClient] is set up. Each method replaces what was set before and returns the
    /// builder. For one thread.
    public static final class Builder extends HttpsOptions<Builder> {
        private Logger logger = System.getLogger("dev.hawser");

        Builder() {
            super(
                    "the operator's client",
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10));
        }

        @Override
        protected Builder self() {
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        /// {@return the client, which has asked nobody yet}
        ///
        /// @throws IllegalStateException when endpoint or credentials are not set
        public OperatorClient build() {
            return new OperatorClient(
                    new OperatorSettings(
                            endpoints(),
                            credentials(),
                            sslContext(),
                            connectTimeout(),
                            requestTimeout(),
                            random(),
                            logger));
        }
    }
}
