package dev.hawser.backend;

import dev.hawser.backend.audit.AuditLog;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.http.Auditor;
import dev.hawser.backend.http.Callers;
import dev.hawser.backend.http.Connections;
import dev.hawser.backend.http.Credentials;
import dev.hawser.backend.http.CrossOrigin;
import dev.hawser.backend.http.HttpFront;
import dev.hawser.backend.http.OperatorEndpoints;
import dev.hawser.backend.http.Places;
import dev.hawser.backend.http.RateLimit;
import dev.hawser.backend.http.ServerEndpoints;
import dev.hawser.backend.http.TlsKeys;
import dev.hawser.backend.http.TokenEndpoints;
import dev.hawser.backend.minting.ClientIds;
import dev.hawser.backend.minting.Minting;
import dev.hawser.backend.minting.Registry;
import dev.hawser.backend.player.PlayerAdmission;
import dev.hawser.backend.player.PlayerAuthenticator;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Ranges;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.keys.SecretReaders;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import dev.hawser.tls.CertificateFiles;
import dev.hawser.tls.CertificateSource;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The token service: an HTTPS endpoint that finds out who a player is, chooses game servers, and
/// hands out a connect token for them. It runs inside a game server's process or alone.
///
/// ```java
/// try (var service =
///         TokenService.builder()
///                 .bind(NetAddress.parse("0.0.0.0:8443"))
///                 .certificate(Path.of("fullchain.pem"), Path.of("privkey.pem"))
///                 .authenticator(authenticator)
///                 .clientIdSecret(secret)
///                 .keyRing(keys)
///                 .protocolIds(PROTOCOL_ID)
///                 .registry(registry)
///                 .build()) {
///     service.start();
///     …
/// }
/// ```
///
/// `openapi.yaml`, beside this class, says what it answers. Clients need
/// `dev.hawser.online.token.TokenClient` and nothing else; game servers that run elsewhere announce
/// themselves with `dev.hawser.online.fleet.ServerAnnouncer`.
///
/// **Security.** TLS 1.3, and plain HTTP on loopback only. Players choose neither their client id
/// nor their user data. Keys, tokens and credentials are in no log, no message and no exception.
///
/// **Threads.** Any thread may call it. Each request has a virtual thread; the parts that an
/// application brings (authenticator, admission, audit, registry) are called there.
public final class TokenService implements AutoCloseable {
    /// How many tokens may be asked for from one address in a minute, unless said otherwise.
    public static final int REQUESTS_PER_ADDRESS_DEFAULT = 300;

    /// How many tokens may be asked for one account in a minute, unless said otherwise.
    public static final int REQUESTS_PER_ACCOUNT_DEFAULT = 30;

    /// How many connections one address may have, unless said otherwise.
    public static final int CONNECTIONS_PER_ADDRESS_DEFAULT = 128;

    private final Logger logger;
    private final NetAddress bind;
    private final boolean isPlain;
    private final FleetStore store;
    private final boolean isStoreOurs;
    private final Minting minting;
    private final Connections connections;
    private final Places places;
    private final HttpFront front;
    private final @Nullable CertificateFiles certificateFiles;
    private final EverySecond everySecond;
    private final Duration connectTokenLifetime;
    private boolean isStarted;
    private boolean isClosed;

