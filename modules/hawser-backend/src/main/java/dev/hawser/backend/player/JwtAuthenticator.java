package dev.hawser.backend.player;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
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
/// A token says in its header what it is (`typ`): `JWT`, `at+jwt` (an access token, RFC 9068), or
/// nothing. Others that a provider signs, such as those of a logout, prove nothing here, and the
/// log says so.
///
/// A key that is not known yet makes it look again, at most every ten seconds, so that the provider
/// can change keys. While the provider is away, keys that were known go on for hours; a provider
/// that was away at the start is asked again with the next login, once a second at most.
///
/// The player is the claim `sub`, the name is `preferred_username` or `name`.
public final class JwtAuthenticator implements PlayerAuthenticator {
    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final int HTTP_TIMEOUT_MILLIS = 3_000;
    private static final int JWKS_BYTES_MAX = 256 << 10;
    private static final int SUBJECT_LENGTH_MAX = 255;
    private static final int TYPE_LENGTH_MAX = 32;
    private static final String MEDIA = "application/";

    /// In lower case, without the `application/` that may stand before (RFC 7515, section 4.1.9).
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    private final String issuer;
    private final LimitedLog log;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    private JwtAuthenticator(
            String issuer,
            String audience,
            Set<JWSAlgorithm> algorithms,
            JWKSource<SecurityContext> keys,
            WallClock wallClock,
            LimitedLog log) {
        this.issuer = issuer;
        this.log = log;
        // Looked at behind the signature: so only what the provider has signed gets into the log.
        processor.setJWSTypeVerifier((_, _) -> {});
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
            JWT token = JWTParser.parse(credential);
            JWTClaimsSet claims = processor.process(token, null);
            checkType(token);
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

    private void checkType(JWT token) throws NotAuthenticatedException {
        JOSEObjectType type = token.getHeader().getType();
        if (type == null) {
            return;
        }
        String name = type.getType().toLowerCase(Locale.ROOT);
        if (TYPES.contains(name.startsWith(MEDIA) ? name.substring(MEDIA.length()) : name)) {
            return;
        }
        String said = name.matches("[a-z0-9+./_-]*") ? name : "of other characters";
        String shown = said.substring(0, Math.min(said.length(), TYPE_LENGTH_MAX));
        log.log(
                Level.WARNING,
                "type",
                () ->
                        "Players bring tokens of "
                                + issuer
                                + " of the type '"
                                + shown
                                + "', which are refused: let the game send access tokens (at+jwt)"
                                + " or ID tokens (JWT)");
        throw new NotAuthenticatedException("a JWT of the type '" + shown + "'");
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
        private LongSupplier monotonicClock = System::nanoTime;
        private Logger logger = System.getLogger("dev.hawser.backend");
        private WallClock wallClock = SystemClock.WALL_CLOCK;

        private Builder() {}

        /// Sets what the claim `iss` must be, exactly.
        ///
        /// @throws IllegalArgumentException when it is blank
        public Builder issuer(String issuer) {
            this.issuer = notEmpty("issuer", issuer);
            return this;
        }

        /// Sets what must be in the claim `aud`: the game's own id at the provider. Without it a
        /// token that a player gave to another game could be used here.
        ///
        /// @throws IllegalArgumentException when it is blank
        public Builder audience(String audience) {
            this.audience = notEmpty("audience", audience);
            return this;
        }

        private static String notEmpty(String claim, String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException(
                        claim
                                + " '"
                                + value
                                + "' names nobody, and no token is for it: copy it from the identity"
                                + " provider");
            }
            return value;
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

        Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = nanos;
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
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
                URL url = jwks.toURL();
                DefaultResourceRetriever retriever =
                        new DefaultResourceRetriever(
                                HTTP_TIMEOUT_MILLIS, HTTP_TIMEOUT_MILLIS, JWKS_BYTES_MAX);
                LimitedLog log = new LimitedLog(logger, monotonicClock);
                return new JwtAuthenticator(
                        issuer,
                        audience,
                        algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()),
                        new ProviderKeys(
                                issuer,
                                () -> retriever.retrieveResource(url).getContent(),
                                monotonicClock,
                                log),
                        wallClock,
                        log);
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
