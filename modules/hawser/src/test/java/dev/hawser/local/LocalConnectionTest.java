package dev.hawser.local;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.netcode.Fixtures;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerConfig.SameClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A client in its server's process is a client as any other, without packets.
class LocalConnectionTest {
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private LocalServer server = LocalServer.builder().maxClients(2).build();

    private LocalClient client(long id) {
        return LocalClient.builder(server).id(id).userData(UserData.ofText("player " + id)).build();
    }

    private LocalClient connected(long id) {
        LocalClient client = client(id);
        client.connect();
        turn(client);
        assertThat(client.isConnected()).isTrue();
        return client;
    }

    private void turn(NetClient... clients) {
        server.update();
        server.receive(seen);
        for (NetClient client : clients) {
            client.update();
        }
    }

    private void restart(LocalServer.Builder builder) {
        server = builder.build();
        startUnchecked(server);
    }

    LocalConnectionTest() {
        startUnchecked(server);
    }

    @Test
    void bothSidesSeeTheConnectionWithTheServersUpdate() {
        LocalClient client = client(7);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.NeverConnected.class);
        client.connect();
        client.update();
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        turn(client);
        assertThat(client.isConnected()).isTrue();
        assertThat(client.id()).contains(new ClientId.Local(7));
        assertThat(client.isLocal()).isTrue();
        assertThat(seen.events).containsExactly("connect local:7");
        ConnectedClient handle = seen.connected.getFirst();
        assertThat(handle.isLocal()).isTrue();
        assertThat(handle.userData().text()).isEqualTo("player 7");
        assertThat(handle.address()).isEmpty();
        assertThat(handle.server()).isSameAs(server);
        assertThat(server.client(new ClientId.Local(7))).contains(handle);
        assertThat(server.connectedClients()).containsExactly(handle);
        assertThat(server.localAddresses()).isEmpty();
    }

    @Test
    void payloadsGoBothWaysInOrderAndAreCopies() {
        LocalClient client = connected(1);
        ByteBuffer reused = ByteBuffer.allocate(1);
        for (byte i = 'a'; i <= 'c'; i++) {
            assertThat(client.send(reused.put(0, i))).isEqualTo(SendResult.SENT);
            assertThat(server.send(seen.connected.getFirst(), reused)).isEqualTo(SendResult.SENT);
        }
        turn(client);
        List<String> received = new ArrayList<>();
        assertThat(client.receive(payload -> received.add(text(payload)))).isEqualTo(3);
        assertThat(received).containsExactly("a", "b", "c");
        assertThat(seen.events)
                .containsExactly("connect local:1", "local:1: a", "local:1: b", "local:1: c");
    }

    @Test
    void aClientReceivesWhatWasSentUntilItsLastUpdateAndNoLater() {
        LocalClient client = connected(1);
        server.send(seen.connected.getFirst(), bytes("before"));
        client.update();
        server.send(seen.connected.getFirst(), bytes("after"));
        List<String> received = new ArrayList<>();
        client.receive(payload -> received.add(text(payload)));
        assertThat(received).containsExactly("before");
        client.update();
        client.receive(payload -> received.add(text(payload)));
        assertThat(received).containsExactly("before", "after");
    }

    @Test
    void whatWasSaidBeforeLeavingComesBeforeTheLeave() {
        LocalClient client = connected(1);
        client.send(bytes("bye"));
        client.disconnect(StatedReason.of(1001, "dinner"));
        assertThat(reasonOf(client))
                .isEqualTo(new DisconnectReason.ClientLeft(StatedReason.of(1001, "dinner")));
        assertThat(client.send(bytes("hello?"))).isEqualTo(SendResult.NOT_CONNECTED);
        turn(client);
        assertThat(seen.events)
                .containsExactly(
                        "connect local:1", "local:1: bye", "disconnect local:1 ClientLeft");
        assertThat(server.connectedClients()).isEmpty();
    }

    @Test
    void whatTheServerSaidBeforeAKickIsStillReceived() {
        LocalClient client = connected(1);
        ConnectedClient handle = seen.connected.getFirst();
        server.send(handle, bytes("last warning"));
        server.disconnect(handle, StatedReason.of(1002, "too loud"));
        client.update();
        assertThat(reasonOf(client))
                .isEqualTo(new DisconnectReason.ServerEnded(StatedReason.of(1002, "too loud")));
        List<String> received = new ArrayList<>();
        client.receive(payload -> received.add(text(payload)));
        assertThat(received).containsExactly("last warning");
        assertThat(handle.isConnected()).isFalse();
        assertThat(server.send(handle, bytes("?"))).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void aStoppedServerTellsThoseWhoWereConnectedAndThoseWhoWaited() {
        LocalClient connected = connected(1);
        LocalClient waiting = client(2);
        waiting.connect();
        server.stop();
        connected.update();
        waiting.update();
        assertThat(reasonOf(connected)).isInstanceOf(DisconnectReason.ServerStopped.class);
        assertThat(reasonOf(waiting)).isInstanceOf(DisconnectReason.ServerStopped.class);
        server.receive(seen);
        assertThat(seen.events)
                .containsExactly("connect local:1", "disconnect local:1 ServerStopped");
    }

    @Test
    void aServerThatDoesNotRunIsSaidToBeSo() {
        server.stop();
        LocalClient client = client(1);
        client.connect();
        assertThat(reasonOf(client).explanation()).contains("start it before");
        startUnchecked(server);
        client.connect();
        turn(client);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void aFullServerDenies() {
        connected(1);
        connected(2);
        LocalClient third = client(3);
        third.connect();
        turn(third);
        assertThat(reasonOf(third))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.refusal()).contains(new Refusal.Full(0)));
        assertThat(server.stats().deniedConnections()).isEqualTo(1);
    }

    @Test
    void theLowestFreeIndexIsGivenOutAgain() {
        LocalClient first = connected(1);
        connected(2);
        first.disconnect();
        turn();
        connected(3);
        assertThat(seen.connected)
                .extracting(ConnectedClient::clientIndex)
                .containsExactly(0, 1, 0);
    }

    @Test
    void theSameIdIsRefusedByDefaultAndTold() {
        LocalClient old = connected(1);
        LocalClient second = client(1);
        second.connect();
        turn(old, second);
        assertThat(old.isConnected()).isTrue();
        assertThat(reasonOf(second))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied ->
                                assertThat(denied.refusal())
                                        .contains(new Refusal.AlreadyConnected()));
    }

    @Test
    void theSameIdMayTakeOverAlsoOnAFullServer() {
        restart(LocalServer.builder().maxClients(1).sameClient(SameClient.TAKE_OVER));
        LocalClient old = connected(1);
        LocalClient second = client(1);
        second.connect();
        turn(old, second);
        assertThat(reasonOf(old)).isEqualTo(new DisconnectReason.Replaced());
        assertThat(second.isConnected()).isTrue();
        assertThat(seen.events)
                .containsExactly(
                        "connect local:1", "disconnect local:1 Replaced", "connect local:1");
    }

    @Test
    void aClientThatConnectsAgainGetsANewConnection() {
        LocalClient client = connected(1);
        server.send(seen.connected.getFirst(), bytes("old news"));
        client.connect();
        turn(client);
        assertThat(client.isConnected()).isTrue();
        assertThat(client.receive(_ -> {})).isZero();
        assertThat(seen.events)
                .containsExactly(
                        "connect local:1", "disconnect local:1 ClientLeft", "connect local:1");
    }

    @Test
    void whoGivesUpWhileTheApplicationThinksIsForgotten() {
        List<ConnectionRequest> asked = new ArrayList<>();
        restart(LocalServer.builder().connectionRequests(asked::add));
        LocalClient client = client(1);
        client.connect();
        turn(client);
        assertThat(server.stats().pendingConnections()).isEqualTo(1);
        client.disconnect();
        turn(client);
        assertThat(server.stats().pendingConnections()).isZero();
        assertThat(asked.getFirst().accept()).isTrue();
        turn(client);
        assertThat(seen.events).isEmpty();
        assertThat(server.stats().connectedClients()).isZero();
    }

    @Test
    void payloadsThatAreTooLargeOrEmptyAreMistakes() {
        LocalClient client = connected(1);
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1201")
                .hasMessageContaining("1200");
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClosedClientCannotConnect() {
        LocalClient client = connected(1);
        client.close();
        turn();
        assertThat(seen.events).contains("disconnect local:1 ClientLeft");
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("make another one");
    }

    @Test
    void figuresAreThoseOfThePayloadsAndNothingIsInvented() {
        LocalClient client = connected(1);
        client.send(bytes("four"));
        turn(client);
        ConnectionStats stats = seen.connected.getFirst().stats();
        assertThat(stats.payloadsIn()).isEqualTo(1);
        assertThat(stats.bytesIn()).isEqualTo(4);
        assertThat(stats.inboundLoss()).isEmpty();
        assertThat(stats.jitterNanos()).isEmpty();
        assertThat(stats.roundTripNanos()).isEmpty();
        assertThat(client.connectionStats().payloadsOut()).isEqualTo(1);
        client.reportRoundTrip(5_000);
        assertThat(client.connectionStats().roundTripNanos()).hasValue(5_000);
    }

    @Test
    void aHandlerMayConnectAnewInTheMiddleOfReceiving() {
        LocalClient client = connected(1);
        server.send(seen.connected.getFirst(), bytes("a"));
        server.send(seen.connected.getFirst(), bytes("b"));
        client.update();
        List<String> received = new ArrayList<>();
        client.receive(payload -> {
            received.add(text(payload));
            client.connect();
        });
        assertThat(received).containsExactly("a");
        turn(client);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void aBuilderTakesNoNull() {
        LocalServer.Builder server = LocalServer.builder();
        assertThatThrownBy(() -> server.sameClient(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> server.connectionRequests(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> server.maxClients(1025)).hasMessageContaining("MultiServer");
        assertThatThrownBy(() -> LocalClient.builder(null))
                .isInstanceOf(NullPointerException.class);
        LocalClient.Builder client = LocalClient.builder(server.build());
        assertThatThrownBy(() -> client.userData(null)).isInstanceOf(NullPointerException.class);
    }
}
