package dev.hawser.online.token;

import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Failover;
import dev.hawser.online.http.Https;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fetches connect tokens from the game's token service, over HTTPS.
///
/// ```java
/// try (var tokens =
///         TokenClient.builder()
///                 .endpoint(URI.create("https://play.example.org"))
///                 .credentials(login::accessToken)
///                 .build()) {
///     var client =
///             NetcodeClient.builder().authentication(new Authentication.Backend(tokens)).build();
///     …
/// }
/// ```
///
/// It is patient within bounds: what may pass (no connection, 429, 502, 503, 504) is tried again
/// after a random wait that grows, no sooner than the service asks for; what will not pass is not.
/// Where the service has several endpoints (`endpoints(…)`), what goes wrong at one is tried at the
/// next at once. One is asked at a time, never two: each answer reserves a slot.
///
/// **Proxies.** It asks through the proxy that `java.net.ProxySelector.getDefault()` names when it
/// is built, which the system properties `https.proxyHost` and `https.proxyPort` set.
///
/// **Security.** The credential goes to the endpoints and nowhere else: redirects are refused,
/// plain HTTP is for loopback, and the server's certificate and host name are checked before
/// anything is sent. There is no way to switch these checks off, but to pin a certificate instead.
/// Neither credentials nor tokens are written to logs, messages or exceptions.
///
/// **Threads.** Any thread may call it, and nothing here blocks. The work is done on virtual
/// threads and a daemon thread of the JDK's HTTP client, which end with [#close()]; what an
/// application adds to a future runs there too, and hands over to the game's thread what belongs
/// there. One client serves a whole process.
public final class TokenClient implements TokenSource, AutoCloseable {
    /// From here on the difference of the clocks is worth a line in the log: certificates, logins
    /// and the log itself suffer from it.
    private static final long SKEW_SECONDS_LARGE = 30;

    private final TokenClientSettings settings;
    private final @Nullable ExecutorService ownExecutor;
    private final HttpClient http;
    private final Failover failover;
    private final Set<TokenFetch> fetches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isSkewSaid = new AtomicBoolean();
    private volatile boolean isClosed;

    /// @param ownExecutor to be shut down with this client, or null
    TokenClient(TokenClientSettings settings, @Nullable ExecutorService ownExecutor) {
        this.settings = settings;
        this.ownExecutor = ownExecutor;
        http = Https.client(settings.sslContext(), settings.connectTimeout(), settings.executor());
        failover =
                new Failover(settings.endpoints(), settings.backoff().random(), settings.logger());
    }

    /// {@return a builder, which needs [Builder#endpoint] and [Builder#credentials]}
    public static Builder builder() {
        return new Builder();
    }

    /// Starts fetching a connect token, and returns at once.
    ///
    /// The future fails with a [dev.hawser.token.TokenFetchException], and with nothing else.
    /// Cancelling it, itself and not one derived from it, ends the fetch; a token that comes
    /// nevertheless is erased.
    ///
    /// @return done when the token is there, on some thread of this client's
    /// @throws IllegalStateException when this client is closed
    @Override
    public CompletableFuture<FetchedToken> fetch() {
        return begin(null);
    }

    /// Starts fetching a connect token with which a client goes on with a connection that it has
    /// lost, and returns at once: as [#fetch()], but that the service is told of the former token,
    /// in `resumes`. It prefers the server that has the connection, and needs no free slot there.
    ///
    /// @param former the tag of the token that the client was connected with
    /// @return done when the token is there, on some thread of this client's
    /// @throws IllegalStateException when this client is closed
    @Override
    public CompletableFuture<FetchedToken> fetch(TokenTag former) {
        return begin(Objects.requireNonNull(former, "former"));
    }

    private CompletableFuture<FetchedToken> begin(@Nullable TokenTag former) {
        TokenFetch fetch = new TokenFetch(settings, http, failover, this::noticeSkew, former);
        fetches.add(fetch);
        if (isClosed) {
            fetches.remove(fetch);
            throw new IllegalStateException(
                    "this token client is closed: make another one, and close it after the last"
                            + " client that uses it");
        }
        var _ = fetch.result().whenComplete((_, _) -> fetches.remove(fetch));
        fetch.start();
        return fetch.result();
    }

    private void noticeSkew(long skewSeconds) {
        if (Math.abs(skewSeconds) >= SKEW_SECONDS_LARGE && isSkewSaid.compareAndSet(false, true)) {
            settings.logger()
                    .log(
                            Level.WARNING,
                            "The clock of this machine is "
                                    + Math.abs(skewSeconds)
                                    + " s "
                                    + (skewSeconds > 0 ? "ahead of" : "behind")
                                    + " the token service's. Connecting does not depend on it, but"
                                    + " certificates and logins do: set the clock.");
        }
    }

    /// Ends the fetches that are under way, which fail with
    /// [dev.hawser.token.TokenFetchFailure.Closed], and gives threads and connections back. Returns
    /// at once; does nothing the second time.
    @Override
    public void close() {
        isClosed = true;
        fetches.forEach(TokenFetch::close);
        http.shutdownNow();
        if (ownExecutor != null) {
            ownExecutor.shutdownNow();
        }
    }

    @Override
    public String toString() {
        return "TokenClient[" + Endpoints.names(settings.endpoints()) + "]";
    }

