package dev.hawser.online.fleet;

import static dev.hawser.online.fleet.AnnouncerWorld.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpExchange;
import dev.hawser.Refusal;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.http.TestCertificate;
import dev.hawser.online.http.TestService;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAnnouncerTest {
    private static final String ACKNOWLEDGEMENT =
            """
            {"heartbeatSeconds": 5, "ttlSeconds": 15, "serverTime": 1800000000,
             "connectTokenLifetimeSeconds": 30, "later": {"versions": ["say", "more"]}}
            """;

    private final AnnouncerWorld world = new AnnouncerWorld();
    private final AtomicReference<TestService.Answers> answers =
            new AtomicReference<>((_, exchange) -> acknowledge(exchange, ACKNOWLEDGEMENT));
    private final TestService service =
            TestService.http((request, exchange) -> answers.get().answer(request, exchange));

    private static void acknowledge(HttpExchange exchange, String acknowledgement)
            throws IOException {
        if (exchange.getRequestMethod().equals("DELETE")) {
            exchange.sendResponseHeaders(204, -1);
        } else {
            TestService.answer(exchange, 200, "application/json", acknowledgement);
        }
    }

    private void answer(String acknowledgement) {
        answers.set((_, exchange) -> acknowledge(exchange, acknowledgement));
    }

    private void refuse(int status, String detail, String... headers) {
        answers.set(
                (_, exchange) -> TestService.refuse(exchange, status, "Title", detail, headers));
    }

    @AfterEach
    void closeAll() {
        world.close();
        service.close();
    }

    // ---- What is said

    @Test
    void aServerIsAnnouncedAtItsFirstUpdate() {
        world.startLongAgo();
        ServerAnnouncer announcer =
                world.announce(
                        world.builder(service)
                                .internalAddress(AnnouncerWorld.ADDRESS)
                                .region("eu")
                                .webTransportCertificateHashes(() -> List.of("ab".repeat(32)))
                                .webTransport(URI.create("https://play.example.org:7778/hawser"))
                                .webSocket(URI.create("wss://play.example.org:7778/hawser")));
        assertThat(announcer.isAcknowledged()).isFalse();
        world.step();
        TestService.Request request = service.next();
        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.path()).isEqualTo("/v1/servers/eu-1");
        assertThat(request.authorization()).contains("Bearer " + AnnouncerWorld.CREDENTIAL);
        Map<String, Object> said = new HashMap<>(read(request));
        assertThat(said.remove("webTransport")).isEqualTo("https://play.example.org:7778/hawser");
        assertThat(said.remove("webSocket")).isEqualTo("wss://play.example.org:7778/hawser");
        assertThat(said.remove("sequence")).isEqualTo(1);
        assertThat(said.remove("startId")).asString().matches("[0-9a-f]{32}");
        assertThat(said)
                .isEqualTo(
                        Map.of(
                                "publicAddress",
                                "203.0.113.5:7777",
                                "internalAddress",
                                "10.0.0.1:7777",
                                "region",
                                "eu",
                                "protocolId",
                                "9223372036854775809",
                                "maxClients",
                                2,
                                "freeSlots",
                                2,
                                "keyIds",
                                List.of(world.key.id().toString()),
                                "maxConnectTokenLifetimeSeconds",
                                30,
                                "webTransportCertificateHashes",
                                List.of("ab".repeat(32))));
        assertThat(announcer.isAcknowledged()).isTrue();
        assertThat(world.log.lines)
                .containsExactly(
                        "INFO The token service at "
                                + service.endpoint()
                                + " knows of the game server 'eu-1'.");
    }

    @Test
    void theHeartIsBeatingAsOftenAsTheServiceAsks() {
        world.startLongAgo();
        world.announce(service);
        world.step();
        List<Double> seconds = new ArrayList<>();
        for (int i = 2; i < 30; i++) {
            seconds.add(world.runUntil(service, i));
        }
        assertThat(seconds).allMatch(pause -> pause >= 4 && pause <= 5.05);
        assertThat(seconds.stream().distinct().count()).isGreaterThan(5);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.8, 1.05", "1, 0.8, 1.05", "60, 48, 60.05", "3600, 48, 60.05"})
    void theBeatHasLimits(int heartbeatSeconds, double least, double most) {
        answer("{\"heartbeatSeconds\": " + heartbeatSeconds + "}");
        world.startLongAgo();
        world.announce(service);
        world.step();
        assertThat(world.runUntil(service, 2)).isBetween(least, most);
    }

    @Test
    void aServerThatIsFullSaysSoAtOnceAndWhenItHasRoomAgain() {
        world.startLongAgo();
        world.announce(service);
        world.step();
        service.next();
        NetcodeClient client = world.connect(1);
        world.step();
        assertThat(service.received()).isEqualTo(1);
        world.connect(2);
        assertThat(world.runUntil(service, 2)).isLessThanOrEqualTo(1);
        assertThat(read(service.next())).containsEntry("freeSlots", 0);
        world.leave(client);
        // No sooner than a second after the one before.
        assertThat(world.runUntil(service, 3)).isBetween(0.9, 1.05);
        assertThat(read(service.next())).containsEntry("freeSlots", 1);
    }

    @Test
    void aServerThatDrainsIsWithdrawnAtOnceAndSaysNothingMore() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.connect(1);
        world.step();
        assertThat(service.next().method()).isEqualTo("PUT");
        assertThat(announcer.isOffered()).isTrue();

        world.server.drain(Duration.ofDays(1), new Refusal.Draining("", 0));
        world.step();

        assertThat(service.next().method()).isEqualTo("DELETE");
        assertThat(announcer.isAcknowledged()).isFalse();
        assertThat(announcer.isOffered()).isFalse();
        world.run(60);
        assertThat(service.received()).isEqualTo(2);
    }

    @Test
    void newKeysAreSaidAtOnce() {
        world.startLongAgo();
        world.announce(service);
        world.step();
        service.next();
        PrivateKey next = PrivateKey.random(new Random(9)::nextBytes);
        world.server.keyRing(KeyRing.of(world.key).withNewest(next));
        assertThat(world.runUntil(service, 2)).isBetween(0.9, 1.05);
        assertThat(read(service.next()))
                .containsEntry("keyIds", List.of(next.id().toString(), world.key.id().toString()));
        assertThat(world.runUntil(service, 3)).isBetween(4.0, 5.05);
    }

    @Test
    void anAnnouncerSpeaksForOneServer() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        try (AnnouncerWorld other = new AnnouncerWorld()) {
            assertThatThrownBy(() -> announcer.update(other.server))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another serverId");
        }
    }

    @Test
    void aMemberOfSeveralIsAnnounced() {
        MultiServer both = MultiServer.builder().add("netcode", world.server).build();
        world.start(both);
        world.announce(service);
        world.connect(7);
        world.step();
        assertThat(read(service.next())).containsEntry("connectedSince", List.of("7"));
        both.stop();
        world.runUntil(service, 2);
        assertThat(service.next().method()).isEqualTo("DELETE");
    }

    // ---- Who has connected

    @Test
    void whoHasConnectedIsSaidUntilItIsAcknowledged() {
        world.startLongAgo();
        world.announce(service);
        world.step();
        assertThat(read(service.next())).doesNotContainKey("connectedSince");
        refuse(503, "the registry is away");
        world.connect(-1);
        world.leave(world.connect(5));
        world.runUntil(service, 2);
        assertThat(connectedSince()).containsExactlyInAnyOrder("18446744073709551615", "5");
        world.connect(6);
        world.runUntil(service, 3);
        assertThat(connectedSince()).containsExactlyInAnyOrder("18446744073709551615", "5", "6");
        answer(ACKNOWLEDGEMENT);
        world.runUntil(service, 4);
        assertThat(connectedSince()).containsExactlyInAnyOrder("18446744073709551615", "5", "6");
        world.runUntil(service, 5);
        assertThat(connectedSince()).isNull();
    }

    private Object connectedSinceOf(TestService.Request request) {
        return read(request).get("connectedSince");
    }

    @SuppressWarnings("unchecked")
    private List<String> connectedSince() {
        return (List<String>) connectedSinceOf(service.next());
    }

    @Test
    void whatDoesNotFitFollowsWithTheNextOne() {
        try (AnnouncerWorld large = new AnnouncerWorld(80)) {
            large.startLongAgo();
            NetcodeClient client = large.connect(1);
            large.leave(client);
            for (int id = 2; id <= 257; id++) {
                large.leave(large.connect(id));
            }
            large.announce(service);
            large.step();
            assertThat(connectedSince())
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, 256).mapToObj(String::valueOf).toList());
            assertThat(large.runUntil(service, 2)).isBetween(0.9, 1.05);
            assertThat(connectedSince()).containsExactly("257");
            assertThat(large.runUntil(service, 3)).isBetween(4.0, 5.05);
            assertThat(connectedSince()).isNull();
        }
    }

    @Test
    void whoHasLeftIsSaidUntilItIsAcknowledgedUnlessHeIsBack() {
        world.startLongAgo();
        world.announce(service);
        NetcodeClient gone = world.connect(5);
        NetcodeClient back = world.connect(6);
        world.runUntil(service, 1);
        assertThat(read(service.next())).doesNotContainKey("disconnectedSince");
        refuse(503, "the registry is away");
        world.leave(gone);
        world.leave(back);
        world.connect(6);
        world.runUntil(service, 2);
        assertThat(read(service.next())).containsEntry("disconnectedSince", List.of("5"));
        answer(ACKNOWLEDGEMENT);
        world.runUntil(service, 3);
        assertThat(read(service.next())).containsEntry("disconnectedSince", List.of("5"));
        world.runUntil(service, 4);
        assertThat(read(service.next())).doesNotContainKey("disconnectedSince");
    }

    @Test
    void aServiceThatWasAwayIsToldOfAllWhoAreConnected() {
        world.startLongAgo();
        world.announce(service);
        world.connect(5);
        world.runUntil(service, 1);
        assertThat(connectedSince()).containsExactly("5");
        refuse(503, "starting");
        world.runUntil(service, 2);
        assertThat(connectedSince()).isNull();
        answer(ACKNOWLEDGEMENT);
        world.runUntil(service, 3);
        assertThat(connectedSince()).containsExactly("5");
        world.runUntil(service, 4);
        assertThat(connectedSince()).isNull();
    }

    // ---- A clock that steps

    @Test
    void heartbeatsAndFreeSlotsTakeNoNoticeOfTheClockOfTheMachine() {
        world.startLongAgo();
        world.announce(service);
        world.step();
        assertThat(read(service.next())).containsEntry("freeSlots", 2);
        for (int i = 2; i < 6; i++) {
            world.wallAheadSeconds = i % 2 == 0 ? 3600 : -3600;
            assertThat(world.runUntil(service, i)).isBetween(4.0, 5.05);
            assertThat(read(service.next())).containsEntry("freeSlots", 2);
        }
        world.wallAheadSeconds = 0;
        world.run(4);
        world.connect(7);
    }

    // ---- A fresh start

    @Test
    void aFreshServerOffersNothingUntilItTakesTheTokensOfTheService() {
        answer("{\"heartbeatSeconds\": 5, \"connectTokenLifetimeSeconds\": 20}");
        world.start();
        ServerAnnouncer announcer = world.announce(service);
        long startNanos = world.nowNanos;
        world.step();
        for (int i = 2; ; i++) {
            Map<String, Object> announcement = read(service.next());
            double seconds = (world.nowNanos - startNanos) / 1e9;
            // 30 s is what the server allows, so that it refuses new tokens of 20 s for 10 s.
            if (announcement.get("freeSlots").equals(2)) {
                assertThat(seconds).isBetween(11.0, 12.2);
                assertThat(announcer.isOffered()).isTrue();
                return;
            }
            assertThat(seconds).isLessThan(11.1);
            assertThat(announcer.isAcknowledged()).isTrue();
            assertThat(announcer.isOffered()).isFalse();
            world.runUntil(service, i);
        }
    }

    @Test
    void aServiceThatKeepsItsLifetimeToItselfGetsTheTrueNumber() {
        answer("{\"heartbeatSeconds\": 5}");
        world.start();
        world.announce(service);
        world.step();
        assertThat(read(service.next())).containsEntry("freeSlots", 0);
        assertThat(world.runUntil(service, 2)).isBetween(0.9, 1.05);
        assertThat(read(service.next())).containsEntry("freeSlots", 2);
    }

    @Test
    void aServiceWhoseTokensLiveTooLongIsOfferedNothing() {
        answer("{\"heartbeatSeconds\": 5, \"connectTokenLifetimeSeconds\": 31}");
        world.startLongAgo();
        world.announce(service);
        world.step();
        service.next();
        assertThat(world.runUntil(service, 2)).isBetween(0.9, 1.05);
        assertThat(read(service.next())).containsEntry("freeSlots", 0);
    }

    // ---- Without the service

    @Test
    void anOutageIsSaidOnceAndItsEndToo() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        NetcodeClient client = world.connect(1);
        world.step();
        world.log.lines.clear();
        refuse(503, "the registry is away");
        world.run(100);
        assertThat(announcer.isAcknowledged()).isFalse();
        assertThat(client.isConnected()).isTrue();
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING The token service at " + service.endpoint())
                .contains("busy (503), saying \"Title: the registry is away\"")
                .contains("Who is connected plays on");
        answer(ACKNOWLEDGEMENT);
        world.run(20);
        assertThat(announcer.isAcknowledged()).isTrue();
        assertThat(world.log.lines).hasSize(2);
        assertThat(world.log.lines.get(1)).startsWith("INFO").contains("again, after ");
    }

    @Test
    void anOutageIsTriedAgainWithWaitsThatGrowToALimit() {
        refuse(500, "oops");
        world.startLongAgo();
        world.announce(service);
        world.step();
        List<Double> seconds = new ArrayList<>();
        for (int i = 2; i < 22; i++) {
            seconds.add(world.runUntil(service, i));
        }
        assertThat(seconds).allMatch(pause -> pause >= 0.9 && pause <= 16.05);
        assertThat(seconds.getFirst()).isLessThan(2.1);
        assertThat(seconds.stream().mapToDouble(Double::doubleValue).max().orElseThrow())
                .isGreaterThan(5);
    }

    @ParameterizedTest
    @CsvSource({
        "503, 20, 20, 22.1",
        "429, 150, 150, 152.1",
        "403, 150, 150, 152.1",
        "503, 3600, 3600, 3602.1",
        "503, 3601, 3600, 3602.1",
        "503, 99999999999999999999, 3600, 3602.1"
    })
    void theServiceSaysWhenItWantsToBeToldAgainUpToALimit(
            int status, String retryAfterSeconds, double least, double most) {
        refuse(status, "busy", "Retry-After", retryAfterSeconds);
        world.startLongAgo();
        world.announce(service);
        world.step();
        assertThat(world.runUntil(service, 2)).isBetween(least, most);
    }

    @Test
    void aChangeDoesNotHurryAServiceThatIsBusy() {
        refuse(503, "busy", "Retry-After", "20");
        world.startLongAgo();
        world.announce(service);
        world.step();
        world.connect(1);
        world.connect(2);
        assertThat(world.runUntil(service, 2)).isBetween(18.0, 22.1);
    }

    @Test
    void aServiceThatIsNotThereIsSaidNotToBeReached() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            port = socket.getLocalPort();
        }
        world.startLongAgo();
        world.announce(world.builder(service).endpoint(URI.create("http://localhost:" + port)));
        world.step();
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .contains("cannot be reached: nothing listens there");
    }

    @Test
    void aWrongCredentialIsSaidClearly() {
        refuse(401, "no such server credential, nor is " + AnnouncerWorld.CREDENTIAL);
        world.startLongAgo();
        world.announce(service);
        world.run(60);
        assertThat(service.received()).isGreaterThan(3);
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("does not accept the credential of this server (401)")
                .contains("configured with")
                .doesNotContain(AnnouncerWorld.CREDENTIAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 422})
    void aRefusalIsSaidWithWhatTheServiceSaysAboutIt(int status) {
        refuse(status, "protocolId 7 is not served here");
        world.startLongAgo();
        world.announce(service);
        world.run(30);
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("refuses the announcement (" + status + ")")
                .contains("protocolId 7 is not served here");
    }

    /// Two servers were given one id: this one is the second.
    @Test
    void aTakenIdIsSaidAndTheOtherServerIsNotWithdrawn() {
        refuse(409, "Two game servers announce themselves as 'eu-1'");
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        Object startId = read(service.next()).get("startId");
        world.run(60);
        assertThat(read(service.next()).get("startId")).isEqualTo(startId);
        int received = service.received();
        assertThat(received).isGreaterThan(3);
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("another server announces itself under this id")
                .contains("Two game servers announce themselves as 'eu-1'");
        announcer.close();
        assertThat(service.received()).isEqualTo(received);
    }

    @Test
    void anOutageThatTurnsIntoARefusalIsSaidAgain() {
        refuse(503, "starting");
        world.startLongAgo();
        world.announce(service);
        world.run(10);
        refuse(401, "who are you");
        world.run(40);
        refuse(503, "starting");
        world.run(40);
        assertThat(world.log.lines).hasSize(2);
        assertThat(world.log.lines.get(1)).startsWith("ERROR").contains("401");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"heartbeatSeconds\": -1}",
                "{\"heartbeatSeconds\": \"5\"}"
            })
    void anAnswerThatIsNoneIsSaidToBeSo(String body) {
        answer(body);
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        assertThat(announcer.isAcknowledged()).isFalse();
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .contains("what answers is no token service");
    }

    @Test
    void redirectsAreNotFollowed() {
        TestService other =
                TestService.http((_, exchange) -> acknowledge(exchange, ACKNOWLEDGEMENT));
        answers.set((_, exchange) ->
                TestService.answer(
                        exchange, 307, "text/plain", "", "Location", other.endpoint() + "/"));
        world.startLongAgo();
        world.announce(service);
        world.step();
        assertThat(world.log.lines).singleElement().asString().contains("307");
        assertThat(other.received()).isZero();
        other.close();
    }

    @Test
    void anAnswerThatDoesNotComeIsGivenUpAndTheServerTicksOn() {
        CountDownLatch never = new CountDownLatch(1);
        answers.set((_, _) -> TestService.hold(never));
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.update();
        service.next();
        for (int i = 0; i < 49; i++) {
            world.nowNanos += AnnouncerWorld.SECOND / 10;
            world.update();
            assertThat(announcer.isCalling()).isTrue();
        }
        world.nowNanos += AnnouncerWorld.SECOND / 10;
        world.settle();
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .contains("no complete answer within 5000 ms");
        never.countDown();
        answer(ACKNOWLEDGEMENT);
        world.run(5);
        assertThat(announcer.isAcknowledged()).isTrue();
    }

    @Test
    void aCredentialThatIsNotThereIsSaidSoWithoutItsSecrets() {
        world.startLongAgo();
        world.announce(
                world.builder(service)
                        .credentials(() -> {
                            throw new IOException("cannot read " + AnnouncerWorld.CREDENTIAL);
                        }));
        world.step();
        assertThat(service.received()).isZero();
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .contains("java.io.IOException")
                .doesNotContain(AnnouncerWorld.CREDENTIAL);
    }

    @Test
    void everyAnnouncementAsksForTheCredentialAnew() {
        AtomicInteger asked = new AtomicInteger();
        world.startLongAgo();
        world.announce(
                world.builder(service).credentials(() -> "credential-" + asked.incrementAndGet()));
        world.step();
        world.runUntil(service, 2);
        assertThat(service.next().authorization()).contains("Bearer credential-1");
        assertThat(service.next().authorization()).contains("Bearer credential-2");
    }

    @Test
    void aSupplierOfHashesThatFailsDoesNotEndTheTick() {
        world.startLongAgo();
        world.announce(
                world.builder(service)
                        .webTransportCertificateHashes(() -> {
                            throw new IllegalStateException("no certificate yet");
                        }));
        world.run(10);
        assertThat(service.received()).isZero();
        assertThat(world.log.lines).singleElement().asString().contains("no certificate yet");
    }

    // ---- The end

    @Test
    void closingWithdrawsTheServerOnce() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        service.next();
        announcer.close();
        TestService.Request request = service.next();
        assertThat(request.method()).isEqualTo("DELETE");
        assertThat(request.path()).isEqualTo("/v1/servers/eu-1");
        assertThat(request.authorization()).contains("Bearer " + AnnouncerWorld.CREDENTIAL);
        assertThat(announcer.isAcknowledged()).isFalse();
        announcer.close();
        world.run(20);
        assertThat(service.received()).isEqualTo(2);
        assertThat(world.log.lines).hasSize(1);
    }

    @Test
    void aServerThatWasNeverAnnouncedIsNotWithdrawn() {
        world.announce(service).close();
        assertThat(service.received()).isZero();
    }

    @Test
    void anAnnouncementThatIsUnderWayComesBeforeTheWithdrawal() {
        CountDownLatch isReleased = new CountDownLatch(1);
        answers.set((request, exchange) -> {
            if (request.method().equals("PUT")) {
                TestService.hold(isReleased);
            }
            acknowledge(exchange, ACKNOWLEDGEMENT);
        });
        world.startLongAgo();
        ServerAnnouncer announcer =
                world.announce(world.builder(service).closeTimeout(Duration.ofSeconds(30)));
        world.update();
        service.next();
        Thread closing = Thread.ofVirtual().start(announcer::close);
        isReleased.countDown();
        assertThat(service.next().method()).isEqualTo("DELETE");
        assertThat(joins(closing)).isTrue();
    }

    private static boolean joins(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAnnouncementThatDoesNotEndIsFollowedByNoWithdrawal() {
        CountDownLatch never = new CountDownLatch(1);
        answers.set((_, _) -> TestService.hold(never));
        world.startLongAgo();
        ServerAnnouncer announcer =
                world.announce(world.builder(service).closeTimeout(Duration.ofMillis(50)));
        world.update();
        service.next();
        announcer.close();
        assertThat(service.received()).isEqualTo(1);
        assertThat(world.log.lines)
                .singleElement()
                .asString()
                .contains("an announcement was still under way");
        never.countDown();
    }

    @Test
    void closingDoesNotWaitForAServiceThatDoesNotAnswer() {
        CountDownLatch never = new CountDownLatch(1);
        answers.set((request, exchange) -> {
            if (request.method().equals("DELETE")) {
                TestService.hold(never);
            }
            acknowledge(exchange, ACKNOWLEDGEMENT);
        });
        world.startLongAgo();
        ServerAnnouncer announcer =
                world.announce(world.builder(service).closeTimeout(Duration.ofMillis(50)));
        // The first one may take longer than that to connect, and so the close would be too late.
        world.step();
        announcer.close();
        assertThat(world.log.lines).hasSize(2);
        assertThat(world.log.lines.get(1))
                .contains("was not told that the game server 'eu-1' stops")
                .contains("finds out by itself");
        never.countDown();
    }

    @ParameterizedTest
    @CsvSource({"404, 1", "500, 2"})
    void aWithdrawalThatFailsIsSaid(int status, int lines) {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        refuse(status, "no");
        announcer.close();
        assertThat(world.log.lines).hasSize(lines);
    }

    @Test
    void aServerThatStopsIsWithdrawnAndComesBackWhenItStartsAgain() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        service.next();
        world.server.stop();
        assertThat(world.runUntil(service, 2)).isLessThanOrEqualTo(1.05);
        assertThat(service.next().method()).isEqualTo("DELETE");
        assertThat(announcer.isAcknowledged()).isFalse();
        world.run(20);
        assertThat(service.received()).isEqualTo(2);
        world.start();
        world.step();
        assertThat(service.received()).isEqualTo(3);
        assertThat(service.next().method()).isEqualTo("PUT");
    }

    // ---- Trust

    @Test
    void theServiceShowsThePinnedCertificateOrGetsNothing() {
        TestCertificate certificate = TestCertificate.selfSigned();
        try (TestService secure =
                TestService.https(
                        certificate, (_, exchange) -> acknowledge(exchange, ACKNOWLEDGEMENT))) {
            world.startLongAgo();
            ServerAnnouncer announcer =
                    world.announce(world.builder(secure).pinnedCertificates(certificate.sha256()));
            world.step();
            assertThat(announcer.isAcknowledged()).isTrue();
            announcer.close();
            assertThat(secure.received()).isEqualTo(2);
            world.log.lines.clear();
            world.announce(world.builder(secure).pinnedCertificates("ab".repeat(32)));
            world.step();
            assertThat(secure.received()).isEqualTo(2);
            assertThat(world.log.lines)
                    .singleElement()
                    .asString()
                    .startsWith("ERROR")
                    .contains("none of the pinned ones");
        }
    }

    // ---- Settings

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ü"})
    void aNameThatIsNoneIsRefused(String name) {
        assertThatThrownBy(() -> ServerAnnouncer.builder().serverId(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("serverId");
    }

    @Test
    void aNameHas64CharactersAtMost() {
        assertThat(ServerAnnouncer.builder().serverId("a".repeat(64))).isNotNull();
        assertThatThrownBy(() -> ServerAnnouncer.builder().serverId("a".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ServerAnnouncer.builder().region("a".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsMissingIsNamed() {
        ServerAnnouncer.Builder builder = ServerAnnouncer.builder();
        assertThatThrownBy(builder::build).hasMessageContaining("endpoint(…)");
        builder.endpoint(service.endpoint());
        assertThatThrownBy(builder::build).hasMessageContaining("serverId(…)");
        builder.serverId("eu-1");
        assertThatThrownBy(builder::build).hasMessageContaining("publicAddress(…)");
        builder.publicAddress(NetAddress.parse("203.0.113.5:7777"));
        assertThatThrownBy(builder::build).hasMessageContaining("credentials(…)");
    }

    @Test
    void timeoutsHaveLimits() {
        ServerAnnouncer.Builder builder = ServerAnnouncer.builder();
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofMinutes(1).plusNanos(1)}) {
            assertThatThrownBy(() -> builder.connectTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.requestTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.closeTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(builder.closeTimeout(Duration.ofMinutes(1))).isNotNull();
    }

    @Test
    void anUpdateWithNothingToSayAllocatesNothing() {
        world.startLongAgo();
        ServerAnnouncer announcer = world.announce(service);
        world.step();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            announcer.update(world.server);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            announcer.update(world.server);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        assertThat(announcer).hasToString("ServerAnnouncer[eu-1 to " + service.endpoint() + "]");
    }
}
