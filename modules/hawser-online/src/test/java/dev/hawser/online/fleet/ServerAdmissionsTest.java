package dev.hawser.online.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server asks a service about newcomers, in virtual time and over real HTTP.
class ServerAdmissionsTest {
    private static final int SLOTS = 80;
    private static final long REAL_SECONDS_MAX = 120;

    private final ScriptedFleet fleet = new ScriptedFleet();
    private ConnectionRequestHandler games = ConnectionRequest::accept;
    private ServerAdmissions admissions;
    private AnnouncerWorld world;

    @AfterEach
    void closeAll() {
        if (world != null) {
            world.close();
        }
        fleet.close();
    }

    private void begin() {
        begin(ServerAdmissions.builder());
    }

    private void begin(ServerAdmissions.Builder builder) {
        admissions = builder.handler(request -> games.onRequest(request)).build();
        world = new AnnouncerWorld(SLOTS, Duration.ofSeconds(30), admissions);
        world.startLongAgo();
        world.announce(world.builder(fleet.service).admissions(admissions));
        world.step();
    }

    private NetcodeClient connect(long clientId) {
        NetcodeClient client = world.dial(clientId);
        world.run(1);
        assertThat(client.isConnected()).isTrue();
        return client;
    }

    private static DisconnectReason reasonOf(NetcodeClient client) {
        return client.state() instanceof ConnectionState.Disconnected(DisconnectReason reason)
                ? reason
                : null;
    }

    private static Refusal refusalOf(NetcodeClient client) {
        return reasonOf(client) instanceof DisconnectReason.Denied denied
                ? denied.refusal().orElseThrow()
                : null;
    }

