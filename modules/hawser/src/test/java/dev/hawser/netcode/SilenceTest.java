package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.PROTOCOL_ID;
import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.TestLog;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A server that answers nobody says why.
class SilenceTest {
    /// The whole way: a client with something wrong, and the line in the server's log.
    @Nested
    class OfAServer {
        private final Fixtures world = new Fixtures();

        private List<String> linesAfter(TokenRequest request) {
            return linesAfter(
                    new Authentication.Token(world.mint(request, world.privateKey, PROTOCOL_ID)));
        }

        private List<String> linesAfter(Authentication authentication) {
            NetcodeClient client = world.client(authentication);
            client.connect();
            world.driveSeconds(4);
            return silence();
        }

        private List<String> silence() {
            return world.log.lines.stream().filter(line -> line.contains("No client")).toList();
        }

        private TokenRequest request() {
            return TokenRequest.builder(1).server(SERVER_ADDRESS).build();
        }

        @Test
        void aWrongPrivateKey() {
            world.startServer();
            PrivateKey other = PrivateKey.random(new Random(77)::nextBytes);
            assertThat(
                            linesAfter(
                                    new Authentication.Token(
                                            world.mint(request(), other, PROTOCOL_ID))))
                    .singleElement()
                    .asString()
                    .startsWith("INFO No client gets in: the last ")
                    .contains("connection requests were all dropped")
                    .contains("private key; give backend and server the same one");
        }

        @Test
        void aWrongProtocolId() {
            world.startServer();
            assertThat(
                            linesAfter(
                                    new Authentication.Token(
                                            world.mint(request(), world.privateKey, 5))))
                    .singleElement()
                    .asString()
                    .contains(
                            "another protocol id than this server's 1234605616436508552"
                                    + " (0x1122334455667788)");
        }

        @Test
        void anIdentityThatIsNotInTheToken() {
            world.start(world.serverBuilder().identity(NetAddress.parse("203.0.113.5:7777")));
            assertThat(linesAfter(request()))
                    .singleElement()
                    .asString()
                    .contains("for other servers than 203.0.113.5:7777")
                    .contains("set the identity");
        }

        @Test
        void aTokenThatHasExpired() {
            world.startServer();
            // A backend whose clock is a minute behind.
            var backend =
                    new TokenMint(
                            world.privateKey,
                            PROTOCOL_ID,
                            world.random,
                            () -> world.wallClock.unixSeconds() - 60);
            assertThat(linesAfter(new Authentication.Token(backend.mint(request()))))
                    .singleElement()
                    .asString()
                    .contains("have expired")
                    .contains("compare the clocks: here it is 2027-01-15T08:00:0");
        }

        @Test
        void aTokenThatLivesLongerThanTheServerAccepts() {
            world.startServer();
            assertThat(linesAfter(request().toBuilder().lifetimeSeconds(3600).build()))
                    .singleElement()
                    .asString()
                    .contains("longer than the 30 s that this server accepts")
                    .contains("maxConnectTokenLifetime")
                    .contains("compare the clocks");
        }

        @Test
        void aTokenThatMayHaveBeenUsedBeforeTheStart() {
            world.startServer();
            assertThat(linesAfter(request().toBuilder().lifetimeSeconds(10).build()))
                    .singleElement()
                    .asString()
                    .contains("before this server started")
                    .contains("lifetime of 30 s");
        }

        @Test
        void aClientIdThatIsConnected() {
            world.startServer();
            world.connect(1);
            world.driveSeconds(11);
            assertThat(linesAfter(request()))
                    .singleElement()
                    .asString()
                    .contains("client with the same id is connected");
        }

        /// As after a timeout that only the client has noticed.
        @Test
        void aClientThatConnectsAgainFromItsOldSocket() {
            NetcodeServer server = world.startServer();
            NetcodeClient client = world.connect(1);
            world.servers.clear();
            world.driveSeconds(12);
            assertThat(client.isConnected()).isFalse();
            world.servers.add(server);
            world.log.lines.clear();
            client.authentication(world.token(1));
            client.connect();
            world.driveSeconds(3);
            assertThat(silence())
                    .singleElement()
                    .asString()
                    .contains("connected from the address that they come from", "TAKE_OVER");
        }

        /// A request of 1.01 has 1062 bytes; one that says it is of another version may have any.
        @Test
        void aClientOfAnotherVersion() {
            world.startServer();
            PeerAddress to = PeerAddress.of(SERVER_ADDRESS);
            Transport old = world.network.bind(NetAddress.parse("10.0.0.77:0"));
            openUnchecked(old);
            byte[] request = new byte[1062];
            byte[] version = "\0NETCODE 1.01\0".getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(version, 0, request, 0, version.length);
            for (int i = 0; i < 20; i++) {
                old.send(to, ByteBuffer.wrap(request));
                old.send(to, ByteBuffer.wrap(new byte[900]));
                world.driveSeconds(0.1);
            }
            assertThat(silence())
                    .singleElement()
                    .asString()
                    .contains("another size than those of netcode 1.02", "update the client");
        }

