package dev.hawser.backend.player;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.hawser.TestLog;
import dev.hawser.backend.SteppingClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is believed to be whom.
class AuthenticatorsTest {
    private static void assertProvesNothing(PlayerAuthenticator authenticator, String credential) {
        assertThatThrownBy(() -> authenticator.authenticate(credential))
                .isInstanceOf(NotAuthenticatedException.class)
                .satisfies(e -> {
                    if (credential.length() > 8) {
                        assertThat(e).hasMessageNotContaining(credential);
                    }
                });
    }

    @Nested
    class Jwt {
        private static final String ISSUER = "https://login.example.org/";
        private static final long SECOND = 1_000_000_000L;

        private final HttpServer provider = provider();
        private final AtomicInteger fetches = new AtomicInteger();
        private volatile JWKSet published;
        private volatile int status = 200;
        private long nowNanos;
        private final TestLog log = new TestLog();
        private final ECKey key = key("one");

        Jwt() {
            published = new JWKSet(key.toPublicJWK());
        }

        private HttpServer provider() {
            try {
                HttpServer server =
                        HttpServer.create(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext(
                        "/jwks",
                        exchange -> {
                            fetches.incrementAndGet();
                            byte[] body =
                                    String.valueOf(published).getBytes(StandardCharsets.UTF_8);
                            exchange.sendResponseHeaders(status, body.length);
                            exchange.getResponseBody().write(body);
                            exchange.close();
                        });
                server.start();
                return server;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @AfterEach
        void stop() {
            provider.stop(0);
        }

        private static ECKey key(String id) {
            try {
                return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
            } catch (JOSEException e) {
                throw new IllegalStateException(e);
            }
        }

        private JwtAuthenticator authenticator() {
            return builder().build();
        }

        private JwtAuthenticator.Builder builder() {
            return JwtAuthenticator.builder()
                    .issuer(ISSUER)
                    .audience("my-game")
                    .jwks(
                            URI.create(
                                    "http://127.0.0.1:"
                                            + provider.getAddress().getPort()
                                            + "/jwks"))
                    .monotonicClock(() -> nowNanos)
                    .logger(log);
        }

        private static JWTClaimsSet.Builder claims() {
            return new JWTClaimsSet.Builder()
                    .issuer(ISSUER)
                    .audience(List.of("my-game", "other"))
                    .subject("player-7")
                    .claim("preferred_username", "Ada")
                    .expirationTime(Date.from(Instant.now().plusSeconds(600)));
        }

        private static String signed(ECKey key, JWTClaimsSet claims) throws JOSEException {
            return signed(key, null, claims);
        }

        private static String signed(ECKey key, String type, JWTClaimsSet claims)
                throws JOSEException {
            SignedJWT jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.ES256)
                                    .keyID(key.getKeyID())
                                    .type(type == null ? null : new JOSEObjectType(type))
                                    .build(),
                            claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        }

        @Test
        void aTokenOfTheProviderNamesThePlayer() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            PlayerIdentity expected = new PlayerIdentity(ISSUER, "player-7", "Ada");

            assertThat(authenticator.authenticate(signed(key, claims().build())))
                    .isEqualTo(expected);
            assertThat(authenticator.authenticate(signed(key, claims().build())))
                    .isEqualTo(expected);
            assertThat(fetches).hasValue(1);
            assertThat(
                            authenticator.authenticate(
                                    signed(
                                            key,
                                            claims().claim("preferred_username", null).build())))
                    .isEqualTo(new PlayerIdentity(ISSUER, "player-7", "player-7"));
        }

        @Test
        void aClockThatIsWrongForAMomentOrWasSetRightKeepsNobodyOut() throws Exception {
            SteppingClock machine = new SteppingClock(Instant.now().getEpochSecond(), 0);
            JwtAuthenticator stepping = builder().wallClock(machine.corrected).build();
            String good = signed(key, claims().notBeforeTime(Date.from(Instant.now())).build());
            for (long wrongBySeconds : new long[] {7200, -7200}) {
                machine.stepBy(wrongBySeconds);
                stepping.authenticate(good);
                machine.pass(4);
                assertProvesNothing(stepping, good);
                machine.stepBy(-wrongBySeconds);
                assertProvesNothing(stepping, good);
                machine.pass(3);
                stepping.authenticate(good);
            }
        }

        @Test
        void whatDoesNotHoldProvesNothing() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            Date past = Date.from(Instant.now().minusSeconds(600));
            Date future = Date.from(Instant.now().plusSeconds(600));
            List<JWTClaimsSet> wrong =
                    List.of(
                            claims().issuer("https://evil.example.org/").build(),
                            claims().issuer(null).build(),
                            claims().audience("other").build(),
                            claims().audience((String) null).build(),
                            claims().expirationTime(past).build(),
                            claims().expirationTime(null).build(),
                            claims().notBeforeTime(future).build(),
                            claims().subject(null).build(),
                            claims().subject("").build(),
                            claims().subject("x".repeat(256)).build());
            for (JWTClaimsSet claims : wrong) {
                assertProvesNothing(authenticator, signed(key, claims));
            }
            assertProvesNothing(authenticator, signed(key("one"), claims().build()));
            assertProvesNothing(authenticator, new PlainJWT(claims().build()).serialize());
            assertProvesNothing(authenticator, "nonsense");
            assertProvesNothing(authenticator, "a.b.c");
            String good = signed(key, claims().build());
            assertProvesNothing(authenticator, good.substring(0, good.length() - 8));
        }

