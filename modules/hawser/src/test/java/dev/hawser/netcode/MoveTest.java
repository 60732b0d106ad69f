package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A client whose address changes under its connection.
class MoveTest {
    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final MovableTransport network = new MovableTransport(this::nextPlace);
    private final NetcodeClient client = world.clientBuilder().transport(network).build();
    private final List<String> heard = new ArrayList<>();
    private Site site = new Site(world.network.bind(SERVER_ADDRESS));
    private NetcodeServer server = world.start(world.serverBuilder().transport(site));
    private int places;

    /// A network in memory whose peers may move all the same.
    private static final class Site extends ForwardingTransport {
        private final List<String> retained = new ArrayList<>();

        Site(Transport wrapped) {
            super(wrapped);
        }

        @Override
        public boolean peersMayMove() {
            return true;
        }

        @Override
        public void retain(PeerAddress peer) {
            retained.add(peer.toString());
        }

        @Override
        public void release(PeerAddress peer, StatedReason reason) {
            retained.remove(peer.toString());
        }
    }

    private static NetAddress placeOf(int index) {
        return NetAddress.parse("10.1.0." + index + ":1000");
    }

    private Transport nextPlace() {
        return world.network.bind(placeOf(++places));
    }

    private void connect() {
        connect(world.manual(7));
    }

    private void connect(Authentication authentication) {
        world.clients.add(client);
        client.authentication(authentication);
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        server.receive(seen);
    }

    /// {@return a token of somebody who has never heard of moves}
    private Authentication plainToken() {
        return world.token(7);
    }

    private void exchange(String words) {
        client.send(bytes(words));
        server.send(seen.connected.getLast(), bytes("yes, " + words));
        world.driveUntil(() -> {
            server.receive(seen);
            client.receive(payload -> heard.add(text(payload)));
            return heard.contains("yes, " + words)
                    && seen.events.contains(seen.connected.getLast().id() + ": " + words);
        });
    }

    private long moves() {
        server.receive(seen);
        return seen.events.stream().filter(event -> event.startsWith("move")).count();
    }

    private void awaitMove() {
        world.driveUntil(() -> moves() > 0);
    }