        private static void openUnchecked(Transport transport) {
            try {
                transport.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// With a long way, requests and responses are under way when the client has its seat.
        @Test
        void clientsFarAwayAreHealthyToo() {
            world.startServer();
            var weather =
                    ConditionedTransport.builder(
                                    world.network.bind(NetAddress.parse("10.0.0.78:0")))
                            .monotonicClock(() -> world.nowNanos)
                            .seed(1)
                            .conditions(LinkConditions.NONE.latencyMillis(700).jitterMillis(200))
                            .build();
            NetcodeClient far =
                    world.clientBuilder()
                            .transport(weather)
                            .authentication(world.manual(5))
                            .build();
            world.clients.add(far);
            far.connect();
            world.driveUntil(far::isConnected);
            world.driveSeconds(5);
            assertThat(silence()).isEmpty();
        }

        @Test
        void aHealthyServerSaysNothing() {
            world.start(world.serverBuilder().maxClients(8));
            for (int i = 0; i < 8; i++) {
                world.connect(i);
            }
            world.driveSeconds(30);
            assertThat(silence()).isEmpty();
        }
    }

    /// The rules: only one reason, enough requests, once a minute.
    @Nested
    class OfTheExplainer {
        private final TestLog log = new TestLog();
        private final DropCounters drops = new DropCounters();
        private final SilenceExplainer explainer =
                new SilenceExplainer(
                        log, 1, List.of(SERVER_ADDRESS), Duration.ofSeconds(30), drops, 0);
        private long seconds;

        private void drop(Drop reason, int times) {
            for (int i = 0; i < times; i++) {
                drops.add(reason);
            }
        }

        private void look(boolean letsIn) {
            seconds++;
            explainer.look(seconds * 1_000_000_000, () -> 1_800_000_000, letsIn);
        }

        @Test
        void everyReasonHasItsLine() {
            for (Drop reason : SilenceExplainer.REASONS) {
                log.lines.clear();
                drop(reason, SilenceExplainer.REQUESTS_MIN);
                look(false);
                assertThat(log.lines)
                        .singleElement()
                        .asString()
                        .contains("the last 5 connection requests")
                        .contains(";")
                        .doesNotContain(reason.name());
                seconds += 60;
            }
        }

        @Test
        void fewRequestsAreNoSilence() {
            drop(Drop.WRONG_PROTOCOL_ID, SilenceExplainer.REQUESTS_MIN - 1);
            look(false);
            assertThat(log.lines).isEmpty();
            drop(Drop.WRONG_PROTOCOL_ID, 1);
            look(false);
            assertThat(log.lines).hasSize(1);
        }

        @Test
        void fewRequestsLongAgoAreForgotten() {
            drop(Drop.WRONG_PROTOCOL_ID, 3);
            for (int i = 0; i < 11; i++) {
                look(false);
            }
            drop(Drop.WRONG_PROTOCOL_ID, 3);
            look(false);
            assertThat(log.lines).isEmpty();
        }

        @Test
        void ofTwoReasonsNoneHidesTheOther() {
            drop(Drop.WRONG_PROTOCOL_ID, 50);
            drop(Drop.TOKEN_EXPIRED, 1);
            look(false);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .contains("50 of the last 51 connection requests", "protocol id");
            drop(Drop.TOKEN_EXPIRED, 4);
            look(false);
            assertThat(log.lines).hasSize(2);
            assertThat(log.lines.getLast()).contains("the last 5 connection requests", "expired");
        }

        @Test
        void whoLetsSomebodyInIsNotSilent() {
            drop(Drop.TOKEN_EXPIRED, 50);
            look(true);
            look(false);
            assertThat(log.lines).isEmpty();
        }

        @Test
        void whatIsNoRequestIsNotExplained() {
            drop(Drop.WRONG_TYPE, 50);
            drop(Drop.UNKNOWN_ADDRESS, 50);
            drop(Drop.NOT_AUTHENTIC, 50);
            look(false);
            assertThat(log.lines).isEmpty();
            drop(Drop.TOKEN_EXPIRED, 5);
            look(false);
            assertThat(log.lines).hasSize(1);
        }

        @Test
        void oneLineAMinuteForEachReasonHoweverManyRequests() {
            for (int i = 0; i < 180; i++) {
                drop(Drop.TOKEN_EXPIRED, 10);
                drop(Drop.WRONG_PROTOCOL_ID, 10);
                look(false);
            }
            assertThat(log.lines).hasSize(6);
            assertThat(log.lines).filteredOn(line -> line.contains("expired")).hasSize(3);
        }

        @Test
        void betweenTwoSecondsItDoesNotLook() {
            drop(Drop.TOKEN_EXPIRED, 10);
            assertThat(explainer.look(999_999_999, () -> 0, false)).isFalse();
            assertThat(log.lines).isEmpty();
            assertThat(explainer.look(1_000_000_000, () -> 0, false)).isTrue();
            assertThat(log.lines).hasSize(1);
        }
    }
}
