package dev.hawser.backend;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tokens of an identity provider (OpenID Connect, or anything that signs JWTs, RFC 7519): the
/// signature is checked with the keys that the provider publishes (RFC 7517), then issuer, audience
/// and times.
///
/// ```java
/// var authenticator =
///         JwtAuthenticator.builder()
///                 .issuer("https://login.example.org/")
///                 .audience("my-game")
///                 .jwks(URI.create("https://login.example.org/.well-known/jwks.json"))
///                 .build();
/// ```
///
/// A key that is not known yet makes it look again, at most every thirty seconds, so that the
/// provider can change keys. While the provider is away, keys that were known go on for hours.
///
/// The player is the claim `sub`, the name is `preferred_username` or `name`.
public final class JwtAuthenticator implements PlayerAuthenticator {
    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final Duration KEYS_LIFETIME = Duration.ofMinutes(15);
    private static final Duration KEYS_REFRESH_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration KEYS_INTERVAL = Duration.ofSeconds(30);
    private static final Duration KEYS_OUTAGE = Duration.ofHours(4);
    private static final int HTTP_TIMEOUT_MILLIS = 3_000;
    private static final int JWKS_BYTES_MAX = 256 << 10;
    private static final int SUBJECT_LENGTH_MAX = 255;

    private final String issuer;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    private JwtAuthenticator(
            String issuer,
            String audience,
            Set<JWSAlgorithm> algorithms,
            JWKSource<SecurityContext> keys,
            WallClock wallClock) {
        this.issuer = issuer;
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        audience,
                        new JWTClaimsSet.Builder().issuer(issuer).build(),
                        Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(Instant.ofEpochSecond(wallClock.unixSeconds()));
                    }
                };
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /// {@return a builder, which needs issuer, audience and keys}
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public PlayerIdentity authenticate(String credential)
            throws NotAuthenticatedException, IOException {
        try {
            JWTClaimsSet claims = processor.process(credential, null);
            String subject = claims.getSubject();
            if (subject == null || subject.isEmpty() || subject.length() > SUBJECT_LENGTH_MAX) {
                throw new NotAuthenticatedException(
                        "a JWT whose sub is empty or has more than "
                                + SUBJECT_LENGTH_MAX
                                + " characters");
            }
            return new PlayerIdentity(issuer, subject, name(claims, subject));
        } catch (KeySourceException e) {
            throw new IOException("the keys of " + issuer + " cannot be had", e);
        } catch (BadJOSEException e) {
            throw new NotAuthenticatedException("a JWT that does not hold: " + reason(e));
        } catch (ParseException e) {
            throw new NotAuthenticatedException("no JWT");
        } catch (JOSEException e) {
            throw new NotAuthenticatedException("a JWT whose signature cannot be checked");
        }
    }

    /// What the library says names claims and algorithms, which came from the caller.
    private static String reason(BadJOSEException e) {
        return e.getClass().getSimpleName();
    }

    private static String name(JWTClaimsSet claims, String otherwise) throws ParseException {
        for (String claim : new String[] {"preferred_username", "name"}) {
            if (claims.getClaim(claim) instanceof String name && !name.isEmpty()) {
                return name;
            }
        }
        return otherwise;
    }

    /// How an authenticator is set up. Each method replaces what was set before and returns the
    /// builder.
    public static final class Builder {
        private @Nullable String issuer;
        private @Nullable String audience;
        private @Nullable URI jwks;
        private Set<String> algorithms = Set.of("RS256", "PS256", "ES256", "ES384");
        private WallClock wallClock = SystemClock.WALL_CLOCK;

        private Builder() {}

        /// Sets what the claim `iss` must be, exactly.
        public Builder issuer(String issuer) {
            this.issuer = issuer;
            return this;
        }

        /// Sets what must be in the claim `aud`: the game's own id at the provider. Without it a
        /// token that a player gave to another game could be used here.
        public Builder audience(String audience) {
            this.audience = audience;
            return this;
        }

        /// Sets where the provider publishes its keys: https, or http on a loopback address.
        ///
        /// @throws IllegalArgumentException when it is neither
        public Builder jwks(URI uri) {
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean isSafe = scheme.equals("https") || (scheme.equals("http") && isLoopback(uri));
            if (!isSafe || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "the keys would come from '"
                                + uri
                                + "', where anybody on the way could replace them: use https");
            }
            jwks = uri;
            return this;
        }

        private static boolean isLoopback(URI uri) {
            String host = uri.getHost();
            if (host == null) {
                return false;
            }
            if (host.equals("localhost")) {
                return true;
            }
            try {
                return InetAddress.ofLiteral(host).isLoopbackAddress();
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /// Sets which signatures are accepted, by their names in RFC 7518; RS256, PS256, ES256 and
        /// ES384 by default.
        ///
        /// @throws IllegalArgumentException when there are none, or one is no signature of a public
        ///   key: `none` and `HS256` prove nothing to somebody who has public keys only
        public Builder algorithms(String... names) {
            Set<String> chosen = new LinkedHashSet<>();
            for (String name : names) {
                if (!JWSAlgorithm.Family.SIGNATURE.contains(JWSAlgorithm.parse(name))) {
                    throw new IllegalArgumentException(
                            "'"
                                    + name
                                    + "' is no signature of a public key: use RS256, PS256, ES256"
                                    + " or their longer kin");
                }
                chosen.add(name);
            }
            if (chosen.isEmpty()) {
                throw new IllegalArgumentException("no algorithms: name at least one");
            }
            algorithms = chosen;
            return this;
        }

        Builder wallClock(WallClock clock) {
            wallClock = clock;
            return this;
        }

        /// {@return the authenticator; the keys are fetched when they are needed first}
        ///
        /// @throws IllegalStateException when something was not set
        public JwtAuthenticator build() {
            String issuer = set("issuer", this.issuer);
            String audience = set("audience", this.audience);
            URI jwks = set("jwks", this.jwks);
            try {
                JWKSource<SecurityContext> keys =
                        JWKSourceBuilder.create(
                                        jwks.toURL(),
                                        new DefaultResourceRetriever(
                                                HTTP_TIMEOUT_MILLIS,
                                                HTTP_TIMEOUT_MILLIS,
                                                JWKS_BYTES_MAX))
                                .cache(KEYS_LIFETIME.toMillis(), KEYS_REFRESH_TIMEOUT.toMillis())
                                .rateLimited(KEYS_INTERVAL.toMillis())
                                .refreshAheadCache(false)
                                .retrying(true)
                                .outageTolerant(KEYS_OUTAGE.toMillis())
                                .build();
                return new JwtAuthenticator(
                        issuer,
                        audience,
                        algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()),
                        keys,
                        wallClock);
            } catch (MalformedURLException e) {
                throw new IllegalStateException("jwks is no URL: " + jwks, e);
            }
        }

        private static <T> T set(String name, @Nullable T value) {
            if (value == null) {
                throw new IllegalStateException(
                        "a JwtAuthenticator without " + name + ": set " + name + "(…)");
            }
            return value;
        }
    }
}
