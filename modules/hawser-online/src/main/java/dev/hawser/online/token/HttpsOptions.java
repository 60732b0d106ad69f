package dev.hawser.online.token;

import dev.hawser.online.http.Endpoints;
import dev.hawser.online.http.Trust;
import java.net.URI;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The options of everything that asks the token service: where it is, who asks, whom to trust, how
/// long to wait. Each method replaces what was set before and returns the builder; `trustStore`,
/// `pinnedCertificates` and `sslContext` replace each other. For one thread.
///
/// @param <B> the builder itself
public abstract class HttpsOptions<B extends HttpsOptions<B>> {
    private final String owner;
    private final Duration durationMax;
    private @Nullable List<URI> endpoints;
    private @Nullable CredentialSupplier credentials;
    private @Nullable SSLContext sslContext;
    private Duration connectTimeout;
    private Duration requestTimeout;
    private RandomGenerator random = new SecureRandom();

    /// Creates options with their defaults.
    ///
    /// @param owner what is built, for error messages, as `the token client`
    /// @param durationMax the longest duration that can be set
    protected HttpsOptions(
            String owner, Duration durationMax, Duration connectTimeout, Duration requestTimeout) {
        this.owner = owner;
        this.durationMax = durationMax;
        this.connectTimeout = connectTimeout;
        this.requestTimeout = requestTimeout;
    }

    /// {@return this}
    protected abstract B self();

    /// Sets where the service is, for example `https://play.example.org:8443`; the path of the
    /// resource is added to it.
    ///
    /// @throws IllegalArgumentException when it is not `https`, or `http` to this machine, or holds
    ///   more than host, port and path
    public final B endpoint(URI endpoint) {
        return endpoints(endpoint);
    }

    /// Sets where the service is, as [#endpoint(URI)], where there are several of it, which serve
    /// the same players and share what they know. One that cannot be reached, is silent, out of
    /// order, shows a wrong certificate or is no token service, is passed over for the next, and
    /// avoided for a while. What the service has decided about the request is final: no other
    /// endpoint is asked for a better answer.
    ///
    /// The one that worked last is asked first; before that, one at random. The credential may go
    /// to each of them, and certificates are checked by the same rule at all: pin one of each.
    ///
    /// @param endpoints one to 16, in any order
    /// @throws IllegalArgumentException when there is none, are too many, or one is there twice or
    ///   is none
    public final B endpoints(URI... endpoints) {
        this.endpoints = Endpoints.checked(List.of(endpoints));
        return self();
    }

    /// Sets what knows the credential: a player's at a client, at a game server that of the game
    /// servers, for an operator an operator's, and neither is a player's. It is asked for each
    /// fetch or announcement, off the game's thread.
    public final B credentials(CredentialSupplier credentials) {
        this.credentials = Objects.requireNonNull(credentials, "credentials");
        return self();
    }

    // ---- Whom to trust

    /// Sets the authorities that may vouch for the service, in place of those of the JDK.
    ///
    /// @throws IllegalArgumentException when there is none in it
    public final B trustStore(KeyStore trusted) {
        sslContext = Trust.of(trusted);
        return self();
    }

    /// Sets the very certificates that the service may show, in place of authorities and host name:
    /// for one that it has signed itself. While it changes to another one, pin both.
    ///
    /// @param sha256Hex of each certificate, 64 hexadecimal digits, with or without colons
    /// @throws IllegalArgumentException when there is none, or one is something else
    public final B pinnedCertificates(String... sha256Hex) {
        sslContext = Trust.ofPinned(List.of(sha256Hex));
        return self();
    }

    /// Sets the TLS of the application's own: its authorities, its client certificate. Host names
    /// are checked all the same, unless its trust manager does its own checks and leaves that out.
    public final B sslContext(SSLContext sslContext) {
        this.sslContext = Objects.requireNonNull(sslContext, "sslContext");
        return self();
    }

    // ---- How long

    /// Sets how long an attempt waits for the connection: 5 s by default at a client and for an
    /// operator, 3 s at a game server.
    ///
    /// @throws IllegalArgumentException unless it is above zero, and at most an hour at a client, a
    ///   minute elsewhere
    public final B connectTimeout(Duration timeout) {
        connectTimeout = checked("connectTimeout", timeout);
        return self();
    }

    /// Sets how long one attempt may take as a whole, up to the last byte of the answer: 10 s by
    /// default at a client and for an operator; at a game server 5 s, the credential included.
    ///
    /// @throws IllegalArgumentException unless it is above zero, and at most an hour at a client, a
    ///   minute elsewhere
    public final B requestTimeout(Duration timeout) {
        requestTimeout = checked("requestTimeout", timeout);
        return self();
    }

    /// Sets the randomness of the waits, a `SecureRandom` by default. It must bear several threads.
    public final B random(RandomGenerator random) {
        this.random = Objects.requireNonNull(random, "random");
        return self();
    }

    // ---- For those who build

    /// {@return where the service is, at least one}
    ///
    /// @throws IllegalStateException when that is not set
    protected final List<URI> endpoints() {
        return set("endpoint", endpoints);
    }

    /// {@return what knows the credential}
    ///
    /// @throws IllegalStateException when that is not set
    protected final CredentialSupplier credentials() {
        return set("credentials", credentials);
    }

    /// {@return what decides about the service's certificate, by default the JDK's authorities}
    protected final SSLContext sslContext() {
        return sslContext == null ? Trust.ofJdk() : sslContext;
    }

    /// {@return how long to wait for the connection}
    protected final Duration connectTimeout() {
        return connectTimeout;
    }

    /// {@return how long an attempt may take}
    protected final Duration requestTimeout() {
        return requestTimeout;
    }

    /// {@return the randomness of the waits}
    protected final RandomGenerator random() {
        return random;
    }

    /// {@return the duration}
    ///
    /// @throws IllegalArgumentException unless it is above zero and at most the longest
    protected final Duration checked(String name, Duration duration) {
        if (!duration.isPositive() || duration.compareTo(durationMax) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " "
                            + duration
                            + " is not above zero and at most "
                            + durationMax
                            + ": set one that "
                            + owner
                            + " can wait for");
        }
        return duration;
    }

    /// {@return the value}
    ///
    /// @throws IllegalStateException when it is not set
    protected final <T> T set(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    owner + " has no " + name + ": set it with " + name + "(…)");
        }
        return value;
    }
}