    private TokenService(Builder builder) throws IOException {
        logger = builder.logger;
        bind = builder.bind;
        isPlain = builder.isPlain;
        connectTokenLifetime = Duration.ofSeconds(builder.lifetimeSeconds);
        certificateFiles =
                builder.certificatePaths == null ? null : builder.certificatePaths.open();
        CertificateSource certificates =
                certificateFiles == null ? builder.certificates : certificateFiles;
        TlsKeys tls = certificates == null ? null : new TlsKeys(certificates);
        List<Runnable> everySecondTasks = new ArrayList<>();
        everySecondTasks.add(new ClockWatch(builder.wallClock, logger)::look);
        if (certificates != null) {
            // So that the log tells of a renewal before the next player comes.
            everySecondTasks.add(certificates::current);
        }
        everySecond = new EverySecond(everySecondTasks, logger);
        store = builder.fleetStore();
        isStoreOurs = builder.store == null;
        Registry registry = new Registry(store.registry());
        LimitedLog log = new LimitedLog(logger, builder.monotonicClock);
        Callers callers = new Callers(builder.proxies);
        int connectionsMax = Connections.affordable(builder.connectionsMax);
        if (connectionsMax < builder.connectionsMax) {
            logger.log(
                    Level.WARNING,
                    "The service takes "
                            + connectionsMax
                            + " connections and not "
                            + builder.connectionsMax
                            + ", since the process may open no more files: raise the limit (ulimit"
                            + " -n, LimitNOFILE)");
        }
        int perAddressMax = Math.min(builder.connectionsPerAddress, connectionsMax);
        places = new Places(builder.requestsMax, perAddressMax);
        connections =
                new Connections(
                        connectionsMax, perAddressMax, builder.requestTimeout, callers, log);
        minting =
                new Minting(
                        registry,
                        builder.clientIds(),
                        builder.admission,
                        set("keyRing", builder.keyRing),
                        new Minting.TokenSettings(
                                builder.lifetimeSeconds,
                                builder.timeoutSeconds,
                                builder.serversPerToken),
                        builder.random,
                        log);
        Auditor auditor = new Auditor(builder.audit, builder.wallClock, log);
        RateLimit perAddress = new RateLimit(store.budgets(), "address", builder.perAddress);
        List<String> noPlayers = new ArrayList<>(builder.serverCredentials);
        noPlayers.addAll(builder.operatorCredentials);
        ServerEndpoints servers =
                new ServerEndpoints(
                        store,
                        new Credentials(builder.serverCredentials),
                        perAddress,
                        minting,
                        builder.protocolIds,
                        builder.lifetimeSeconds,
                        auditor,
                        builder.wallClock,
                        log);
        OperatorEndpoints operators =
                new OperatorEndpoints(
                        store,
                        new Credentials(builder.operatorCredentials),
                        perAddress,
                        minting,
                        auditor,
                        builder.wallClock);
        front =
                new HttpFront(
                        new InetSocketAddress(addressOf(bind), bind.port()),
                        tls,
                        connections,
                        new TokenEndpoints(
                                minting,
                                store,
                                set("authenticator", builder.authenticator),
                                builder.protocolIds,
                                new Credentials(noPlayers),
                                perAddress,
                                new RateLimit(store.budgets(), "account", builder.perAccount),
                                places,
                                servers,
                                operators,
                                auditor,
                                builder.wallClock,
                                log),
                        callers,
                        builder.crossOrigin,
                        log);
    }

