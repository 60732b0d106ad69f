package dev.hawser.online.fleet;

import dev.hawser.Refusal;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Failover;
import dev.hawser.online.http.Https;
import dev.hawser.online.token.HttpsOptions;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.time.SystemClock;
import dev.hawser.token.WebUrls;
import java.lang.System.Logger;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells a token service of a game server, over HTTPS: that it is there, again and again, how many
/// slots are free, which keys it holds, who has connected; and, on close, that it leaves.
///
/// ```java
/// try (var announcer =
///         ServerAnnouncer.builder()
///                 .endpoint(URI.create("https://play.example.org"))
///                 .credentials(() -> serverCredential)
///                 .serverId("eu-1")
///                 .publicAddress(NetAddress.parse("203.0.113.5:7777"))
///                 .build()) {
///     while (isRunning) {
///         server.update();
///         announcer.update(server);
///         …
///     }
/// }
/// server.stop();
/// ```
///
/// **When.** As often as the service asks for (1 to 60 seconds), and within a second when keys
/// change, when the server becomes full or has room again, or when it starts. While it does not
/// run, it is withdrawn; once it drains too, with the next update.
///
/// **One id, one server.** A server that starts again under its id is welcome at once. When two go
/// on announcing themselves under one id, the service refuses the second, and both logs say so.
///
/// **Fresh start.** A server refuses tokens that may have been used before it started, and so new
/// ones too for as long as its `maxConnectTokenLifetime` exceeds the lifetime that the service
/// gives them (see [NetcodeServer#acceptsTokensOf]). Until that is over it says that no slot is
/// free, so that nobody is sent in vain; it learns the lifetime from the first answer. A service
/// that does not state it gets the true number, and the two lifetimes are then best set equal.
///
/// **Without the service** the game server goes on serving whom it has, and says so in the log:
/// once when it begins, once when it is over. It tries again with random waits that grow to 16
/// seconds, and no sooner than the service asks for (`Retry-After`, up to an hour).
///
/// **Several endpoints** (`endpoints(…)`) are of one service, whose parts share what they know. A
/// server is announced to one of them, and when that one fails, to the next at once.
///
/// **Threads.** [#update] belongs to the thread of the server, never blocks, and allocates when
/// there is something to send only; requests run on virtual threads. [#close()] may be called by
/// any thread.
public final class ServerAnnouncer implements AutoCloseable {
    /// The most clients that one announcement says have connected, and have left; others follow
    /// with the next.
    static final int CONNECTED_MAX = 256;

    /// Announcements are no closer to each other than this.
    static final Duration INTERVAL_MIN = Duration.ofSeconds(1);

    /// When whoever is refused by a server that was told to drain may ask for another one.
    private static final int DRAINING_RETRY_SECONDS = 2;

    private static final Duration RETRY_MAX = Duration.ofSeconds(15);

    /// A service that asks for more has made a mistake, and the server would be missed for ever.
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

    /// The shortest lifetime that tokens can have: who accepts those, accepts all.
    private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(1);

    private final AnnouncerSettings settings;

    /// By which the service tells this start from a former one, and this server from another that
    /// was given the same id. Never from a generator that the application seeds.
    private final String startId = StartId.draw(SystemClock.machineMillis());

    /// Of the latest announcement or withdrawal.
    private long sequence;

    private final ExecutorService threads;
    private final HttpClient http;
    private final OutageLog outages;
    private final Backoff backoff;
    private final Failover failover;
    private final @Nullable AdmissionDesk admissions;
    private final HeardCommands heardCommands = new HeardCommands();

    /// Since the latest success.
    private Failover.Attempts tried;

    /// That is told, or was last, and that which acknowledged last.
    private @Nullable URI told;

    private @Nullable URI acknowledgedBy;
    private int attemptsThere;

    private volatile @Nullable NetcodeServer server;

    /// What goes on; one at a time, so that they arrive in order.
    private @Nullable ServiceCall call;