        /// The oldest trick: the public key, which everybody has, used as the secret of an HMAC.
        @Test
        void aTokenSealedWithThePublicKeyProvesNothing() throws Exception {
            SignedJWT jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(),
                            claims().build());
            jwt.sign(
                    new MACSigner(
                            key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));

            assertProvesNothing(authenticator(), jwt.serialize());
        }

        @Test
        void aNewKeyOfTheProviderIsFoundAndAnUnknownOneAsksItOnlyOnce() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            authenticator.authenticate(signed(key, claims().build()));
            ECKey next = key("two");
            published = new JWKSet(List.of(next.toPublicJWK(), key.toPublicJWK()));

            assertThat(authenticator.authenticate(signed(next, claims().build())).subject())
                    .isEqualTo("player-7");
            assertThat(fetches).hasValue(2);
            assertThat(authenticator.authenticate(signed(key, claims().build()))).isNotNull();
            ECKey unknown = key("three");
            for (int i = 0; i < 50; i++) {
                assertProvesNothing(authenticator, signed(unknown, claims().build()));
            }
            assertThat(fetches).hasValue(2);
        }

        /// A stranger, who needs no key of anybody, names a new one with each request.
        @Test
        void unknownKeysAreNoWayToHammerTheProvider() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            authenticator.authenticate(signed(key, claims().build()));
            ECKey strangers = key("stranger's");
            for (int i = 0; i < 1200; i++) {
                nowNanos += SECOND / 2;
                ECKey unknown = new ECKey.Builder(strangers).keyID("unknown-" + i).build();
                assertProvesNothing(authenticator, signed(unknown, claims().build()));
            }
            assertThat(fetches.get()).isBetween(2, 1 + 60 + 1);
            assertThat(log.lines).isEmpty();
        }

        /// Nobody waits half a minute for keys that are there again.
        @Test
        void aProviderThatComesBackIsNoticedWithTheNextLogin() throws Exception {
            status = 500;
            String good = signed(key, claims().build());
            JwtAuthenticator authenticator = authenticator();
            for (int i = 0; i < 100; i++) {
                assertUnavailable(authenticator, good);
                nowNanos += SECOND / 10;
            }
            assertThat(fetches.get()).as("once a second").isBetween(9, 11);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .contains(ISSUER, "cannot be fetched", "500");

            status = 200;
            nowNanos += SECOND;

            assertThat(authenticator.authenticate(good).subject()).isEqualTo("player-7");
        }

        private static void assertUnavailable(JwtAuthenticator authenticator, String credential) {
            assertThatThrownBy(() -> authenticator.authenticate(credential))
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining(credential);
        }

        @Test
        void aProviderThatGoesAwayLeavesItsKeysForHoursAndUnknownOnesProveNothing()
                throws Exception {
            JwtAuthenticator authenticator = authenticator();
            String good = signed(key, claims().build());
            String unknown = signed(key("other"), claims().build());
            authenticator.authenticate(good);
            status = 500;
            for (int minute = 0; minute < 239; minute++) {
                nowNanos += 60 * SECOND;
                assertThat(authenticator.authenticate(good)).isNotNull();
                assertProvesNothing(authenticator, unknown);
            }
            assertThat(log.lines)
                    .anyMatch(line -> line.contains("the former ones go on for 4 hours"));
            nowNanos += 60 * SECOND;
            assertUnavailable(authenticator, good);
            status = 200;
            nowNanos += SECOND;
            assertThat(authenticator.authenticate(good)).isNotNull();
        }

        @Test
        void aRubbishKeySetIsAsOneThatIsAway() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            JWKSet good = published;
            published = null;
            assertUnavailable(authenticator, signed(key, claims().build()));
            published = good;
            nowNanos += SECOND;
            assertThat(authenticator.authenticate(signed(key, claims().build()))).isNotNull();
        }

        /// RFC 9068 has access tokens say that they are.
        @ParameterizedTest
        @ValueSource(strings = {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"})
        void tokensOfTheseTypesAreTaken(String type) throws Exception {
            assertThat(authenticator().authenticate(signed(key, type, claims().build())).subject())
                    .isEqualTo("player-7");
            assertThat(log.lines).isEmpty();
        }

        @Test
        void aTypeThatIsRefusedIsInTheLogOnceAMinute() throws Exception {
            JwtAuthenticator authenticator = authenticator();
            for (int i = 0; i < 100; i++) {
                assertProvesNothing(authenticator, signed(key, "logout+jwt", claims().build()));
            }
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .contains("WARNING", "'logout+jwt'", "at+jwt", ISSUER);
            nowNanos += 60 * SECOND;
            assertProvesNothing(
                    authenticator, signed(key, "x".repeat(500) + "\n", claims().build()));
            assertThat(log.lines.getLast())
                    .contains("of other characters", "99 more")
                    .hasSizeLessThan(400);
            // A type that nobody has signed is nobody's word.
            assertProvesNothing(authenticator, signed(key("one"), "logout+jwt", claims().build()));
            assertThat(log.lines).hasSize(2);
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "HS256", "HS512", "RSA"})
        void signaturesThatNeedASecretAreRefused(String algorithm) {
            assertThatThrownBy(() -> JwtAuthenticator.builder().algorithms(algorithm))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(algorithm);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"http://login.example.org/jwks", "ftp://a/b", "jwks.json", "http:///x"})
        void keysComeOverHttps(String uri) {
            assertThatThrownBy(() -> JwtAuthenticator.builder().jwks(URI.create(uri)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("https");
        }

        @Test
        void whatIsMissingIsNamed() {
            for (String blank : new String[] {"", " "}) {
                assertThatThrownBy(() -> JwtAuthenticator.builder().audience(blank))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("audience '" + blank + "'");
                assertThatThrownBy(() -> JwtAuthenticator.builder().issuer(blank))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> JwtAuthenticator.builder().issuer(ISSUER).build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("audience");
        }
    }

    @Nested
    class Ticket {
        private static final long NOW = 1_900_000_000;
        private static final byte[] SECRET =
                "a secret of tickets, of 32 bytes".getBytes(StandardCharsets.UTF_8);

        private final TicketAuthenticator authenticator =
                new TicketAuthenticator(SECRET, () -> NOW);

        @Test
        void aTicketNamesThePlayer() throws Exception {
            String ticket = TicketAuthenticator.issue(SECRET, "player-7", "Ada Löve", NOW + 60);

            assertThat(authenticator.authenticate(ticket))
                    .isEqualTo(new PlayerIdentity("ticket", "player-7", "Ada Löve"));
        }

        @Test
        void aTicketIsWhatTheDocumentationSaysItIs() {
            // Of Python's hmac and base64.
            assertThat(TicketAuthenticator.issue(SECRET, "player-7", "Ada", 1_900_000_060))
                    .startsWith("t1.cGxheWVyLTc.QWRh.1900000060.")
                    .hasSize("t1.cGxheWVyLTc.QWRh.1900000060.".length() + 43)
                    .endsWith("K0ERU7pUiedLcSfQOOD81SsbF25tcODAGWEUit4fIQU");
        }

        @Test
        void anyChangeMakesItWorthless() {
            String ticket = TicketAuthenticator.issue(SECRET, "player-7", "Ada", NOW + 60);
            for (int i = 0; i < ticket.length(); i++) {
                char[] changed = ticket.toCharArray();
                changed[i] = changed[i] == 'A' ? 'B' : 'A';
                assertProvesNothing(authenticator, new String(changed));
                assertProvesNothing(authenticator, ticket.substring(0, i));
            }
            assertProvesNothing(authenticator, ticket + "A");
        }

        @Test
        void itMustBeOfOurSecretAndOfOurTime() {
            byte[] other = SECRET.clone();
            other[31] ^= 1;
            assertProvesNothing(
                    authenticator, TicketAuthenticator.issue(other, "a", "b", NOW + 60));
            assertProvesNothing(authenticator, TicketAuthenticator.issue(SECRET, "a", "b", NOW));
            assertProvesNothing(
                    authenticator, TicketAuthenticator.issue(SECRET, "a", "b", NOW + 86_401));
            assertProvesNothing(authenticator, "");
            assertProvesNothing(authenticator, "....");
        }

        @Test
        void aClockThatIsWrongForAMomentOrWasSetRightKeepsNobodyOut() throws Exception {
            SteppingClock machine = new SteppingClock(NOW, 0);
            TicketAuthenticator stepping = new TicketAuthenticator(SECRET, machine.corrected);
            for (long wrongBySeconds : new long[] {7200, -200_000}) {
                String ticket =
                        TicketAuthenticator.issue(SECRET, "a", "b", machine.trueSeconds() + 60);
                machine.stepBy(wrongBySeconds);
                stepping.authenticate(ticket);
                machine.pass(4);
                assertProvesNothing(stepping, ticket);
                machine.stepBy(-wrongBySeconds);
                assertProvesNothing(stepping, ticket);
                machine.pass(3);
                stepping.authenticate(ticket);
            }
        }

        @Test
        void aShortSecretIsRefused() {
            assertThatThrownBy(() -> new TicketAuthenticator(new byte[31]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("31 bytes")
                    .hasMessageContaining("32");
        }
    }

    @Nested
    class Development {
        @Test
        void everybodyIsWhoTheySay() throws Exception {
            assertThat(new DevelopmentAuthenticator().authenticate("ada"))
                    .isEqualTo(new PlayerIdentity("development", "ada", "ada"));
            assertProvesNothing(new DevelopmentAuthenticator(), "a b");
            assertProvesNothing(new DevelopmentAuthenticator(), "");
            assertProvesNothing(new DevelopmentAuthenticator(), "x".repeat(65));
        }
    }
}
