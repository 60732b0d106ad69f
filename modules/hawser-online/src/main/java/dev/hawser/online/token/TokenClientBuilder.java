package dev.hawser.online.token;

import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Trust;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.lang.System.Logger;
import java.net.URI;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How a [TokenClient] is set up. Each method replaces what was set before and returns the builder;
/// `trustStore`, `pinnedCertificates` and `sslContext` replace each other. For one thread.
public final class TokenClientBuilder {
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int ATTEMPTS_MAX_MAX = 100;
    private static final Duration DURATION_MAX = Duration.ofHours(1);

    private @Nullable URI endpoint;
    private @Nullable CredentialSupplier credentials;
    private String region = "";
    private OptionalLong protocolId = OptionalLong.empty();
    private @Nullable SSLContext sslContext;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration overallTimeout = Duration.ofSeconds(30);
    private int attemptsMax = 4;
    private Duration retryDelay = Duration.ofMillis(250);
    private Duration retryDelayMax = Duration.ofSeconds(5);
    private Duration retryAfterMax = Duration.ofSeconds(10);
    private @Nullable Executor executor;
    private @Nullable FetchTimer timer;
    private RandomGenerator random = new SecureRandom();
    private WallClock wallClock = SystemClock.WALL_CLOCK;
    private Logger logger = System.getLogger("dev.hawser");

    TokenClientBuilder() {}

    /// Sets where the service is, for example `https://play.example.org:8443`; the path of the
    /// resource is added to it.
    ///
    /// @throws IllegalArgumentException when it is not `https`, or `http` to this machine, or holds
    ///   more than host, port and path
    public TokenClientBuilder endpoint(URI endpoint) {
        Endpoints.check(endpoint);
        this.endpoint = endpoint;
        return this;
    }

    /// Sets who knows the player's credential. It is asked for each fetch, off the game's thread.
    public TokenClientBuilder credentials(CredentialSupplier credentials) {
        this.credentials = credentials;
        return this;
    }

    /// Sets where the player wants to play; unset, the service chooses.
    ///
    /// @param region 1 to 64 ASCII letters, digits and `-`, `_`, `.`
    /// @throws IllegalArgumentException when it is something else
    public TokenClientBuilder region(String region) {
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

    /// Sets the protocol id of this game. The service is asked for servers of it, and a token for
    /// another one is refused here, rather than silently by a game server; unset, any will do.
    ///
    /// @param protocolId unsigned
    public TokenClientBuilder protocolId(long protocolId) {
        this.protocolId = OptionalLong.of(protocolId);
        return this;
    }

    // ---- Whom to trust

    /// Sets the authorities that may vouch for the service, in place of those of the JDK.
    ///
    /// @throws IllegalArgumentException when there is none in it
    public TokenClientBuilder trustStore(KeyStore trusted) {
        sslContext = Trust.of(trusted);
        return this;
    }

    /// Sets the very certificates that the service may show, in place of authorities and host name:
    /// for one that it has signed itself. While it changes to another one, pin both.
    ///
    /// @param sha256Hex of each certificate, 64 hexadecimal digits, with or without colons
    /// @throws IllegalArgumentException when there is none, or one is something else
    public TokenClientBuilder pinnedCertificates(String... sha256Hex) {
        sslContext = Trust.ofPinned(List.of(sha256Hex));
        return this;
    }

    /// Sets the TLS of the application's own: its authorities, its client certificate. Host names
    /// are checked all the same, unless its trust manager does its own checks and leaves that out.
    public TokenClientBuilder sslContext(SSLContext sslContext) {
        this.sslContext = sslContext;
        return this;
    }

    // ---- How long, how often

    /// Sets how long an attempt waits for the connection, 5 s by default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most an hour
    public TokenClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = checked("connectTimeout", timeout);
        return this;
    }