    /// Lets time pass while questions are under way.
    private void runUnsettled(double seconds) {
        for (int i = 0; i < seconds * 20; i++) {
            world.nowNanos += AnnouncerWorld.SECOND / 20;
            world.update();
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(REAL_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(endNanos);
            Thread.onSpinWait();
        }
    }

    private static String kick(String id, Object clientId, Object connectionId, String why) {
        return """
        {"id": "%s", "type": "kick", "clientId": "%s", "connectionId": "%s", "why": "%s",
         "text": "some words"}
        """
                .formatted(id, clientId, connectionId, why);
    }

    // ---- Coming in

    @Test
    void aNewcomerComesInWhenTheServiceSaysSo() {
        begin();
        NetcodeClient client = connect(7);
        assertThat(client.isConnected()).isTrue();
        Map<String, Object> question = fleet.questions.getFirst();
        assertThat(question)
                .containsEntry("startId", fleet.announcements.getFirst().get("startId"))
                .containsEntry("maxConnectTokenLifetimeSeconds", 30L)
                .containsEntry("ended", List.of());
        Map<String, Object> newcomer = ScriptedFleet.list(question, "newcomers").getFirst();
        assertThat(newcomer)
                .containsEntry("clientId", "7")
                .containsEntry(
                        "tokenTag",
                        world.server
                                .connectedClients()
                                .iterator()
                                .next()
                                .token()
                                .orElseThrow()
                                .tag()
                                .toString());
        assertThat(newcomer.get("connectionId")).asString().matches("[0-9a-f]{32}");
        assertThat(newcomer.get("expiresAt")).isInstanceOf(Long.class);
        assertThat(fleet.questions).hasSize(1);
        assertThat(fleet.present()).isEmpty();
        assertThat(admissions.stats().admitted()).isOne();
    }

    @Test
    void whoIsRefusedIsToldWhy() {
        begin();
        fleet.answer = _ -> "{\"outcome\": \"token-used\"}";
        NetcodeClient used = world.dial(1);
        world.run(1);
        assertThat(refusalOf(used)).isEqualTo(new Refusal.TokenUsed());
        fleet.answer = _ -> "{\"outcome\": \"banned\", \"why\": \"cheating\"}";
        NetcodeClient banned = world.dial(2);
        world.run(1);
        assertThat(refusalOf(banned)).isEqualTo(new Refusal.Banned("cheating", 0));
        fleet.answer = _ -> "{\"outcome\": \"draining\", \"retryAfterSeconds\": 9}";
        NetcodeClient draining = world.dial(3);
        world.run(0.5);
        assertThat(world.server.stats().refusals()).containsValue(1L).hasSize(3);
        assertThat(world.server.connectedClients()).isEmpty();
        assertThat(draining.isConnected()).isFalse();
        assertThat(fleet.ended()).isEmpty();
        assertThat(admissions.stats().refused()).isEqualTo(3);
    }

    @Test
    void whomTheGameRefusesTheServiceNeverHearsOf() {
        games = request -> request.refuse(new Refusal.Custom(1001, "not today", 0));
        begin();
        NetcodeClient client = world.dial(1);
        world.run(2);
        assertThat(refusalOf(client)).isEqualTo(new Refusal.Custom(1001, "not today", 0));
        assertThat(fleet.questions).isEmpty();
    }

    @Test
    void theGameMayLetSomebodyInLaterAndFromAnotherThread() throws InterruptedException {
        List<ConnectionRequest> asked = new ArrayList<>();
        games = asked::add;
        begin();
        NetcodeClient client = world.dial(1);
        world.run(0.5);
        assertThat(fleet.questions).isEmpty();
        Thread other = Thread.ofVirtual().start(() -> asked.getFirst().accept());
        other.join();
        assertThat(asked.getFirst().isAnswered()).isTrue();
        assertThat(asked.getFirst().refuse(new Refusal.Internal(0))).isFalse();
        world.run(0.5);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void thoseWhoComeMeanwhileAreAskedAboutTogetherAndAtMost64() {
        begin();
        CountDownLatch open = new CountDownLatch(1);
        fleet.open = open;
        List<NetcodeClient> clients = new ArrayList<>();
        clients.add(world.dial(1));
        runUnsettled(0.5);
        await(() -> fleet.questions.size() == 1);
        LongStream.rangeClosed(2, 67).forEach(id -> clients.add(world.dial(id)));
        runUnsettled(0.5);
        assertThat(admissions.stats().waiting()).isEqualTo(67);
        assertThat(fleet.questions).hasSize(1);
        open.countDown();
        world.run(1);
        assertThat(fleet.questions)
                .extracting(question -> ScriptedFleet.list(question, "newcomers").size())
                .containsExactly(1, 64, 2);
        assertThat(clients).allMatch(NetcodeClient::isConnected);
    }

    @Test
    void moreThanMayWaitAreTurnedAway() {
        begin(ServerAdmissions.builder().waitingMax(2));
        fleet.open = new CountDownLatch(1);
        world.dial(1);
        runUnsettled(0.3);
        NetcodeClient second = world.dial(2);
        runUnsettled(0.3);
        NetcodeClient third = world.dial(3);
        runUnsettled(0.3);
        assertThat(refusalOf(third)).isEqualTo(new Refusal.Internal(5));
        assertThat(admissions.stats().turnedAway()).isOne();
        fleet.open.countDown();
        world.run(1);
        assertThat(second.isConnected()).isTrue();
        assertThat(fleet.newcomers()).hasSize(2);
    }

    // ---- Ends

    @Test
    void whoLeavesIsReleasedUntilTheServiceHasHeardIt() {
        begin();
        NetcodeClient client = connect(7);
        Object connectionId = fleet.newcomers().getFirst().get("connectionId");
        fleet.statusOfQuestions = 503;
        world.leave(client);
        world.run(3);
        fleet.statusOfQuestions = 200;
        world.run(10);
        assertThat(fleet.ended().size()).isGreaterThan(1);
        assertThat(fleet.ended())
                .allMatch(Map.of("clientId", "7", "connectionId", connectionId)::equals);
        int told = fleet.questions.size();
        world.run(30);
        assertThat(fleet.questions).hasSize(told);
        assertThat(admissions.stats().players()).isZero();
    }

    @Test
    void whoWasAdmittedAndNeverCameIsReleased() {
        begin();
        fleet.open = new CountDownLatch(1);
        NetcodeClient client = world.dial(7);
        runUnsettled(0.5);
        world.freeze(client);
        fleet.open.countDown();
        world.run(30);
        assertThat(fleet.ended()).isEmpty();
        world.run(10);
        assertThat(fleet.ended()).hasSize(1);
        assertThat(admissions.stats().players()).isZero();
    }

    @Test
    void whoIsDisconnectedByTheGameIsReleased() {
        begin();
        connect(7);
        world.server.disconnect(
                world.server.connectedClients().iterator().next(),
                dev.hawser.protocol.StatedReason.NONE);
        world.run(1);
        assertThat(fleet.ended()).hasSize(1);
    }

    // ---- No answer

    @Test
    void withoutAnAnswerNewcomersAreToldWhenToComeBackAndOthersStay() {
        begin();
        NetcodeClient here = connect(1);
        fleet.statusOfQuestions = 503;
        NetcodeClient client = world.dial(2);
        world.run(1.5);
        assertThat(reasonOf(client)).isNull();
        world.run(1.5);
        assertThat(refusalOf(client)).isEqualTo(new Refusal.Internal(5));
        assertThat(here.isConnected()).isTrue();
        assertThat(admissions.stats().unanswered()).isOne();
        assertThat(world.log.lines).filteredOn(line -> line.contains("about newcomers")).hasSize(1);
        fleet.statusOfQuestions = 200;
        world.run(10);
        // It may have been admitted by a question whose answer was lost.
        assertThat(fleet.ended())
                .last()
                .isEqualTo(
                        Map.of(
                                "clientId",
                                "2",
                                "connectionId",
                                fleet.newcomers().getLast().get("connectionId")));
        client.connect();
        world.run(1);
        assertThat(client.isConnected()).isTrue();
        assertThat(fleet.newcomers().stream().map(each -> each.get("connectionId")).distinct())
                .hasSize(3);
        assertThat(world.log.lines).last().asString().contains("again");
    }

    @Test
    void whoPrefersPlayersLetsThemInAndTellsTheServiceLater() {
        begin(ServerAdmissions.builder().admitWhenUnreachable());
        fleet.statusOfQuestions = 503;
        NetcodeClient one = world.dial(1);
        NetcodeClient two = world.dial(2);
        world.run(3);
        assertThat(one.isConnected()).isTrue();
        assertThat(two.isConnected()).isTrue();
        Object idOfTwo =
                fleet.newcomers().stream()
                        .filter(each -> each.get("clientId").equals("2"))
                        .findFirst()
                        .orElseThrow()
                        .get("connectionId");
        fleet.superseded = List.of(idOfTwo, "00".repeat(16));
        fleet.statusOfQuestions = 200;
        world.run(10);
        assertThat(one.isConnected()).isTrue();
        assertThat(reasonOf(two)).isInstanceOf(DisconnectReason.Replaced.class);
        assertThat(fleet.present()).extracting(each -> each.get("clientId")).contains("1", "2");
        assertThat(fleet.ended()).extracting(each -> each.get("clientId")).contains("2");
        assertThat(admissions.stats().admittedUnasked()).isEqualTo(2);
        assertThat(admissions.stats().superseded()).isOne();
    }

    @Test
    void aServiceThatKnowsAnotherStartByThisNameLetsNobodyIn() {
        begin(ServerAdmissions.builder().admitWhenUnreachable());
        fleet.statusOfQuestions = 409;
        NetcodeClient client = world.dial(1);
        world.run(1);
        assertThat(refusalOf(client)).isEqualTo(new Refusal.Internal(5));
        assertThat(admissions.stats().admittedUnasked()).isZero();
    }

    @Test
    void aServiceThatDoesNotAnswerSuchQuestionsLetsEverybodyIn() {
        fleet.hasAdmissions = false;
        begin();
        connect(1);
        connect(2);
        world.run(100);
        assertThat(fleet.questions).isEmpty();
        assertThat(fleet.presences).isEmpty();
        assertThat(world.log.lines).filteredOn(line -> line.contains("about newcomers")).hasSize(1);
    }

    @Test
    void aServiceThatIsNotThereYetIsAskedAndOneThatKnowsNoSuchQuestionsIsNot() {
        fleet.statusOfAnnouncements = 503;
        fleet.statusOfQuestions = 404;
        begin();
        connect(1);
        connect(2);
        assertThat(fleet.questions).hasSize(1);
    }

    @Test
    void oneThatHasAnsweredSuchQuestionsIsOutOfOrderWhenItDoesNot() {
        begin();
        connect(1);
        fleet.statusOfQuestions = 404;
        fleet.hasAdmissions = false;
        world.run(6);
        NetcodeClient client = world.dial(2);
        world.run(3);
        assertThat(refusalOf(client)).isEqualTo(new Refusal.Internal(5));
    }

    @Test
    void afterAnOutageTheServiceHearsOfAllWhoAreHere() {
        begin();
        connect(1);
        connect(2);
        fleet.statusOfAnnouncements = 503;
        world.run(10);
        assertThat(fleet.present()).isEmpty();
        fleet.statusOfAnnouncements = 200;
        world.run(20);
        assertThat(fleet.present())
                .extracting(each -> each.get("connectionId"))
                .containsExactlyInAnyOrderElementsOf(
                        fleet.newcomers().stream().map(each -> each.get("connectionId")).toList());
        int told = fleet.present().size();
        world.run(60);
        assertThat(fleet.present().size()).isEqualTo(told + 2);
    }

    // ---- Coming back

    @Test
    void whoResumesIsNotAskedAboutButTold() {
        begin();
        NetcodeClient client = connect(7);
        String before = tag();
        world.freeze(client);
        world.run(10);
        assertThat(world.server.stats().suspendedClients()).isOne();
        assertThat(fleet.ended()).isEmpty();
        world.thaw(client);
        world.run(10);
        assertThat(client.isConnected()).isTrue();
        assertThat(tag()).isNotEqualTo(before);
        assertThat(fleet.newcomers()).hasSize(1);
        assertThat(fleet.present()).hasSize(1);
        assertThat(fleet.present().getFirst())
                .containsEntry("tokenTag", tag())
                .containsEntry("connectionId", fleet.newcomers().getFirst().get("connectionId"));
        world.leave(client);
        world.run(1);
        assertThat(fleet.ended()).hasSize(1);
    }

    private String tag() {
        return world.server
                .connectedClients()
                .iterator()
                .next()
                .token()
                .orElseThrow()
                .tag()
                .toString();
    }

    // ---- Commands

    @Test
    void aKickEndsTheConnectionThatItNamesOnceAndIsAcknowledgedWithinASecond() {
        begin();
        NetcodeClient one = connect(1);
        NetcodeClient two = connect(2);
        fleet.commands = kick("a", 1, fleet.newcomers().getFirst().get("connectionId"), "kicked");
        world.run(6);
        assertThat(one.isConnected()).isFalse();
        assertThat(reasonOf(one).playerMessage()).contains("some words");
        assertThat(two.isConnected()).isTrue();
        assertThat(fleet.ended()).hasSize(1);
        int announced = fleet.announcements.size();
        assertThat(fleet.announcements.getLast()).containsEntry("acknowledged", List.of("a"));
        // Who comes again is not kicked by the command that is heard for ever.
        one.connect();
        world.run(30);
        assertThat(one.isConnected()).isTrue();
        assertThat(fleet.announcements.size()).isBetween(announced + 5, announced + 9);
    }

    @Test
    void aKickOfOneWhoseSlotIsKeptEndsThatToo() {
        begin();
        NetcodeClient client = connect(1);
        world.freeze(client);
        world.run(10);
        assertThat(world.server.stats().suspendedClients()).isOne();
        fleet.commands = kick("a", 1, fleet.newcomers().getFirst().get("connectionId"), "replaced");
        world.run(6);
        assertThat(world.server.stats().suspendedClients()).isZero();
        assertThat(fleet.ended()).hasSize(1);
    }

    @Test
    void aKickOfAnEarlierConnectionLeavesTheLaterOne() {
        begin();
        NetcodeClient first = connect(1);
        NetcodeClient second = connect(1);
        assertThat(first.isConnected()).isFalse();
        fleet.commands = kick("a", 1, fleet.newcomers().getFirst().get("connectionId"), "replaced");
        world.run(6);
        assertThat(second.isConnected()).isTrue();
        fleet.commands = kick("b", 1, fleet.newcomers().getLast().get("connectionId"), "banned");
        world.run(6);
        assertThat(second.isConnected()).isFalse();
    }

    @Test
    void aKickEndsTheQuestionTooWhateverIsAnsweredLater() {
        begin();
        fleet.open = new CountDownLatch(1);
        NetcodeClient client = world.dial(1);
        runUnsettled(0.5);
        await(() -> fleet.questions.size() == 1);
        fleet.commands = kick("a", 1, fleet.newcomers().getFirst().get("connectionId"), "banned");
        // Announced, since a new key is said at once; the clients' time stands still.
        world.server.keyRing(
                dev.hawser.protocol.KeyRing.of(world.key)
                        .withNewest(
                                dev.hawser.protocol.PrivateKey.random(
                                        new java.util.Random(3)::nextBytes)));
        int announced = fleet.announcements.size();
        runUnsettled(1.2);
        await(() -> fleet.announcements.size() > announced);
        await(() -> {
            world.update();
            return refusalOf(client) != null || admissions.stats().refused() > 0;
        });
        fleet.open.countDown();
        world.run(2);
        assertThat(refusalOf(client)).isEqualTo(new Refusal.Banned("some words", 0));
        assertThat(world.server.connectedClients()).isEmpty();
        assertThat(fleet.ended()).hasSize(1);
    }

    @Test
    void aServerThatIsToldToDrainStaysKnownUntilItsLastPlayerHasGone() {
        begin();
        NetcodeClient client = connect(1);
        fleet.commands =
                """
                {"id": "d", "type": "drain", "withinSeconds": 600, "text": "an update"}
                """;
        world.run(6);
        assertThat(world.server.isDraining()).isTrue();
        assertThat(client.isConnected()).isTrue();
        NetcodeClient late = world.dial(2);
        world.run(0.5);
        assertThat(late.isConnected()).isFalse();
        world.run(20);
        assertThat(fleet.withdrawals).isEmpty();
        assertThat(fleet.announcements.getLast())
                .containsEntry("freeSlots", 0L)
                .containsEntry("draining", "true");
        world.leave(client);
        world.run(6);
        assertThat(fleet.withdrawals).hasSize(1);
    }

    @Test
    void whatIsSaidHasASequence() {
        begin();
        world.run(20);
        List<Object> sequences =
                fleet.announcements.stream().map(each -> each.get("sequence")).toList();
        assertThat(sequences)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, sequences.size()).boxed().toList());
        assertThat(fleet.announcements.getFirst().get("startId"))
                .asString()
                .matches("[0-9a-f]{12}7[0-9a-f]{19}");
        world.close();
        assertThat(fleet.withdrawals)
                .containsExactly(
                        "startId="
                                + fleet.announcements.getFirst().get("startId")
                                + "&sequence="
                                + (sequences.size() + 1));
    }

