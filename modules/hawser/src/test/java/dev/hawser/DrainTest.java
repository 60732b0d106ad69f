package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A server that leaves in order.
class DrainTest {
    private static final Refusal.Draining UPDATE = new Refusal.Draining("an update", 5);
    private static final DisconnectReason DENIED = new DisconnectReason.Denied(UPDATE.stated());
    private static final DisconnectReason MOVED =
            new DisconnectReason.Moved(new StatedReason(StatedReason.MOVED, 5, "an update"));

    /// What those are told whom the server itself has spread.
    private static final DisconnectReason MOVED_IN_TURN =
            new DisconnectReason.Moved(new StatedReason(StatedReason.MOVED, 0, "an update"));

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();

    private void drive(NetServer server, double seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            world.step();
            server.receive(seen);
        }
    }

    private NetcodeClient connecting(long id) {
        NetcodeClient client = world.client(world.manual(id));
        client.connect();
        return client;
    }

    private NetcodeClient connected(NetServer server, long id) {
        NetcodeClient client = world.connect(id);
        server.receive(seen);
        return client;
    }

    // ---- From the word to the last client

    @Test
    void nobodyComesInAndWhoIsThereStaysUntilItGoes() {
        NetcodeServer server = world.startServer();
        NetcodeClient stays = connected(server, 1);
        assertThat(server.isDraining()).isFalse();
        server.drain(MINUTE, UPDATE);
        assertThat(server.isDraining()).isTrue();

        NetcodeClient newcomer = connecting(2);
        drive(server, 30);
        assertThat(reasonOf(newcomer)).isEqualTo(DENIED);
        assertThat(server.stats().deniedConnections()).isPositive();
        assertThat(stays.isConnected()).isTrue();
        stays.send(bytes("still here"));
        stays.disconnect();
        drive(server, 1);

        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "netcode:1: still here",
                        "disconnect netcode:1 ClientLeft",
                        "drained");
        assertThat(server.isRunning()).isTrue();
    }

    @Test
    void atTheDeadlineWhoIsLeftIsSentToAnotherServer() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        server.drain(MINUTE, UPDATE);
        drive(server, 59.9);
        assertThat(client.isConnected()).isTrue();
        client.send(bytes("last words"));
        drive(server, 1);

        assertThat(reasonOf(client)).isEqualTo(MOVED_IN_TURN);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "netcode:1: last words",
                        "disconnect netcode:1 Moved",
                        "drained");
        server.stop();
        server.receive(seen);
        assertThat(seen.events).endsWith("drained").hasSize(4);
    }

    private List<NetcodeClient> crowd(NetcodeServer server, int count) {
        List<NetcodeClient> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            all.add(connected(server, i));
        }
        return all;
    }

    private static long left(List<NetcodeClient> clients) {
        return clients.stream().filter(NetcodeClient::isConnected).count();
    }

    @Test
    void inTheLastSecondsOneGoesAfterTheOtherAndNobodyIsToldToWait() {
        NetcodeServer server = world.startServer();
        List<NetcodeClient> clients = crowd(server, 4);
        server.drain(MINUTE, UPDATE);
        drive(server, 56.2);
        assertThat(left(clients)).isEqualTo(4);
        drive(server, 0.1);
        assertThat(left(clients)).isEqualTo(3);
        drive(server, 1.1);
        assertThat(left(clients)).isEqualTo(3);
        drive(server, 0.2);
        assertThat(left(clients)).isEqualTo(2);
        drive(server, 1.3);
        assertThat(left(clients)).isEqualTo(1);
        drive(server, 1);
        assertThat(left(clients)).isEqualTo(1);
        drive(server, 0.2);
        assertThat(clients).allSatisfy(c -> assertThat(reasonOf(c)).isEqualTo(MOVED_IN_TURN));
        assertThat(seen.events).endsWith("drained").hasSize(9);
    }

    @Test
    void whoGoesByItselfTakesTheTurnOfAnother() {
        NetcodeServer server = world.startServer();
        List<NetcodeClient> clients = crowd(server, 4);
        server.drain(MINUTE, UPDATE);
        drive(server, 55.5);
        clients.getFirst().disconnect();
        clients.get(1).disconnect();
        drive(server, 2);
        assertThat(left(clients)).isEqualTo(2);
        drive(server, 1.4);
        assertThat(left(clients)).isEqualTo(1);
    }

    @Test
    void withLittleTimeHalfOfItIsEverybodysAndTheyAreToldToWaitForTheRest() {
        NetcodeServer server = world.startServer();
        List<NetcodeClient> clients = crowd(server, 2);
        server.drain(Duration.ofSeconds(4), UPDATE);
        drive(server, 2.9);
        assertThat(left(clients)).isEqualTo(2);
        drive(server, 0.3);
        assertThat(left(clients)).isEqualTo(1);
        drive(server, 1);
        assertThat(clients)
                .allSatisfy(c ->
                        assertThat(reasonOf(c))
                                .isEqualTo(
                                        new DisconnectReason.Moved(
                                                new StatedReason(
                                                        StatedReason.MOVED, 3, "an update"))));
    }

    @Test
    void aServerThatStoodStillInTheLastSecondsSendsAllAwayAtOnceAndTellsThemToWait() {
        NetcodeServer server = world.startServer();
        List<NetcodeClient> clients = crowd(server, 2);
        server.drain(Duration.ofSeconds(20), UPDATE);
        drive(server, 14);
        world.nowNanos += Duration.ofSeconds(7).toNanos();
        drive(server, 0.1);
        assertThat(clients).allSatisfy(c -> assertThat(reasonOf(c)).isEqualTo(MOVED));
    }

    @Test
    void aDeadlineOfZeroSendsEverybodyAwayAtOnceAndKeepsWhatTheySaid() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        client.send(bytes("said before"));
        world.step();

        server.drain(Duration.ZERO, UPDATE);

        assertThat(server.connectedClients()).isEmpty();
        drive(server, 0.1);
        assertThat(reasonOf(client)).isEqualTo(MOVED);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "netcode:1: said before",
                        "disconnect netcode:1 Moved",
                        "drained");
    }

    @Test
    void withNobodyThereItIsDrainedWithTheNextUpdateAndSaysSoOnce() {
        NetcodeServer server = world.startServer();
        server.drain(MINUTE, UPDATE);
        drive(server, 2);
        server.drain(MINUTE, UPDATE);
        drive(server, 2);
        server.stop();
        server.receive(seen);
        assertThat(seen.events).containsExactly("drained");
    }

    @Test
    void aSecondDrainReplacesTheDeadline() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        server.drain(Duration.ofSeconds(10), UPDATE);
        drive(server, 5);
        server.drain(Duration.ofSeconds(10), new Refusal.Draining("later", 7));
        drive(server, 8);
        assertThat(client.isConnected()).isTrue();
        server.drain(Duration.ofSeconds(1), new Refusal.Draining("sooner", 9));
        drive(server, 1.1);
        assertThat(reasonOf(client))
                .isEqualTo(
                        new DisconnectReason.Moved(
                                new StatedReason(StatedReason.MOVED, 9, "sooner")));
    }

    @Test
    void aDeadlineLongerThanAnyClockIsNone() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        server.drain(Duration.ofSeconds(Long.MAX_VALUE), UPDATE);
        drive(server, 60);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void stoppedBeforeItsDeadlineAServerSendsWhoIsLeftToAnother() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        server.drain(MINUTE, UPDATE);

        server.stop();

        server.receive(seen);
        world.clients.forEach(NetClient::update);
        assertThat(reasonOf(client)).isEqualTo(MOVED);
        assertThat(seen.events)
                .containsExactly("connect netcode:1", "disconnect netcode:1 Moved", "drained");
        assertThat(server.isDraining()).isFalse();
    }

    @Test
    void startedAgainItTakesNewcomersAndCanDrainAgain() throws Exception {
        NetcodeServer server = world.startServer();
        server.drain(MINUTE, UPDATE);
        server.stop();
        server.receive(seen);
        server.start();
        NetcodeClient client = connected(server, 1);
        assertThat(client.isConnected()).isTrue();
        server.drain(Duration.ZERO, UPDATE);
        drive(server, 0.1);
        assertThat(seen.events)
                .containsExactly(
                        "drained", "connect netcode:1", "disconnect netcode:1 Moved", "drained");
    }

    @Test
    void aServerThatDoesNotRunDoesNotDrain() {
        NetcodeServer server = world.serverBuilder().build();
        server.drain(MINUTE, UPDATE);
        assertThat(server.isDraining()).isFalse();
        startUnchecked(server);
        assertThat(server.isDraining()).isFalse();
        server.stop();
        assertThat(server.receive(seen)).isZero();
        assertThat(seen.events).isEmpty();
    }

    @Test
    void aNegativeDeadlineIsRefused() {
        NetcodeServer server = world.startServer();
        assertThatThrownBy(() -> server.drain(Duration.ofMillis(-1), UPDATE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "deadline is PT-0.001S, but must not be negative: give zero to send"
                                + " everybody away at once");
        assertThat(server.isDraining()).isFalse();
    }

    @Test
    void itMayBeCalledInTheHandlerWhichStillHearsEverything() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = connected(server, 1);
        connected(server, 2);
        client.send(bytes("update!"));
        world.step();
        server.receive(
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        server.drain(Duration.ZERO, UPDATE);
                    }

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        seen.onDisconnect(client, reason);
                    }
                });
        drive(server, 0.1);
        assertThat(seen.events)
                .containsExactlyInAnyOrder(
                        "connect netcode:1",
                        "connect netcode:2",
                        "disconnect netcode:1 Moved",
                        "disconnect netcode:2 Moved",
                        "drained")
                .endsWith("drained");
    }

    // ---- Newcomers on their way

    @Test
    void anAnswerThatComesTooLateDoesNothingAndNobodyElseIsAsked() {
        List<ConnectionRequest> asked = new ArrayList<>();
        NetcodeServer server = world.start(world.serverBuilder().connectionRequests(asked::add));
        NetcodeClient waiting = connecting(1);
        drive(server, 0.5);
        NetcodeClient notYetAsked = connecting(2);
        world.driveUntil(() -> server.stats().pendingConnections() == 2);
        for (int i = 0; i < 20; i++) {
            world.step();
        }
        server.drain(MINUTE, UPDATE);
        assertThat(asked.getFirst().accept()).isTrue();
        drive(server, 1);

        assertThat(asked).hasSize(1);
        assertThat(reasonOf(waiting)).isEqualTo(DENIED);
        assertThat(reasonOf(notYetAsked)).isEqualTo(DENIED);
        assertThat(seen.events).containsExactly("drained");
    }

    @Test
    void aConnectedClientMayNotTakeItsSlotOver() {
        NetcodeServer server = world.start(world.serverBuilder().sameClient(SameClient.TAKE_OVER));
        NetcodeClient client = connected(server, 1);
        server.drain(MINUTE, UPDATE);
        NetcodeClient again = connecting(1);
        drive(server, 1);
        assertThat(reasonOf(again)).isEqualTo(DENIED);
        assertThat(client.isConnected()).isTrue();
    }

    // ---- Other kinds

    private LocalClient local(LocalServer server, long id) {
        LocalClient client = LocalClient.builder(server).id(id).build();
        world.clients.add(client);
        client.connect();
        return client;
    }

    @Test
    void aLocalServerDrainsToo() {
        List<ConnectionRequest> asked = new ArrayList<>();
        LocalServer server = LocalServer.builder().connectionRequests(asked::add).build();
        startUnchecked(server);
        world.servers.add(server);
        LocalClient stays = local(server, 1);
        drive(server, 0.1);
        asked.getFirst().accept();
        LocalClient waiting = local(server, 2);
        drive(server, 0.1);

        server.drain(MINUTE, UPDATE);
        LocalClient newcomer = local(server, 3);
        asked.getLast().accept();
        drive(server, 0.1);

        assertThat(asked).hasSize(2);
        assertThat(reasonOf(waiting)).isEqualTo(DENIED);
        assertThat(reasonOf(newcomer)).isEqualTo(DENIED);
        assertThat(server.stats().deniedConnections()).isEqualTo(2);
        assertThat(server.stats().pendingConnections()).isZero();
        assertThat(stays.isConnected()).isTrue();
        server.drain(Duration.ZERO, UPDATE);
        drive(server, 0.1);
        assertThat(reasonOf(stays)).isEqualTo(MOVED);
        assertThat(seen.events)
                .containsExactly("connect local:1", "disconnect local:1 Moved", "drained");
    }

    @Test
    void ofSeveralServersAllDrainAndItIsSaidOnceWhenTheLastIsEmpty() {
        NetcodeServer udp = world.serverBuilder().build();
        LocalServer local = LocalServer.builder().build();
        MultiServer server = MultiServer.builder().add("udp", udp).add("local", local).build();
        startUnchecked(server);
        world.servers.add(server);
        NetcodeClient remote = connected(server, 1);
        LocalClient host = local(local, 2);
        drive(server, 0.1);
        server.drain(MINUTE, UPDATE);
        assertThat(server.isDraining()).isTrue();
        assertThat(udp.isDraining()).isTrue();

        NetcodeClient newcomer = connecting(3);
        LocalClient localNewcomer = local(local, 4);
        remote.disconnect();
        drive(server, 1);
        assertThat(reasonOf(newcomer)).isEqualTo(DENIED);
        assertThat(reasonOf(localNewcomer)).isEqualTo(DENIED);
        assertThat(seen.events).doesNotContain("drained");
        host.disconnect();
        drive(server, 1);

        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "connect local:2",
                        "disconnect netcode:1 ClientLeft",
                        "disconnect local:2 ClientLeft",
                        "drained");
        server.stop();
        server.receive(seen);
        assertThat(seen.events).hasSize(5);
    }

    @Test
    void aMemberThatDrainsAloneLeavesTheOthersOpen() {
        NetcodeServer udp = world.serverBuilder().build();
        LocalServer local = LocalServer.builder().build();
        MultiServer server = MultiServer.builder().add("udp", udp).add("local", local).build();
        startUnchecked(server);
        world.servers.add(server);
        NetcodeClient remote = connected(server, 1);
        udp.drain(Duration.ZERO, UPDATE);
        LocalClient host = local(local, 2);
        drive(server, 1);
        assertThat(reasonOf(remote)).isEqualTo(MOVED);
        assertThat(host.isConnected()).isTrue();
        assertThat(server.isDraining()).isFalse();
        assertThat(seen.events).doesNotContain("drained");

        server.drain(Duration.ZERO, UPDATE);
        server.stop();
        server.receive(seen);

        assertThat(seen.events).endsWith("disconnect local:2 Moved", "drained");
        assertThat(seen.events.stream().filter("drained"::equals)).hasSize(1);
    }

    // ---- Waiting

    @Test
    void aWaitEndsWhenTheDeadlineComes() {
        LocalServer server = LocalServer.builder().build();
        startUnchecked(server);
        world.servers.add(server);
        LocalClient client = local(server, 1);
        drive(server, 0.1);
        server.drain(Duration.ofMillis(20), UPDATE);
        // Without the deadline it would wait for longer than any test may take.
        while (!server.connectedClients().isEmpty()) {
            server.await(Duration.ofDays(1).toNanos());
            server.update();
        }
        client.update();
        assertThat(reasonOf(client)).isEqualTo(MOVED);
    }

    @Test
    void whoIsStartedAgainIsNotToldThatItHadDrained() {
        NetcodeServer server = world.startServer();
        connected(server, 1);
        server.drain(Duration.ZERO, UPDATE);
        world.step();
        server.stop();
        startUnchecked(server);
        drive(server, 1);
        assertThat(seen.events).containsExactly("connect netcode:1", "disconnect netcode:1 Moved");
    }
}