    /// Sets how long one attempt may take as a whole, up to the last byte of the answer, 10 s by
    /// default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most an hour
    public TokenClientBuilder requestTimeout(Duration timeout) {
        requestTimeout = checked("requestTimeout", timeout);
        return this;
    }

    /// Sets how long a fetch may take, credential, attempts and waits together, 30 s by default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most an hour
    public TokenClientBuilder overallTimeout(Duration timeout) {
        overallTimeout = checked("overallTimeout", timeout);
        return this;
    }

    /// Sets how often a fetch asks at most, 4 times by default; 1 is without retries.
    ///
    /// @throws IllegalArgumentException unless it is 1 to 100
    public TokenClientBuilder attemptsMax(int attempts) {
        if (attempts < 1 || attempts > ATTEMPTS_MAX_MAX) {
            throw new IllegalArgumentException(
                    "attemptsMax " + attempts + " is outside 1.." + ATTEMPTS_MAX_MAX);
        }
        attemptsMax = attempts;
        return this;
    }

    /// Sets the waits between attempts. Each is random: from zero to a bound, which begins at
    /// `first` (250 ms by default) and doubles with each attempt up to `max` (5 s by default).
    ///
    /// @throws IllegalArgumentException unless both are above zero and at most an hour
    public TokenClientBuilder retryDelay(Duration first, Duration max) {
        retryDelay = checked("the first retryDelay", first);
        retryDelayMax = checked("the largest retryDelay", max);
        return this;
    }

    /// Sets how long the service may ask a fetch to wait (`Retry-After`), 10 s by default. Asked to
    /// wait longer, the fetch fails and says for how long.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most an hour
    public TokenClientBuilder retryAfterMax(Duration max) {
        retryAfterMax = checked("retryAfterMax", max);
        return this;
    }

    private static Duration checked(String name, Duration duration) {
        if (!duration.isPositive() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " "
                            + duration
                            + " is not above zero and at most "
                            + DURATION_MAX
                            + ": a player waits for it");
        }
        return duration;
    }

    // ---- What it runs on

    /// Sets the threads that everything runs on, credentials included: several, since a task may
    /// block. By default each task has a virtual thread of its own, and [TokenClient#close()] ends
    /// them; an executor that was set is the application's to shut down.
    public TokenClientBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /// Sets the time of timeouts and waits, the machine's by default.
    public TokenClientBuilder timer(FetchTimer timer) {
        this.timer = timer;
        return this;
    }

    /// Sets the randomness of the waits, a `SecureRandom` by default. It must bear several threads.
    public TokenClientBuilder random(RandomGenerator random) {
        this.random = random;
        return this;
    }

    /// Sets the Unix time that the service's is compared with, by default [SystemClock#WALL_CLOCK].
    public TokenClientBuilder wallClock(WallClock wallClock) {
        this.wallClock = wallClock;
        return this;
    }

    TokenClientBuilder logger(Logger logger) {
        this.logger = logger;
        return this;
    }

    /// {@return the client, which has asked nobody yet}
    ///
    /// @throws IllegalStateException when endpoint or credentials are not set
    public TokenClient build() {
        URI endpoint = set("endpoint", this.endpoint);
        CredentialSupplier credentials = set("credentials", this.credentials);
        ExecutorService own = executor == null ? virtualThreads() : null;
        Executor executor = own == null ? set("executor", this.executor) : own;
        return new TokenClient(
                new TokenClientSettings(
                        endpoint,
                        Endpoints.resource(endpoint, "connect-token"),
                        credentials,
                        region,
                        protocolId,
                        sslContext == null ? Trust.ofJdk() : sslContext,
                        connectTimeout,
                        requestTimeout,
                        overallTimeout,
                        attemptsMax,
                        new Backoff(retryDelay.toNanos(), retryDelayMax.toNanos(), random),
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

    private static <T> T set(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "the token client has no " + name + ": set it with " + name + "(…)");
        }
        return value;
    }
}