    // ---- Services that mean ill

    @Test
    void answersThatDoNotFitLetNobodyIn() {
        begin();
        for (String answer :
                List.of(
                        "{\"answers\": []}",
                        "{}",
                        "[]",
                        "garbage",
                        "{\"answers\": [{\"outcome\": \"admitted\"}]}",
                        "{\"answers\": [{\"outcome\": \"admitted\", \"connectionId\": \"x\"}]}",
                        "{\"answers\": [{\"outcome\": \"token-used\"}, {\"outcome\": \"x\"}]}")) {
            fleet.wholeAnswer = answer;
            NetcodeClient client = world.dial(1);
            world.run(3);
            assertThat(refusalOf(client)).as(answer).isEqualTo(new Refusal.Internal(5));
            world.leave(client);
            fleet.wholeAnswer = "";
            world.run(5);
        }
        fleet.wholeAnswer =
                "{\"answers\": [{\"outcome\": \"admitted\", \"connectionId\": \""
                        + "f".repeat(32)
                        + "\"}]}";
        NetcodeClient other = world.dial(1);
        world.run(1);
        assertThat(refusalOf(other)).isEqualTo(new Refusal.TokenUsed());
        fleet.wholeAnswer = "{\"answers\": [{\"outcome\": \"perhaps\"}]}";
        NetcodeClient unknown = world.dial(2);
        world.run(1);
        assertThat(refusalOf(unknown)).isEqualTo(new Refusal.Internal(5));
    }

