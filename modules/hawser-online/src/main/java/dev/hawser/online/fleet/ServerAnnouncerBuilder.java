package dev.hawser.online.fleet;

import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Trust;
import dev.hawser.online.token.CredentialSupplier;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.lang.System.Logger;
import java.net.URI;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How a [ServerAnnouncer] is set up. Each method replaces what was set before and returns the
/// builder; `trustStore`, `pinnedCertificates` and `sslContext` replace each other. For one thread.
public final class ServerAnnouncerBuilder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern DOTS = Pattern.compile("\\.+");
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(1);

    private @Nullable URI endpoint;
    private @Nullable CredentialSupplier credentials;
    private @Nullable String serverId;
    private @Nullable NetAddress publicAddress;
    private @Nullable NetAddress internalAddress;
    private String region = "";
    private Supplier<List<String>> webTransportCertificateHashes = List::of;
    private WebUrls web = WebUrls.NONE;
    private @Nullable SSLContext sslContext;
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration requestTimeout = Duration.ofSeconds(5);
    private Duration closeTimeout = Duration.ofSeconds(2);
    private LongSupplier monotonicClock = System::nanoTime;
    private RandomGenerator random = new SecureRandom();
    private Logger logger = System.getLogger("dev.hawser");

    ServerAnnouncerBuilder() {}

    /// Sets where the service is, for example `https://play.example.org:8443`; the path of the
    /// resource is added to it.
    ///
    /// @throws IllegalArgumentException when it is not `https`, or `http` to this machine, or holds
    ///   more than host, port and path
    public ServerAnnouncerBuilder endpoint(URI endpoint) {
        Endpoints.check(endpoint);
        this.endpoint = endpoint;
        return this;
    }

    /// Sets who knows the credential of the game servers, which is never a player's. It is asked
    /// for each announcement, off the server's thread.
    public ServerAnnouncerBuilder credentials(CredentialSupplier credentials) {
        this.credentials = credentials;
        return this;
    }

    /// Sets the name of the server, which no other server of the fleet has, and which it keeps when
    /// it starts again.
    ///
    /// @param name 1 to 64 ASCII letters, digits and `-`, `_`, `.`, and not dots only
    /// @throws IllegalArgumentException when it is something else
    public ServerAnnouncerBuilder serverId(String name) {
        serverId = checked("serverId", name);
        if (DOTS.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "serverId '" + name + "' is made of dots, which mean folders: add a letter");
        }
        return this;
    }

    /// Sets the address that clients dial.
    ///
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
    public ServerAnnouncerBuilder publicAddress(NetAddress address) {
        ServerAnnouncement.checkAddress("publicAddress", address);
        publicAddress = address;
        return this;
    }

    /// Sets the address by which the server knows itself, one of its identity; by default the
    /// public one.
    ///
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`, or has the port 0
    public ServerAnnouncerBuilder internalAddress(NetAddress address) {
        ServerAnnouncement.checkAddress("internalAddress", address);
        internalAddress = address;
        return this;
    }

    /// Sets where the server is, in the operator's words; unset, anywhere.
    ///
    /// @param region 1 to 64 ASCII letters, digits and `-`, `_`, `.`
    /// @throws IllegalArgumentException when it is something else
    public ServerAnnouncerBuilder region(String region) {
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
    public ServerAnnouncerBuilder webTransport(URI url) {
        web = new WebUrls(url, web.webSocket());
        return this;
    }

    /// Sets where browsers reach the server over WebSocket, as
    /// `wss://play.example.org:7778/hawser`; by default nowhere.
    ///
    /// @throws IllegalArgumentException when it is no `wss` or `ws` URL as [WebUrls] describes them
    public ServerAnnouncerBuilder webSocket(URI url) {
        web = new WebUrls(web.webTransport(), url);
        return this;
    }

    /// Sets who knows the SHA-256 hashes of the certificates that browsers are to accept, as 64
    /// hexadecimal digits each; none by default. Asked on the server's thread for each
    /// announcement, so it answers at once.
    public ServerAnnouncerBuilder webTransportCertificateHashes(Supplier<List<String>> hashes) {
        webTransportCertificateHashes = hashes;
        return this;
    }

    // ---- Whom to trust

    /// Sets the authorities that may vouch for the service, in place of those of the JDK.
    ///
    /// @throws IllegalArgumentException when there is none in it
    public ServerAnnouncerBuilder trustStore(KeyStore trusted) {
        sslContext = Trust.of(trusted);
        return this;
    }

    /// Sets the very certificates that the service may show, in place of authorities and host name:
    /// for one that it has signed itself. While it changes to another one, pin both.
    ///
    /// @param sha256Hex of each certificate, 64 hexadecimal digits, with or without colons
    /// @throws IllegalArgumentException when there is none, or one is something else
    public ServerAnnouncerBuilder pinnedCertificates(String... sha256Hex) {
        sslContext = Trust.ofPinned(List.of(sha256Hex));
        return this;
    }

    /// Sets the TLS of the application's own: its authorities, its client certificate. Host names
    /// are checked all the same, unless its trust manager does its own checks and leaves that out.
    public ServerAnnouncerBuilder sslContext(SSLContext sslContext) {
        this.sslContext = sslContext;
        return this;
    }

    // ---- How long

    /// Sets how long an announcement waits for the connection, 3 s by default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most a minute
    public ServerAnnouncerBuilder connectTimeout(Duration timeout) {
        connectTimeout = checked("connectTimeout", timeout);
        return this;
    }

    /// Sets how long an announcement may take as a whole, credential included, 5 s by default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most a minute
    public ServerAnnouncerBuilder requestTimeout(Duration timeout) {
        requestTimeout = checked("requestTimeout", timeout);
        return this;
    }

    /// Sets how long [ServerAnnouncer#close()] may wait, 2 s by default.
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most a minute
    public ServerAnnouncerBuilder closeTimeout(Duration timeout) {
        closeTimeout = checked("closeTimeout", timeout);
        return this;
    }

    private static Duration checked(String what, Duration timeout) {
        if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException(
                    what + " " + timeout + " is not above zero and at most " + TIMEOUT_MAX);
        }
        return timeout;
    }

    // ---- What it runs on

    /// Sets the clock of heartbeats and limits: nanoseconds that never decrease, those of the
    /// server, `System.nanoTime()` by default.
    public ServerAnnouncerBuilder monotonicClock(LongSupplier nanos) {
        monotonicClock = nanos;
        return this;
    }

    /// Sets the randomness of the waits, a `SecureRandom` by default.
    public ServerAnnouncerBuilder random(RandomGenerator random) {
        this.random = random;
        return this;
    }

    ServerAnnouncerBuilder logger(Logger logger) {
        this.logger = logger;
        return this;
    }

    /// {@return the announcer, which has told nobody yet}
    ///
    /// @throws IllegalStateException when endpoint, credentials, server id or public address are
    ///   not set
    public ServerAnnouncer build() {
        URI endpoint = set("endpoint", this.endpoint);
        String serverId = set("serverId", this.serverId);
        NetAddress publicAddress = set("publicAddress", this.publicAddress);
        return new ServerAnnouncer(
                new AnnouncerSettings(
                        endpoint,
                        Endpoints.resource(endpoint, "servers/" + serverId),
                        set("credentials", credentials),
                        serverId,
                        publicAddress,
                        internalAddress == null ? publicAddress : internalAddress,
                        region,
                        webTransportCertificateHashes,
                        web,
                        sslContext == null ? Trust.ofJdk() : sslContext,
                        connectTimeout,
                        requestTimeout,
                        closeTimeout,
                        monotonicClock,
                        random,
                        logger));
    }

    private static <T> T set(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "the announcer has no " + name + ": set it with " + name + "(…)");
        }
        return value;
    }
}