    private long callNanos;
    private boolean isCallLate;

    /// What the latest announcement said.
    private @Nullable List<KeyId> saidKeyIds;

    private List<String> saidAcknowledged = List.of();
    private boolean saidFull;
    private boolean saidReady;
    private boolean saidDraining;
    private long saidConnections;
    private long saidDisconnections;
    private boolean leftSome;

    /// How many connections, and ends of them, the service has been told of and has acknowledged.
    private long acknowledgedConnections;

    private long acknowledgedDisconnections;

    private boolean hasAnswered;
    private @Nullable Duration tokenLifetime;

    private boolean hasBegun;
    private long nextNanos;
    private int failures;
    private boolean mayBeKnown;
    private volatile boolean isAcknowledged;
    private volatile boolean isOffered;
    private boolean isClosed;

    ServerAnnouncer(AnnouncerSettings settings) {
        this.settings = settings;
        threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("hawser-announcer-http-", 0).factory());
        http = Https.client(settings.sslContext(), settings.connectTimeout(), threads);
        outages = new OutageLog(settings);
        backoff = new Backoff(INTERVAL_MIN.toNanos(), RETRY_MAX.toNanos(), settings.random());
        failover = new Failover(settings.endpoints(), settings.random(), settings.logger());
        tried = failover.attempts(Integer.MAX_VALUE);
        admissions = settings.admissions() == null ? null : settings.admissions().desk();
        if (admissions != null) {
            FleetCalls calls = new FleetCalls(settings, http, failover, this::wakeServer);
            admissions.attach(new AdmissionDesk.Link(settings, startId, calls));
        }
    }

    /// An answer is there for which players wait.
    private void wakeServer() {
        NetcodeServer server = this.server;
        if (server != null) {
            server.wakeup();
        }
    }

    /// {@return a builder, which needs endpoint, credentials, server id and public address}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return whether the service has acknowledged the latest announcement; any thread may ask}
    public boolean isAcknowledged() {
        return isAcknowledged;
    }

    /// {@return whether the service sends players to this server while it has free slots: it has
    /// acknowledged the latest announcement, and the fresh start was over by then}
    ///
    /// Whoever replaces the servers of a fleet one after the other waits for it before the next one
    /// drains. Any thread may ask.
    public boolean isOffered() {
        return isOffered;
    }

    /// {@return whether a request is under way, or its answer has not been looked at}
    synchronized boolean isCalling() {
        return call != null || (admissions != null && admissions.isCalling());
    }

    // ---- A tick

    /// Announces the server when it is time to; to be called after each update of it, or of the
    /// `MultiServer` that it is a member of.
    ///
    /// @param server always the same one
    /// @throws IllegalArgumentException when it is another one than before: each has an announcer,
    ///   and a name, of its own
    public synchronized void update(NetcodeServer server) {
        if (isClosed) {
            return;
        }
        if (this.server == null) {
            this.server = server;
        } else if (this.server != server) {
            throw new IllegalArgumentException(
                    "this announcer speaks for "
                            + this.server
                            + ", not for "
                            + server
                            + ": make one for each, with another serverId");
        }
        if (admissions != null) {
            admissions.update(server);
        }
        long nowNanos = settings.monotonicClock().getAsLong();
        if (call != null && !takeOutcome(nowNanos, call)) {
            return;
        }
        if (server.isRunning() && (!server.isDraining() || staysKnown())) {
            if (isDue(nowNanos) || (hasChanged(server) && mayHurry(nowNanos))) {
                announce(nowNanos, server);
            }
        } else if (mayBeKnown && (isDue(nowNanos) || mayWithdraw(server, nowNanos))) {
            URI endpoint = nextEndpoint(nowNanos);
            begin(
                    nowNanos,
                    endpoint,
                    ServiceCall.delete(settings, http, endpoint, startId, ++sequence));
        }
    }

    /// {@return whether a server that drains goes on being known: as long as it has players, where
    /// the service knows who is at which server}
    private boolean staysKnown() {
        return admissions != null && admissions.hasPlayers();
    }

    /// {@return whether the call is over}
    private boolean takeOutcome(long nowNanos, ServiceCall call) {
        CallOutcome outcome = call.poll();
        if (outcome == null) {
            if (!isCallLate && nowNanos - callNanos >= settings.requestTimeout().toNanos()) {
                isCallLate = true;
                call.stop();
            }
            return false;
        }
        this.call = null;
        take(nowNanos, outcome);
        return true;
    }

    private boolean isDue(long nowNanos) {
        return !hasBegun || nowNanos - nextNanos >= 0;
    }

    /// {@return whether something that has changed may be said before its time}
    private boolean mayHurry(long nowNanos) {
        return !outages.isOn() && nowNanos - callNanos >= INTERVAL_MIN.toNanos();
    }

    /// {@return whether the service may hear before its time that nobody is to be sent here: at
    /// once, where the server drains, which it does once}
    private boolean mayWithdraw(NetcodeServer server, long nowNanos) {
        return server.isDraining() ? !outages.isOn() : mayHurry(nowNanos);
    }

    @SuppressWarnings("ReferenceEquality") // one list for each key ring
    private boolean hasChanged(NetcodeServer server) {
        return leftSome
                || !mayBeKnown
                || heardCommands.isNew()
                || server.isDraining() != saidDraining
                || server.keyIds() != saidKeyIds
                || (freeSlots(server) == 0) != saidFull;
    }

    private int freeSlots(NetcodeServer server) {
        return isReady(server) && !server.isDraining() ? server.freeSlots() : 0;
    }

    /// {@return whether it takes the tokens that the service mints}
    private boolean isReady(NetcodeServer server) {
        if (tokenLifetime != null) {
            return server.acceptsTokensOf(tokenLifetime);
        }
        return hasAnswered || server.acceptsTokensOf(SHORTEST_LIFETIME);
    }

    // ---- Telling

    private URI nextEndpoint(long nowNanos) {
        return Objects.requireNonNull(tried.next(nowNanos), "next").endpoint();
    }

    private void announce(long nowNanos, NetcodeServer server) {
        URI endpoint = nextEndpoint(nowNanos);
        long[] connected = server.clientIdsSince(acknowledgedConnections);
        int told = Math.min(connected.length, CONNECTED_MAX);
        Set<Long> connectedSince =
                Arrays.stream(connected, 0, told).boxed().collect(Collectors.toSet());
        boolean isOfAnother = acknowledgedBy != null && !endpoint.equals(acknowledgedBy);
        if (outages.isOn() || isOfAnother) {
            // The service may be another one, which knows nobody.
            Arrays.stream(server.clientIds())
                    .limit(ServerAnnouncement.CONNECTED_MAX - CONNECTED_MAX)
                    .forEach(connectedSince::add);
        }
        long[] left = server.disconnectedIdsSince(acknowledgedDisconnections);
        int toldLeft = Math.min(left.length, CONNECTED_MAX);
        Set<Long> disconnectedSince =
                Arrays.stream(left, 0, toldLeft).boxed().collect(Collectors.toSet());
        if (toldLeft > 0) {
            for (long id : server.clientIds()) {
                disconnectedSince.remove(id);
            }
        }
        List<KeyId> keyIds = server.keyIds();
        int freeSlots = freeSlots(server);
        List<String> acknowledged = heardCommands.acknowledge();
        String body;
        try {
            body =
                    AnnouncementJson.of(
                            ServerAnnouncement.builder()
                                    .serverId(settings.serverId())
                                    .startId(startId)
                                    .sequence(++sequence)
                                    .draining(server.isDraining())
                                    .publicAddress(settings.publicAddress())
                                    .internalAddress(settings.internalAddress())
                                    .region(settings.region())
                                    .protocolId(server.protocolId())
                                    .maxClients(server.maxClients())
                                    .freeSlots(freeSlots)
                                    .keyIds(keyIds)
                                    .maxConnectTokenLifetimeSeconds(
                                            (int) server.maxConnectTokenLifetime().toSeconds())
                                    .webTransportCertificateHashes(
                                            settings.webTransportCertificateHashes().get())
                                    .web(settings.web())
                                    .connectedSince(connectedSince)
                                    .disconnectedSince(disconnectedSince)
                                    .build(),
                            acknowledged);
        } catch (RuntimeException e) {
            // The application's supplier, or what it supplied: no reason to end the server's tick.
            callNanos = nowNanos;
            fail(
                    nowNanos,
                    CallOutcome.Failed.lasting("there is nothing to announce: " + e.getMessage()));
            return;
        }
        saidKeyIds = keyIds;
        saidAcknowledged = acknowledged;
        saidFull = freeSlots == 0;
        saidReady = isReady(server) && !server.isDraining();
        saidDraining = server.isDraining();
        saidConnections = server.connections() - connected.length + told;
        saidDisconnections = server.disconnections() - left.length + toldLeft;
        leftSome = told < connected.length || toldLeft < left.length;
        mayBeKnown = true;
        begin(nowNanos, endpoint, ServiceCall.put(settings, http, endpoint, body));
    }

    private void begin(long nowNanos, URI endpoint, ServiceCall call) {
        hasBegun = true;
        told = endpoint;
        attemptsThere = tried.begin(endpoint);
        callNanos = nowNanos;
        isCallLate = false;
        this.call = call;
    }

    // ---- What came of it

    private void take(long nowNanos, CallOutcome outcome) {
        switch (outcome) {
            case CallOutcome.Acknowledged acknowledged -> {
                acknowledgedConnections = saidConnections;
                acknowledgedDisconnections = saidDisconnections;
                hasAnswered = true;
                tokenLifetime = acknowledged.connectTokenLifetime();
                if (admissions != null) {
                    admissions.acknowledged(acknowledged.hasAdmissions(), outages.isOn());
                }
                succeed(nowNanos);
                heardCommands.acknowledged(saidAcknowledged);
                acknowledged.commands().forEach(this::obey);
                isAcknowledged = true;
                isOffered = saidReady;
                nextNanos = callNanos + jittered(acknowledged.heartbeat().toNanos());
            }
            case CallOutcome.Withdrawn _ -> {
                mayBeKnown = false;
                succeed(nowNanos);
                isAcknowledged = false;
                isOffered = false;
                nextNanos = nowNanos;
            }
            case CallOutcome.Admissions _, CallOutcome.Presences _, CallOutcome.Absent _ ->
                    throw new AssertionError("nothing else was asked");
            case CallOutcome.Failed failed -> {
                if (failed.isOfAnother()) {
                    // What the service knows by this name is another server, and not ours to
                    // withdraw.
                    mayBeKnown = false;
                }
                fail(nowNanos, failed);
            }
        }
    }

    private void obey(ServerCommand command) {
        if (!heardCommands.take(command.id())) {
            return;
        }
        switch (command) {
            case ServerCommand.Drain(String _, int withinSeconds, String text) ->
                    drain(
                            Duration.ofSeconds(withinSeconds),
                            new Refusal.Draining(text, DRAINING_RETRY_SECONDS));
            case ServerCommand.Kick kick when admissions != null -> admissions.kick(kick);
            // Without admissions no connection has a name.
            case ServerCommand.Kick _, ServerCommand.Other _ -> {}
        }
    }

    private void drain(Duration within, Refusal.Draining reason) {
        NetcodeServer server = this.server;
        if (admissions != null) {
            admissions.servers().forEach(each -> each.drain(within, reason));
        } else if (server != null) {
            server.drain(within, reason);
        }
    }

    private void succeed(long nowNanos) {
        failures = 0;
        if (told != null) {
            tried.succeed(told);
            acknowledgedBy = told;
        }
        tried = failover.attempts(Integer.MAX_VALUE);
        outages.noteSuccess(nowNanos);
    }

    private void fail(long nowNanos, CallOutcome.Failed failed) {
        hasBegun = true;
        isAcknowledged = false;
        isOffered = false;
        failures++;
        if (failed.isOfEndpoint() && told != null) {
            tried.fail(told, nowNanos, waitNanos(failed, attemptsThere), failed.detail() + ".");
        } else {
            tried.holdAll(nowNanos, waitNanos(failed, failures));
        }
        Failover.Next next = Objects.requireNonNull(tried.next(nowNanos), "next");
        if (next.waitNanos() > 0) {
            // As long as another endpoint is left, the service has not failed.
            outages.noteFailure(nowNanos, failed);
        }
        nextNanos = nowNanos + next.waitNanos();
    }

    private long waitNanos(CallOutcome.Failed failed, int attempts) {
        Duration asked = Duration.ofSeconds(failed.retryAfterSeconds());
        Duration least = asked.compareTo(INTERVAL_MIN) < 0 ? INTERVAL_MIN : asked;
        Duration bounded = least.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : least;
        return bounded.toNanos() + backoff.waitNanos(attempts);
    }

    /// {@return a little less, at random, so that servers that were started together do not all
    /// come together}
    private long jittered(long nanos) {
        return nanos - settings.random().nextLong(nanos / 5 + 1);
    }

    // ---- The end

    /// Withdraws the server, so that nobody is sent to it any more, and gives everything back:
    /// before the server stops. Waits until the service has answered, two seconds at most unless
    /// [Builder#closeTimeout] says otherwise. Does nothing the second time.
    @Override
    public void close() {
        ServiceCall last;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            last = call;
            if (admissions != null) {
                admissions.detach();
            }
        }
        long deadlineNanos = System.nanoTime() + settings.closeTimeout().toNanos();
        // Nothing is sent after it: an announcement that came later would bring the server back.
        if (last == null || last.await(left(deadlineNanos)) != null) {
            withdraw(deadlineNanos);
        } else {
            last.stop();
            outages.noteNotWithdrawn("an announcement was still under way");
        }
        isAcknowledged = false;
        isOffered = false;
        http.shutdownNow();
        threads.shutdownNow();
    }

    private void withdraw(long deadlineNanos) {
        if (!mayBeKnown) {
            return;
        }
        String why = new Withdrawal(settings, http, failover, startId, sequence).run(deadlineNanos);
        if (!why.isEmpty()) {
            outages.noteNotWithdrawn(why);
        }
    }

    private static Duration left(long deadlineNanos) {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }

    @Override
    public String toString() {
        return "ServerAnnouncer["
                + settings.serverId()
                + " to "
                + Endpoints.names(settings.endpoints())
                + "]";
    }

    /// How a [ServerAnnouncer] is set up. Each method replaces what was set before and returns the
    /// builder. For one thread.
    public static final class Builder extends HttpsOptions<Builder> {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
        private static final Pattern DOTS = Pattern.compile("\\.+");

        private @Nullable String serverId;
        private @Nullable NetAddress publicAddress;
        private @Nullable NetAddress internalAddress;
        private String region = "";
        private Supplier<List<String>> webTransportCertificateHashes = List::of;
        private WebUrls web = WebUrls.NONE;
        private @Nullable ServerAdmissions admissions;
        private Duration closeTimeout = Duration.ofSeconds(2);
        private LongSupplier monotonicClock = System::nanoTime;
        private Logger logger = System.getLogger("dev.hawser");

        Builder() {
            super(
                    "the announcer",
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(5));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /// Sets the name of the server, which no other server of the fleet has, and which it keeps
        /// when it starts again.
        ///
        /// @param name 1 to 64 ASCII letters, digits and `-`, `_`, `.`, and not dots only
        /// @throws IllegalArgumentException when it is something else
        public Builder serverId(String name) {
            serverId = checked("serverId", name);
            if (DOTS.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "serverId '"
                                + name
                                + "' is made of dots, which mean folders: add a letter");
            }
            return this;
        }

        /// Sets the address that clients dial.
        ///
        /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
        public Builder publicAddress(NetAddress address) {
            ServerAnnouncement.checkAddress("publicAddress", address);
            publicAddress = address;
            return this;
        }

        /// Sets the address by which the server knows itself, one of its identity; by default the
        /// public one.
        ///
        /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
        public Builder internalAddress(NetAddress address) {
            ServerAnnouncement.checkAddress("internalAddress", address);
            internalAddress = address;
            return this;
        }

        /// Sets where the server is, in the operator's words; unset, anywhere.
        ///
        /// @param region 1 to 64 ASCII letters, digits and `-`, `_`, `.`
        /// @throws IllegalArgumentException when it is something else
        public Builder region(String region) {
            this.region = checked("region", region);
            return this;
        }

        private static String checked(String what, String name) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        what
                                + " '"
                                + name
                                + "' is not 1 to 64 letters, digits, '-', '_' and '.': choose another");
            }
            return name;
        }

        /// Sets where browsers reach the server over WebTransport, as
        /// `https://play.example.org:7778/hawser`; by default nowhere.
        ///
        /// @throws IllegalArgumentException when it is no `https` URL as [WebUrls] describes them
        public Builder webTransport(URI url) {
            web = new WebUrls(Objects.requireNonNull(url, "webTransport"), web.webSocket());
            return this;
        }

        /// Sets where browsers reach the server over WebSocket, as
        /// `wss://play.example.org:7778/hawser`; by default nowhere.
        ///
        /// @throws IllegalArgumentException when it is no `wss` or `ws` URL as [WebUrls] describes
        ///   them
        public Builder webSocket(URI url) {
            web = new WebUrls(web.webTransport(), Objects.requireNonNull(url, "webSocket"));
            return this;
        }

        /// Sets who knows the SHA-256 hashes of the certificates that browsers are to accept, as 64
        /// hexadecimal digits each; none by default. Asked on the server's thread for each
        /// announcement, so it answers at once.
        public Builder webTransportCertificateHashes(Supplier<List<String>> hashes) {
            webTransportCertificateHashes =
                    Objects.requireNonNull(hashes, "webTransportCertificateHashes");
            return this;
        }

        /// Sets what asks the service about newcomers. It is the server's
        /// [dev.hawser.ConnectionRequestHandler] too, and belongs to this announcer alone. Without
        /// it everybody with a token comes in whom the game lets in.
        public Builder admissions(ServerAdmissions admissions) {
            this.admissions = Objects.requireNonNull(admissions, "admissions");
            return this;
        }

        // ---- How long

        /// Sets how long [ServerAnnouncer#close()] may wait, 2 s by default.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most a minute
        public Builder closeTimeout(Duration timeout) {
            closeTimeout = checked("closeTimeout", timeout);
            return this;
        }

        // ---- What it runs on

        /// Sets the clock of heartbeats and limits: nanoseconds that never decrease, those of the
        /// server, `System.nanoTime()` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        /// {@return the announcer, which has told nobody yet}
        ///
        /// @throws IllegalStateException when endpoint, credentials, server id or public address
        ///   are not set
        public ServerAnnouncer build() {
            List<URI> endpoints = endpoints();
            String serverId = set("serverId", this.serverId);
            NetAddress publicAddress = set("publicAddress", this.publicAddress);
            return new ServerAnnouncer(
                    new AnnouncerSettings(
                            endpoints,
                            credentials(),
                            serverId,
                            publicAddress,
                            internalAddress == null ? publicAddress : internalAddress,
                            region,
                            webTransportCertificateHashes,
                            web,
                            sslContext(),
                            connectTimeout(),
                            requestTimeout(),
                            closeTimeout,
                            admissions,
                            monotonicClock,
                            random(),
                            logger));
        }
    }
}
