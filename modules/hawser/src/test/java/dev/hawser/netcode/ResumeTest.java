package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.Resume;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// A client that loses its connection, and a game that keeps its place.
class ResumeTest {
    private static final NetAddress OTHER_ADDRESS = NetAddress.parse("10.0.0.2:7777");

    private final Fixtures world = new Fixtures();
    private final MovableTransport network = new MovableTransport(this::nextPlace);
    private final NetcodeClient client =
            world.clientBuilder()
                    .transport(network)
                    .resume(Resume.within(Duration.ofSeconds(20)))
                    .build();
    private final Game game = new Game();
    private NetcodeServer server =
            world.start(world.serverBuilder().keepSlotFor(Duration.ofSeconds(30)));
    private int places;

    private Transport nextPlace() {
        return world.network.bind(NetAddress.ipv4(0x0a010000 + ++places, 1000));
    }

    /// What a game sees, in words.
    private static final class Game implements ServerHandler {
        final List<String> events = new ArrayList<>();
        ConnectedClient player;

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            events.add(text(payload));
        }

        @Override
        public void onConnect(ConnectedClient client) {
            player = client;
            client.attach("her things");
            events.add("connect");
        }

        @Override
        public void onSuspend(ConnectedClient client) {
            assertThat(client).isSameAs(player);
            events.add("suspend");
        }