    private static <T> T set(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "a token service without " + name + ": set " + name + "(…)");
        }
        return value;
    }

    /// {@return a builder}
    public static Builder builder() {
        return new Builder();
    }

    /// Starts to answer. Does nothing the second time.
    ///
    /// @throws IOException when it cannot listen at its address; the message says why
    /// @throws IllegalStateException when it is closed
    public synchronized void start() throws IOException {
        if (isClosed) {
            throw new IllegalStateException("this token service is closed: build another one");
        }
        if (isStarted) {
            return;
        }
        front.start();
        isStarted = true;
        everySecond.start();
        logger.log(
                Level.INFO,
                () -> "Tokens at " + uri() + ", sealed with the newest key of " + minting.keyIds());
    }

    /// {@return where it answers}
    ///
    /// @throws IllegalStateException when it has not been started
    public synchronized URI uri() {
        if (!isStarted) {
            throw new IllegalStateException("this token service has not been started");
        }
        NetAddress bound = bind.withPort(front.port());
        return URI.create((isPlain ? "http://" : "https://") + bound);
    }

    /// {@return how long its tokens can be used to connect}
    public Duration connectTokenLifetime() {
        return connectTokenLifetime;
    }

    /// {@return what it has met so far; any thread may ask}
    public TokenServiceStats stats() {
        Connections.Counts counts = connections.counts();
        return new TokenServiceStats(
                counts.connections(),
                counts.refused(),
                counts.displaced(),
                counts.timedOut(),
                front.malformed(),
                places.refused(),
                minting.tokensResuming(),
                minting.resumesOfOthers());
    }

    /// Takes the keys that tokens are sealed with from now on.
    ///
    /// @param keys kept, not copied: erase them after the service was closed, and the former ones
    ///   after this, when no request uses them any more
    /// @throws IllegalStateException when one of the keys has been erased; the former ones then
    ///   stay
    public void keyRing(KeyRing keys) {
        minting.keyRing(keys);
    }

    /// Looks at the certificate's files now, instead of within a second. Connections that exist
    /// keep the certificate that they have.
    ///
    /// @throws IOException when they cannot be used; the certificate then stays what it was
    /// @throws IllegalStateException when the certificate does not come from files
    public void reloadCertificate() throws IOException {
        if (certificateFiles == null) {
            throw new IllegalStateException(
                    "this token service has no certificate files: give them with certificate(…)");
        }
        certificateFiles.reload();
    }

    /// Ends the service: what is being answered has two seconds. Does nothing the second time.
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        everySecond.close();
        front.stop();
        if (isStoreOurs) {
            store.close();
        }
    }

    @Override
    public String toString() {
        return "TokenService[" + bind + "]";
    }

    private static InetAddress addressOf(NetAddress address) {
        // Without a port it is written without brackets, and without a colon behind it.
        String text = address.withPort(1).toString();
        String host = text.substring(0, text.lastIndexOf(':'));
        return InetAddress.ofLiteral(host.replace("[", "").replace("]", ""));
    }

    /// How a token service is set up. Each method replaces what was set before and returns the
    /// builder. Needed are a certificate (or plain HTTP on loopback), an authenticator, a key ring,
    /// protocol ids, a registry or a store, and the secret of the client ids.
    public static final class Builder {
        private NetAddress bind = NetAddress.parse("127.0.0.1:8443");
        private boolean isPlain;
        private @Nullable CertificatePaths certificatePaths;
        private @Nullable CertificateSource certificates;
        private @Nullable PlayerAuthenticator authenticator;
        private byte @Nullable [] clientIdSecret;
        private @Nullable KeyRing keyRing;
        private final Set<Long> protocolIds = new LinkedHashSet<>();
        private @Nullable ServerRegistry registry;
        private @Nullable FleetStore store;
        private List<String> serverCredentials = List.of();
        private List<String> operatorCredentials = List.of();
        private PlayerAdmission admission = PlayerAdmission.EVERYBODY;
        private AuditLog audit = AuditLog.toLogger();
        private int lifetimeSeconds = TokenRequest.LIFETIME_SECONDS_DEFAULT;
        private int timeoutSeconds = TokenRequest.TIMEOUT_SECONDS_DEFAULT;
        private int serversPerToken = 4;
        private int perAddress = REQUESTS_PER_ADDRESS_DEFAULT;
        private int perAccount = REQUESTS_PER_ACCOUNT_DEFAULT;
        private List<String> proxies = List.of();
        private CrossOrigin crossOrigin = new CrossOrigin(Set.of());
        private int connectionsMax = 10_000;
        private int connectionsPerAddress = CONNECTIONS_PER_ADDRESS_DEFAULT;
        private int requestsMax = 1_000;
        private Duration requestTimeout = Duration.ofSeconds(20);

        private WallClock wallClock = SystemClock.WALL_CLOCK;
        private LongSupplier monotonicClock = System::nanoTime;
        private RandomBytes random = new SecureRandom()::nextBytes;
        private Logger logger = System.getLogger("dev.hawser.backend");

        private record CertificatePaths(Path chain, Path key, SecretReaders keyReaders) {
            CertificateFiles open() throws IOException {
                return CertificateFiles.open(chain, key, keyReaders);
            }
        }

        private Builder() {}

        /// Sets where to listen, by default 127.0.0.1:8443. Port 0: the system chooses, and
        /// [TokenService#uri()] tells.
        public Builder bind(NetAddress address) {
            bind = Objects.requireNonNull(address, "bind");
            return this;
        }

        /// Sets the certificate by two PEM files, which are read now and then again: a renewed
        /// certificate is served from then on, one that cannot be used is logged and left alone.
        ///
        /// @param chain the server's certificate first, then those up to, and without, the root
        /// @param key its private key, not encrypted; refused when others than its owner can use
        ///   the file
        public Builder certificate(Path chain, Path key) {
            return certificate(chain, key, SecretReaders.OWNER);
        }

        /// Sets the certificate by two PEM files, as the other method does.
        ///
        /// @param keyReaders who may be able to read the key's file
        public Builder certificate(Path chain, Path key, SecretReaders keyReaders) {
            certificatePaths =
                    new CertificatePaths(
                            Objects.requireNonNull(chain, "chain"),
                            Objects.requireNonNull(key, "key"),
                            Objects.requireNonNull(keyReaders, "keyReaders"));
            certificates = null;
            isPlain = false;
            return this;
        }

        /// Sets where the certificate comes from, for each new connection. One that has signed
        /// itself clients must pin.
        public Builder certificate(CertificateSource source) {
            certificates = Objects.requireNonNull(source, "certificate");
            certificatePaths = null;
            isPlain = false;
            return this;
        }

        /// Lets it speak plain HTTP, on a loopback address: behind a proxy on the same machine, or
        /// for development.
        public Builder plainHttp() {
            isPlain = true;
            certificates = null;
            certificatePaths = null;
            return this;
        }

        /// Sets what finds out who a player is.
        public Builder authenticator(PlayerAuthenticator authenticator) {
            this.authenticator = Objects.requireNonNull(authenticator, "authenticator");
            return this;
        }

        /// Sets the secret from which client ids are made. It must stay the same as long as ids are
        /// to mean the same player, also when private keys are rotated. May be left out with an
        /// authenticator for development.
        ///
        /// @param secret at least 32 random bytes; copied
        public Builder clientIdSecret(byte[] secret) {
            clientIdSecret = secret.clone();
            return this;
        }

        /// Sets the keys, of which the newest one that all chosen servers have seals a token.
        ///
        /// @param keys kept, not copied: erase them after the service was closed
        public Builder keyRing(KeyRing keys) {
            keyRing = Objects.requireNonNull(keys, "keyRing");
            return this;
        }

        /// Sets which games, and which of their versions, tokens are for.
        ///
        /// @throws IllegalArgumentException when there is none
        public Builder protocolIds(long... ids) {
            if (ids.length == 0) {
                throw new IllegalArgumentException("no protocol ids: name at least one");
            }
            protocolIds.clear();
            for (long id : ids) {
                protocolIds.add(id);
            }
            return this;
        }

        /// Sets what knows the game servers, of a service that is alone: all else that services
        /// share is in its memory.
        public Builder registry(ServerRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
            store = null;
            return this;
        }

        /// Sets what it shares with the other services of its fleet: which servers there are, who
        /// is where, who is banned. Closed by whoever made it, after the services.
        public Builder store(FleetStore store) {
            this.store = Objects.requireNonNull(store, "store");
            registry = null;
            return this;
        }

        private FleetStore fleetStore() {
            return store != null
                    ? store
                    : InMemoryFleetStore.builder()
                            .registry(set("registry", registry))
                            .monotonicClock(monotonicClock)
                            .wallClock(wallClock)
                            .build();
        }

        /// Sets what game servers show when they announce themselves, any of these: two while one
        /// is being changed. None by default, and then nobody can.
        ///
        /// @param credentials each 32 to 8192 printable ASCII characters without spaces
        /// @throws IllegalArgumentException when one is shorter, longer or of other characters
        public Builder serverCredentials(String... credentials) {
            serverCredentials = checked("a server credential", credentials);
            return this;
        }

        /// Sets what operators show, any of these, to look at the fleet, to drain servers, to kick
        /// and to ban players: two while one is being changed. None by default, and then nothing of
        /// that is there.
        ///
        /// @param credentials each 32 to 8192 printable ASCII characters without spaces, and none
        ///   of them a server's
        /// @throws IllegalArgumentException when one is shorter, longer or of other characters
        public Builder operatorCredentials(String... credentials) {
            operatorCredentials = checked("an operator's credential", credentials);
            return this;
        }

        private static List<String> checked(String what, String... credentials) {
            for (String credential : credentials) {
                if (!credential.matches("[\\x21-\\x7e]{32,8192}")) {
                    throw new IllegalArgumentException(
                            what
                                    + " has "
                                    + credential.length()
                                    + " characters, but must have 32 to 8192, printable and"
                                    + " without spaces: 'hawser keys secret FILE' makes good ones");
                }
            }
            return List.of(credentials);
        }

        /// Sets the application's word on who may play and what servers are told of a player. By
        /// default everybody may, and servers are told the name.
        public Builder admission(PlayerAdmission admission) {
            this.admission = Objects.requireNonNull(admission, "admission");
            return this;
        }

        /// Sets who keeps what was minted and refused, by default a logger.
        public Builder audit(AuditLog audit) {
            this.audit = Objects.requireNonNull(audit, "audit");
            return this;
        }

        /// Sets how long a token can be used to connect, 1 second to 1 day, 30 seconds by default.
        /// Servers must accept it: their `maxConnectTokenLifetime` may not be shorter.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder connectTokenLifetime(Duration lifetime) {
            lifetimeSeconds = seconds("connectTokenLifetime", lifetime, Duration.ofDays(1));
            return this;
        }

        /// Sets after how long in silence client and server give a connection up, 1 second to 1
        /// hour, 5 seconds by default.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder timeout(Duration timeout) {
            timeoutSeconds = seconds("timeout", timeout, Duration.ofHours(1));
            return this;
        }

        private static int seconds(String what, Duration value, Duration most) {
            if (value.toSeconds() < 1 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        what
                                + " is "
                                + value.toMillis()
                                + " ms, but must be from 1 s to "
                                + most.toSeconds()
                                + " s");
            }
            return (int) value.toSeconds();
        }

        /// Sets how many servers a token names, 1 to 32, 4 by default: the first has a slot
        /// reserved, the others are tried after it.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder serversPerToken(int servers) {
            serversPerToken = Ranges.check("serversPerToken", servers, 1, TokenRequest.SERVERS_MAX);
            return this;
        }

        /// Sets how many tokens may be asked for in a minute: from one address, of which many
        /// players share one (300 by default), and for one account (30).
        ///
        /// @throws IllegalArgumentException when one is less than 1
        public Builder requestsPerMinute(int perAddress, int perAccount) {
            this.perAddress = Ranges.check("perAddress", perAddress, 1, Integer.MAX_VALUE);
            this.perAccount = Ranges.check("perAccount", perAccount, 1, Integer.MAX_VALUE);
            return this;
        }

        /// Sets whose word counts about who calls (`X-Forwarded-For`): the proxies between players
        /// and the service. None by default.
        ///
        /// @param proxies addresses, or networks as `10.0.0.0/8`
        public Builder proxies(String... proxies) {
            this.proxies = List.of(proxies);
            return this;
        }

        /// Sets which web pages may ask for tokens, besides those that come from the service's own
        /// address: their origins, as browsers write them (`https://game.example.org`, without a
        /// path, without the port where it is the usual one), or `*` for all. None by default.
        ///
        /// A page of another origin still needs the player's credential: nothing goes along with a
        /// request by itself, no cookie and no client certificate.
        ///
        /// @param origins at most 64, compared letter by letter
        /// @throws IllegalArgumentException when one can be no page's, or there are too many
        public Builder allowedOrigins(String... origins) {
            crossOrigin = new CrossOrigin(new LinkedHashSet<>(List.of(origins)));
            return this;
        }

        /// Sets how many connections there may be (10,000 by default), and how many requests for
        /// tokens are answered at a time (1,000; more are told to come back). Announcements of game
        /// servers and questions about its health are not among these requests.
        ///
        /// Of the files that the process may open, three quarters are for connections: where these
        /// are fewer, so are the connections, and the log says so.
        ///
        /// Where all connections are taken, a newcomer gets the place of the one that has kept the
        /// service waiting for longest. A game server that has shown its credential keeps its own.
        ///
        /// @throws IllegalArgumentException when one is less than 1
        public Builder concurrency(int connections, int requests) {
            connectionsMax = Ranges.check("connections", connections, 1, Integer.MAX_VALUE);
            requestsMax = Ranges.check("requests", requests, 1, Integer.MAX_VALUE);
            return this;
        }

        /// Sets how many connections one address may have, and how many of its requests for tokens
        /// are answered at a time, 128 by default. An address is an IPv4 address or the 64-bit
        /// network of an IPv6 one; a 48-bit network has four times as many.
        ///
        /// Players behind a proxy share its address: one that [#proxies] names has as many
        /// connections as there are, and this limit is for the requests of each address that it
        /// forwards.
        ///
        /// @throws IllegalArgumentException when it is less than 1
        public Builder connectionsPerAddress(int connections) {
            connectionsPerAddress =
                    Ranges.check("connectionsPerAddress", connections, 1, Integer.MAX_VALUE);
            return this;
        }

        /// Sets how long one request may take with its answer, how long a new connection may take
        /// to its first one, and how long a connection may be idle: 1 second to 5 minutes, 20
        /// seconds by default.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder requestTimeout(Duration timeout) {
            seconds("requestTimeout", timeout, Duration.ofMinutes(5));
            requestTimeout = timeout;
            return this;
        }

        Builder wallClock(WallClock clock) {
            wallClock = clock;
            return this;
        }

        Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = nanos;
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        private ClientIds clientIds() {
            byte[] secret = clientIdSecret;
            if (secret == null && isForDevelopment()) {
                secret = new byte[ClientIds.SECRET_BYTES_MIN];
                random.nextBytes(secret);
            }
            return new ClientIds(set("clientIdSecret", secret));
        }

        private boolean isForDevelopment() {
            return authenticator != null && authenticator.isForDevelopment();
        }

        /// {@return the service, not yet started}
        ///
        /// @throws IOException when the certificate cannot be used; the message says why
        /// @throws IllegalStateException when something needed was not set, or when what was set
        ///   would not be safe at this address
        public TokenService build() throws IOException {
            boolean isLoopback = addressOf(bind).isLoopbackAddress();
            if (isPlain && !isLoopback) {
                throw new IllegalStateException(
                        "plain HTTP at "
                                + bind
                                + " would show credentials and tokens to everybody on the way: set"
                                + " certificate(…), or bind to 127.0.0.1");
            }
            if (!isPlain && certificatePaths == null && certificates == null) {
                throw new IllegalStateException(
                        "a token service without certificate: set certificate(…), or plainHttp()"
                                + " on a loopback address");
            }
            if (isForDevelopment() && !isLoopback) {
                throw new IllegalStateException(
                        "an authenticator for development at "
                                + bind
                                + " would let anybody be anybody: bind to 127.0.0.1, or set"
                                + " another authenticator(…)");
            }
            if (!Collections.disjoint(serverCredentials, operatorCredentials)) {
                throw new IllegalStateException(
                        "a credential of operators that is one of game servers too would let every"
                                + " server ban players: make another one for"
                                + " operatorCredentials(…)");
            }
            if (protocolIds.isEmpty()) {
                throw new IllegalStateException(
                        "a token service without protocol ids: set protocolIds(…)");
            }
            set("keyRing", keyRing).keys().forEach(PrivateKey::checkNotErased);
            return new TokenService(this);
        }
    }
}