    /// How a [TokenClient] is set up. Each method replaces what was set before and returns the
    /// builder. For one thread.
    public static final class Builder extends HttpsOptions<Builder> {
        private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
        private static final int ATTEMPTS_MAX_MAX = 100;

        private String region = "";
        private OptionalLong protocolId = OptionalLong.empty();
        private Duration overallTimeout = Duration.ofSeconds(30);
        private int attemptsMax = 4;
        private Duration retryDelay = Duration.ofMillis(250);
        private Duration retryDelayMax = Duration.ofSeconds(5);
        private Duration retryAfterMax = Duration.ofSeconds(10);
        private @Nullable Executor executor;
        private @Nullable FetchTimer timer;
        private WallClock wallClock = SystemClock.WALL_CLOCK;
        private Logger logger = System.getLogger("dev.hawser");

        Builder() {
            super(
                    "the token client",
                    Duration.ofHours(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /// Sets where the player wants to play; unset, the service chooses.
        ///
        /// @param region 1 to 64 ASCII letters, digits and `-`, `_`, `.`
        /// @throws IllegalArgumentException when it is something else
        public Builder region(String region) {
            if (!REGION.matcher(region).matches()) {
                throw new IllegalArgumentException(
                        "region '"
                                + region
                                + "' is not 1 to 64 letters, digits, '-', '_' and '.': name it as the"
                                + " servers do");
            }
            this.region = region;
            return this;
        }

        /// Sets the protocol id of this game. The service is asked for servers of it, and a token
        /// for another one is refused here, rather than silently by a game server; unset, any will
        /// do.
        ///
        /// @param protocolId unsigned
        public Builder protocolId(long protocolId) {
            this.protocolId = OptionalLong.of(protocolId);
            return this;
        }

        // ---- How long, how often

        /// Sets how long a fetch may take, credential, attempts and waits together, 30 s by
        /// default.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most an hour
        public Builder overallTimeout(Duration timeout) {
            overallTimeout = checked("overallTimeout", timeout);
            return this;
        }

        /// Sets how often a fetch asks an endpoint at most, 4 times by default; 1 is without
        /// retries.
        ///
        /// @throws IllegalArgumentException unless it is 1 to 100
        public Builder attemptsMax(int attempts) {
            if (attempts < 1 || attempts > ATTEMPTS_MAX_MAX) {
                throw new IllegalArgumentException(
                        "attemptsMax is "
                                + attempts
                                + ", but must be from 1 to "
                                + ATTEMPTS_MAX_MAX
                                + ": 1 is without retries, the default is 4");
            }
            attemptsMax = attempts;
            return this;
        }

        /// Sets the waits between attempts. Each is random: from zero to a bound, which begins at
        /// `first` (250 ms by default) and doubles with each attempt up to `max` (5 s by default).
        ///
        /// @throws IllegalArgumentException unless both are above zero and at most an hour, and the
        ///   first is no longer than the largest
        public Builder retryDelay(Duration first, Duration max) {
            checked("the first retryDelay", first);
            checked("the largest retryDelay", max);
            if (first.compareTo(max) > 0) {
                throw new IllegalArgumentException(
                        "the first retryDelay "
                                + first
                                + " is longer than the largest, "
                                + max
                                + ": name the shorter one first");
            }
            retryDelay = first;
            retryDelayMax = max;
            return this;
        }

        /// Sets how long the service may ask a fetch to wait (`Retry-After`), 10 s by default.
        /// Asked to wait longer, the fetch fails and says for how long.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most an hour
        public Builder retryAfterMax(Duration max) {
            retryAfterMax = checked("retryAfterMax", max);
            return this;
        }

        // ---- What it runs on

        /// Sets the threads that everything runs on, credentials included: several, since a task
        /// may block. By default each task has a virtual thread of its own, and
        /// [TokenClient#close()] ends them; an executor that was set is the application's to shut
        /// down.
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /// Sets the time of timeouts and waits, the machine's by default.
        public Builder timer(FetchTimer timer) {
            this.timer = Objects.requireNonNull(timer, "timer");
            return this;
        }

        /// Sets the Unix time that the service's is compared with, by default
        /// [SystemClock#WALL_CLOCK].
        public Builder wallClock(WallClock wallClock) {
            this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        /// {@return the client, which has asked nobody yet}
        ///
        /// @throws IllegalStateException when endpoint or credentials are not set
        public TokenClient build() {
            List<URI> endpoints = endpoints();
            ExecutorService own = executor == null ? virtualThreads() : null;
            Executor executor = own == null ? set("executor", this.executor) : own;
            return new TokenClient(
                    new TokenClientSettings(
                            endpoints,
                            credentials(),
                            region,
                            protocolId,
                            sslContext(),
                            connectTimeout(),
                            requestTimeout(),
                            overallTimeout,
                            attemptsMax,
                            new Backoff(retryDelay.toNanos(), retryDelayMax.toNanos(), random()),
                            retryAfterMax,
                            executor,
                            timer == null ? new SystemTimer(executor) : timer,
                            wallClock,
                            logger),
                    own);
        }

        private static ExecutorService virtualThreads() {
            return Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("hawser-token-", 0).factory());
        }
    }
}