        @Override
        public void onResume(ConnectedClient client) {
            assertThat(client).isSameAs(player);
            events.add("resume");
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            assertThat(client).isSameAs(player);
            events.add("disconnect " + reason.getClass().getSimpleName());
        }
    }

    private void connect() {
        world.clients.add(client);
        client.authentication(world.manual(7));
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        server.receive(game);
    }

    /// The network swallows everything until the client is somewhere else.
    private void loseTheWay() {
        network.isCutOff = true;
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
    }

    private void findAnotherWay() {
        network.isCutOff = false;
        network.move();
    }

    private void exchange() {
        client.send(bytes("hello"));
        world.driveUntil(() -> {
            server.receive(game);
            return game.events.contains("hello");
        });
        assertThat(game.player.server().send(game.player, bytes("hello, you")))
                .isEqualTo(SendResult.SENT);
        List<String> heard = new ArrayList<>();
        world.driveUntil(() -> {
            client.receive(payload -> heard.add(text(payload)));
            return heard.contains("hello, you");
        });
    }

    @Test
    void aClientThatWasLostComesBackToItsPlace() {
        connect();
        ConnectedClient handle = game.player;
        int index = handle.clientIndex();
        loseTheWay();
        assertThat(client.send(bytes("into the void"))).isEqualTo(SendResult.NOT_CONNECTED);
        world.driveSeconds(2);
        server.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend");
        assertThat(handle.isSuspended()).isTrue();
        assertThat(handle.isConnected()).isFalse();
        assertThat(server.send(handle, bytes("into the void"))).isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(server.stats().suspendedClients()).isOne();
        assertThat(server.connectedClients()).isEmpty();
        assertThat(server.freeSlots()).isEqualTo(server.maxClients() - 1);
        assertThat(server.clientIds()).containsExactly(7);
        assertThat(server.disconnections()).isZero();
        findAnotherWay();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        server.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend", "resume");
        assertThat(handle.isConnected()).isTrue();
        assertThat(handle.isSuspended()).isFalse();
        assertThat(handle.clientIndex()).isEqualTo(index);
        assertThat(handle.attachment()).isEqualTo("her things");
        assertThat(server.connectedClients()).containsExactly(handle);
        assertThat(server.stats().suspendedClients()).isZero();
        assertThat(server.freeSlots()).isEqualTo(server.maxClients() - 1);
        assertThat(server.clientIds()).containsExactly(7);
        assertThat(server.clientIdsSince(1)).containsExactly(7);
        assertThat(server.disconnections()).isZero();
        exchange();
    }

    @Test
    void whatTheServerHasNotNoticedIsToldAllTheSame() {
        connect();
        // Somebody closes the client's transport.
        network.close();
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        world.driveUntil(client::isConnected);
        server.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend", "resume");
        exchange();
    }

    @Test
    void aServerThatWasRestartedHasSomebodyNew() {
        connect();
        network.isCutOff = true;
        server.stop();
        server = world.start(world.serverBuilder().keepSlotFor(Duration.ofSeconds(30)));
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        network.isCutOff = false;
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        game.events.clear();
        server.receive(game);
        assertThat(game.events).containsExactly("connect");
        exchange();
    }

    @Test
    void whoDoesNotComeBackInTimeHasEnded() {
        connect();
        loseTheWay();
        world.driveSeconds(40);
        server.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend", "disconnect TimedOut");
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
        assertThat(game.player.isSuspended()).isFalse();
        assertThat(server.stats().suspendedClients()).isZero();
        assertThat(server.freeSlots()).isEqualTo(server.maxClients());
        assertThat(server.clientIds()).isEmpty();
        assertThat(server.disconnectedIdsSince(0)).containsExactly(7);
    }

    @Test
    void theClientGivesUpInItsOwnTime() {
        connect();
        loseTheWay();
        world.driveSeconds(18);
        assertThat(client.state()).isInstanceOf(ConnectionState.Resuming.class);
        world.driveSeconds(3);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
    }

    @Test
    void whoseSourceIsClosedMeanwhileHasEndedAndTheTickGoesOn() {
        connect();
        client.authentication(
                new Authentication.Backend(() -> {
                    throw new IllegalStateException("the source is closed");
                }));
        network.isCutOff = true;
        world.driveSeconds(8);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
    }

    @Test
    void whoLeavesWhileComingBackHasLeft() {
        connect();
        loseTheWay();
        client.disconnect();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        findAnotherWay();
        world.driveSeconds(5);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void whoWasSentAwayDoesNotComeBack() {
        connect();
        server.disconnect(game.player, StatedReason.of(1000, "enough"));
        world.driveSeconds(5);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerEnded.class);
    }

    @Test
    void whoIsSentAwayWhileItIsAwayIsToldWhenItComesBack() {
        connect();
        loseTheWay();
        world.driveSeconds(2);
        server.receive(game);
        server.disconnect(game.player, StatedReason.of(1000, "enough"));
        findAnotherWay();
        world.driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.stated().code()).isEqualTo(1000));
        server.receive(game);
        assertThat(game.events).hasSize(3).last().isEqualTo("disconnect ServerEnded");
    }

    @Test
    void aServerThatStopsEndsWhatItKeeps() {
        connect();
        loseTheWay();
        world.driveSeconds(2);
        server.stop();
        server.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend", "disconnect ServerStopped");
    }

    @Test
    void withoutResumeAClientJustEnds() {
        NetcodeClient plain = world.clientBuilder().transport(network).build();
        world.clients.add(plain);
        plain.authentication(world.manual(8));
        plain.connect();
        world.driveUntil(plain::isConnected);
        network.isCutOff = true;
        world.driveSeconds(7);
        assertThat(reasonOf(plain)).isInstanceOf(DisconnectReason.TimedOut.class);
    }

    @Test
    void amongSeveralServersItComesBackAtAnyOfThem() {
        server.stop();
        NetcodeServer one = world.serverBuilder().keepSlotFor(Duration.ofSeconds(30)).build();
        NetcodeServer other =
                world.serverBuilder()
                        .transport(world.network.bind(OTHER_ADDRESS))
                        .keepSlotFor(Duration.ofSeconds(30))
                        .build();
        MultiServer both = MultiServer.builder().add("one", one).add("other", other).build();
        Fixtures.startUnchecked(both);
        world.servers.add(both);
        world.clients.add(client);
        client.authentication(world.manual(7));
        client.connect();
        world.driveUntil(client::isConnected);
        both.receive(game);
        assertThat(game.player.server()).isSameAs(one);
        loseTheWay();
        world.driveSeconds(2);
        client.authentication(toTheOther());
        // The dial to the first one is over then.
        world.driveSeconds(1.1);
        findAnotherWay();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        both.receive(game);
        assertThat(game.events).containsExactly("connect", "suspend", "resume");
        assertThat(game.player.server()).isSameAs(other);
        assertThat(one.stats().suspendedClients()).isZero();
        assertThat(one.connectedClients()).isEmpty();
        assertThat(other.connectedClients()).containsExactly(game.player);
        assertThat(one.clientIds()).isEmpty();
        assertThat(one.disconnectedIdsSince(0)).containsExactly(7);
        assertThat(other.clientIds()).containsExactly(7);
        assertThat(other.clientIdsSince(0)).containsExactly(7);
        both.disconnect(game.player, StatedReason.NONE);
        both.receive(game);
        assertThat(game.events.getLast()).startsWith("disconnect");
    }

    private Authentication.Manual toTheOther() {
        return new Authentication.Manual(OTHER_ADDRESS, 7, world.privateKey, Fixtures.PROTOCOL_ID);
    }

    private NetcodeServer startOther() {
        return world.start(world.serverBuilder().transport(world.network.bind(OTHER_ADDRESS)));
    }

    @Test
    void aServerThatDrainsSendsItsPlayersOn() {
        connect();
        NetcodeServer other = startOther();
        client.authentication(toTheOther());
        server.drain(Duration.ZERO, new Refusal.Draining("an update", 4));
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        other.receive(game);
        assertThat(game.events).containsExactly("connect", "connect");
        assertThat(other.connectedClients()).hasSize(1);
        assertThat(server.connectedClients()).isEmpty();
    }

    @Test
    void whoComesToAServerThatDrainsGoesOnToo() {
        NetcodeServer other = startOther();
        server.drain(Duration.ofHours(1), new Refusal.Draining("an update", 4));
        world.clients.add(client);
        client.authentication(world.manual(7));
        client.connect();
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        client.authentication(toTheOther());
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        other.receive(game);
        assertThat(game.events).containsExactly("connect");
    }

    @Test
    void whoStaysAtAServerThatDrainsAndIsLostIsToldThatItDrains() {
        connect();
        server.drain(Duration.ofHours(1), new Refusal.Draining("an update", 1));
        loseTheWay();
        NetcodeServer other = startOther();
        findAnotherWay();
        world.driveSeconds(3);
        assertThat(client.state()).isInstanceOf(ConnectionState.Resuming.class);
        client.authentication(toTheOther());
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        other.receive(game);
        assertThat(other.connectedClients()).hasSize(1);
    }

    @Test
    void whoIsSentOnToAServerThatIsNotReadyForNewcomersTriesAgain() {
        connect();
        Queue<Refusal> refusals =
                new ArrayDeque<>(
                        List.of(
                                new Refusal.Internal(1),
                                new Refusal.TokenUsed(),
                                new Refusal.Internal(0)));
        AtomicBoolean isReady = new AtomicBoolean();
        NetcodeServer other =
                world.start(
                        world.serverBuilder()
                                .transport(world.network.bind(OTHER_ADDRESS))
                                .connectionRequests(request -> {
                                    if (isReady.get()) {
                                        request.accept();
                                    } else {
                                        request.refuse(refusals.remove());
                                    }
                                }));
        client.authentication(toTheOther());
        server.drain(Duration.ZERO, new Refusal.Draining("an update", 0));
        world.driveUntil(() -> {
            other.receive(game);
            return refusals.size() == 1;
        });
        assertThat(client.state()).isInstanceOf(ConnectionState.Resuming.class);
        isReady.set(true);
        world.driveUntil(() -> {
            other.receive(game);
            return client.isConnected();
        });
    }

    @Test
    void timesAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Resume.within(Duration.ofMillis(999)))
                .withMessageContaining("PT0.999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.serverBuilder().keepSlotFor(Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.serverBuilder().keepSlotFor(Duration.ofDays(2)));
    }
}