    @Test
    void tenThousandCommandsAreTooMany() {
        begin();
        connect(1);
        StringBuilder commands = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            commands.append(i == 0 ? "" : ",")
                    .append("{\"id\": \"")
                    .append(i)
                    .append("\", \"type\": \"later\"}");
        }
        fleet.commands = commands.toString();
        world.run(20);
        assertThat(world.server.connectedClients()).hasSize(1);
        assertThat(fleet.announcements.getLast()).doesNotContainKey("acknowledged");
    }

    @Test
    void newCommandsForEverAreRememberedToALimit() {
        HeardCommands heard = new HeardCommands();
        for (int i = 0; i < 100_000; i++) {
            assertThat(heard.take("id" + i)).isTrue();
            assertThat(heard.take("id" + i)).isFalse();
        }
        assertThat(heard.acknowledge()).hasSize(ServerCommand.COMMANDS_MAX);
        assertThat(heard.take("id99999")).isFalse();
        assertThat(heard.take("id0")).isTrue();
    }

    // ---- What is set up wrong

    @Test
    void admissionsThatNoAnnouncerHasLetNobodyIn() {
        admissions = ServerAdmissions.builder().build();
        world = new AnnouncerWorld(SLOTS, Duration.ZERO, admissions);
        world.startLongAgo();
        world.announce(world.builder(fleet.service));
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.hawser");
        logger.setFilter(line -> {
            boolean isIt = line.getMessage().contains("that no announcer has");
            if (isIt) {
                said.add(line.getMessage());
            }
            return !isIt;
        });
        try {
            NetcodeClient client = world.dial(1);
            world.run(1);
            assertThat(refusalOf(client)).isEqualTo(new Refusal.Internal(5));
            world.dial(2);
            world.run(1);
        } finally {
            logger.setFilter(null);
        }
        assertThat(said).hasSize(1);
        assertThat(fleet.questions).isEmpty();
    }

    @Test
    void admissionsHaveOneAnnouncer() {
        begin();
        assertThatThrownBy(() -> world.builder(fleet.service).admissions(admissions).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another announcer");
    }

    // ---- Several servers that are one

    @Test
    void theNetcodeMembersOfAMultiServerAskHereAndOthersDoNot() {
        admissions = ServerAdmissions.builder().build();
        world = new AnnouncerWorld(SLOTS, Duration.ZERO, admissions);
        NetAddress address = NetAddress.parse("10.0.0.9:7777");
        NetcodeServer second =
                NetcodeServer.builder()
                        .transport(world.network.bind(address))
                        .protocolId(AnnouncerWorld.PROTOCOL_ID)
                        .privateKey(world.key)
                        .connectionRequests(admissions)
                        .monotonicClock(() -> world.nowNanos)
                        .wallClock(() -> 1_800_000_000L + world.nowNanos / AnnouncerWorld.SECOND)
                        .build();
        LocalServer local = LocalServer.builder().connectionRequests(admissions).build();
        MultiServer all =
                MultiServer.builder()
                        .add("one", world.server)
                        .add("two", second)
                        .add("local", local)
                        .build();
        world.start(all);
        world.nowNanos += 60 * AnnouncerWorld.SECOND;
        all.update();
        world.announce(world.builder(fleet.service).admissions(admissions));
        world.step();
        LocalClient host = LocalClient.builder(local).id(1).build();
        host.connect();
        world.run(1);
        host.update();
        assertThat(host.isConnected()).isTrue();
        assertThat(fleet.questions).isEmpty();
        NetcodeClient one = world.dial(1);
        NetcodeClient two = world.dialAt(address, 2);
        world.run(1);
        assertThat(one.isConnected() && two.isConnected()).isTrue();
        assertThat(fleet.newcomers()).hasSize(2);
        Object idOfTwo =
                fleet.newcomers().stream()
                        .filter(each -> each.get("clientId").equals("2"))
                        .findFirst()
                        .orElseThrow()
                        .get("connectionId");
        fleet.commands = kick("k", 2, idOfTwo, "kicked");
        world.run(6);
        assertThat(two.isConnected()).isFalse();
        assertThat(fleet.ended()).hasSize(1);
        fleet.commands =
                """
                {"id": "d", "type": "drain", "withinSeconds": 600, "text": ""}
                """;
        world.run(6);
        assertThat(world.server.isDraining() && second.isDraining()).isTrue();
        assertThat(local.isDraining()).isFalse();
        assertThat(one.isConnected() && host.isConnected()).isTrue();
        host.close();
    }

    // ---- What it costs

    @Test
    void aTickWithoutNewcomersAllocatesNothing() {
        begin();
        connect(1);
        world.run(2);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            admissions.desk().update(world.server);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            admissions.desk().update(world.server);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