    private void awaitEnd() {
        world.driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);
    }

    @Test
    void aClientThatHasMovedGoesOn() {
        connect();
        exchange("at home");
        ConnectedClient handle = seen.connected.getLast();
        assertThat(handle.address()).contains(placeOf(1));
        network.move();
        awaitMove();
        assertThat(seen.events)
                .last()
                .isEqualTo("move " + handle.id() + " from " + placeOf(1) + " to " + placeOf(2));
        assertThat(handle.address()).contains(placeOf(2));
        exchange("away");
        world.driveSeconds(10);
        assertThat(moves()).as("it moved once").isEqualTo(1);
        assertThat(client.isConnected()).isTrue();
        assertThat(server.connectedClients()).containsExactly(handle);
        assertThat(site.retained).containsExactly(placeOf(2).toString());
    }

    @Test
    void aGameThatKnowsOfTheChangeSavesHalfASecond() {
        connect();
        network.move();
        long movedAtNanos = world.nowNanos;
        awaitMove();
        assertThat(world.nowNanos - movedAtNanos).isGreaterThan(350_000_000L);
        world.driveSeconds(1);

        network.move();
        client.networkChanged();
        movedAtNanos = world.nowNanos;
        world.driveUntil(() -> moves() == 2);
        assertThat(world.nowNanos - movedAtNanos).isLessThan(100_000_000L);
    }

    @Test
    void aChangeBesideAConnectionDoesNothing() {
        client.networkChanged();
        assertThat(client.state()).isInstanceOf(ConnectionState.Disconnected.class);
        connect();
        client.networkChanged();
        world.driveSeconds(1);
        assertThat(moves()).as("it is where it was").isZero();
        client.disconnect();
        client.networkChanged();
        world.driveSeconds(1);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void overATransportWithPathsOfItsOwnNobodyMoves() {
        server.stop();
        world.servers.clear();
        server = world.startServer();
        connect();
        network.move();
        awaitEnd();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
        assertThat(moves()).isZero();
    }

    @Test
    void withATokenThatKnowsNothingOfMovesNobodyMoves() {
        connect(plainToken());
        network.move();
        network.isCutOff = true;
        world.driveSeconds(1);
        network.isCutOff = false;
        awaitEnd();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
        assertThat(network.reopeningsAsked).isZero();
        assertThat(moves()).isZero();
    }

    @Test
    void aMemberTellsTheGameOfItsMoves() {
        server.stop();
        world.servers.clear();
        seen.events.clear();
        site = new Site(world.network.bind(SERVER_ADDRESS));
        MultiServer all =
                MultiServer.builder()
                        .add("netcode", world.serverBuilder().transport(site).build())
                        .add("local", LocalServer.builder().build())
                        .build();
        startUnchecked(all);
        world.servers.add(all);
        world.clients.add(client);
        client.authentication(world.manual(7));
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        network.move();
        world.driveUntil(() -> {
            all.receive(seen);
            return seen.events.size() > 1;
        });
        assertThat(seen.events).last().asString().startsWith("move").endsWith(placeOf(2) + "");
    }

    // ---- Sockets that fail

    @Test
    void aConnectionWhoseSocketFailsGoesOnByAnother() {
        connect();
        network.isCutOff = true;
        network.isRepairedByReopening = true;
        awaitMove();
        exchange("by another socket");
        assertThat(world.log.lines)
                .filteredOn(line -> line.contains("from another socket"))
                .singleElement()
                .asString()
                .contains("Network is unreachable", placeOf(2).toString());
    }

    @Test
    void theLogTellsOfAnOutageOnce() {
        connect();
        network.isCutOff = true;
        world.driveSeconds(3);
        network.isCutOff = false;
        awaitMove();
        assertThat(places).as("sockets").isGreaterThan(3);
        assertThat(world.log.lines)
                .filteredOn(line -> line.contains("from another socket"))
                .hasSize(1);
    }

    @Test
    void aSocketThatFailsForAMomentStays() {
        connect();
        network.isCutOff = true;
        world.driveSeconds(0.3);
        network.isCutOff = false;
        world.driveSeconds(3);
        assertThat(network.reopeningsAsked).isZero();
        assertThat(moves()).isZero();
    }

    @Test
    void anAttemptWhosePacketsDoNotLeaveTriesAnotherSocket() {
        world.clients.add(client);
        network.isCutOff = true;
        network.isRepairedByReopening = true;
        client.authentication(world.manual(7));
        client.connect();
        world.driveUntil(client::isConnected);
        assertThat(client.localAddress()).contains(placeOf(2));
    }

    /// The server may have heard of it, and takes its token from nowhere else.
    @Test
    void anAttemptOfWhichOnePacketHasLeftStaysWhereItIs() {
        world.clients.add(client);
        client.authentication(world.manual(7));
        client.connect();
        client.update();
        network.isCutOff = true;
        world.driveSeconds(1);
        assertThat(network.reopeningsAsked).isZero();
        network.isCutOff = false;
        world.driveUntil(client::isConnected);
    }

    // ---- A server that has forgotten

    private void restart(PrivateKey key) {
        // Without a goodbye.
        site.close();
        world.servers.clear();
        site = new Site(world.network.bind(SERVER_ADDRESS));
        server = world.start(world.serverBuilder().transport(site).privateKey(key));
    }

    @Test
    void aServerThatHasRestartedSaysThatItNoLongerHasTheConnection() {
        connect();
        restart(world.privateKey);
        long restartedNanos = world.nowNanos;
        awaitEnd();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.ForgottenByServer());
        assertThat(world.nowNanos - restartedNanos).isLessThan(1_000_000_000);
        // That is of the connection that has ended.
        client.disconnect();
        client.connect();
        world.driveUntil(client::isConnected);
        client.disconnect();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void aServerWithAnotherKeyCannotSayIt() {
        connect();
        restart(PrivateKey.ofBytes(new byte[PrivateKey.BYTES]));
        awaitEnd();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
    }

    /// The game loads a level, and the server gives its client up meanwhile.
    @Test
    void whoStoodStillUntilTheServerGaveItUpIsTold() {
        connect();
        world.clients.clear();
        world.driveSeconds(8);
        world.clients.add(client);
        awaitEnd();
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.ForgottenByServer.class,
                        reason -> assertThat(reason.pausedMillis()).isBetween(8000L, 8100L));
    }

    // ---- What the two measure

    @Test
    void bothSidesKnowRoundTripAndLossWithoutTheGamesHelp() {
        connect();
        for (int i = 0; i < 300; i++) {
            exchange("word " + i);
        }
        for (ConnectionStats stats :
                List.of(client.connectionStats(), seen.connected.getLast().stats())) {
            assertThat(stats.roundTripNanos().orElseThrow()).isLessThan(100_000_000);
            assertThat(stats.inboundLoss()).hasValue(0);
            assertThat(stats.outboundLoss()).hasValue(0);
        }
    }

    @Test
    void aPeerThatTellsNothingLeavesThemEmpty() {
        connect(
                new Authentication.Token(
                        world.mint(
                                TokenRequest.builder(7)
                                        .server(SERVER_ADDRESS)
                                        .statesReasons(true)
                                        .build())));
        for (int i = 0; i < 300; i++) {
            exchange("word " + i);
        }
        assertThat(client.connectionStats().outboundLoss()).isEmpty();
        assertThat(seen.connected.getLast().stats().outboundLoss()).isEmpty();
        assertThat(seen.connected.getLast().stats().roundTripNanos()).isEmpty();
    }
}
