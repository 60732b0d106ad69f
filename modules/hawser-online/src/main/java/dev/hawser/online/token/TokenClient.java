package dev.hawser.online.token;

import dev.hawser.online.http.Https;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
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
///
/// **Security.** The credential goes to the endpoint and nowhere else: redirects are refused, plain
/// HTTP is for loopback, and the server's certificate and host name are checked before anything is
/// sent. There is no way to switch these checks off, but to pin a certificate instead. Neither
/// credentials nor tokens are written to logs, messages or exceptions.
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
    private final Set<TokenFetch> fetches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isSkewSaid = new AtomicBoolean();
    private volatile boolean isClosed;

    /// @param ownExecutor to be shut down with this client, or null
    TokenClient(TokenClientSettings settings, @Nullable ExecutorService ownExecutor) {
        this.settings = settings;
        this.ownExecutor = ownExecutor;
        http = Https.client(settings.sslContext(), settings.connectTimeout(), settings.executor());
    }

    /// {@return a builder, which needs [TokenClientBuilder#endpoint] and
    /// [TokenClientBuilder#credentials]}
    public static TokenClientBuilder builder() {
        return new TokenClientBuilder();
    }

    /// Starts fetching a connect token, and returns at once.
    ///
    /// The future fails with a [TokenFetchException], and with nothing else. Cancelling it, itself
    /// and not one derived from it, ends the fetch; a token that comes nevertheless is erased.
    ///
    /// @return done when the token is there, on some thread of this client's
    /// @throws IllegalStateException when this client is closed
    @Override
    public CompletableFuture<FetchedToken> fetch() {
        TokenFetch fetch = new TokenFetch(settings, http, this::noticeSkew);
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

    /// Ends the fetches that are under way, which fail with [TokenFetchFailure.Closed], and gives
    /// threads and connections back. Returns at once; does nothing the second time.
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
        return "TokenClient[" + settings.endpoint() + "]";
    }
}
