package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.ServerStats;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.TokenRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A client and a server that know each other, over a network in memory and on virtual time.
class ConnectionTest {
    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder recorder = new Fixtures.Recorder();

    @Test
    void aClientConnectsTalksAndLeaves() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.client(world.token(7));
        assertThat(client.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.NeverConnected()));

        client.connect();
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        assertThat(client.clientState()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
        assertThat(client.serverAddress()).contains(SERVER_ADDRESS);
        world.driveUntil(client::isConnected);
        assertThat(client.clientState().number()).isEqualTo(3);

        assertThat(client.send(bytes("hello"))).isEqualTo(SendResult.SENT);
        world.step();
        server.receive(recorder);
        ConnectedClient connected = recorder.connected.getFirst();
        assertThat(server.send(connected, bytes("welcome"))).isEqualTo(SendResult.SENT);
        world.step();
        List<String> heard = new ArrayList<>();
        assertThat(client.receive(payload -> heard.add(text(payload)))).isEqualTo(1);
        assertThat(heard).containsExactly("welcome");

        client.disconnect();
        world.step();
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:7", "netcode:7: hello", "disconnect netcode:7 ClientLeft");
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.ClientLeft(StatedReason.NONE));
        assertThat(client.serverAddress()).isEmpty();
    }

    @Test
    void theHandleOfAConnectionKnowsWhoItIs() {
        NetcodeServer server = world.startServer();
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(-1)
                                                .server(SERVER_ADDRESS)
                                                .userData(UserData.ofText("Ada"))
                                                .build())));
        client.connect();
        world.driveUntil(client::isConnected);

        ConnectedClient connected = server.connectedClients().iterator().next();
        assertThat(connected.id()).isEqualTo(new ClientId.Netcode(-1));
        assertThat(connected.id()).hasToString("netcode:18446744073709551615");
        assertThat(connected.clientIndex()).isZero();
        assertThat(connected.address()).isEqualTo(client.localAddress());
        assertThat(connected.userData().text()).isEqualTo("Ada");
        assertThat(connected.maxPayloadBytes()).isEqualTo(1200);
        assertThat(connected.attachment()).isNull();
        connected.attach("player");
        assertThat(connected.attachment()).isEqualTo("player");
        assertThat(connected.toString()).contains("netcode:18446744073709551615", "index 0");
    }

    @Test
    void theClientKnowsItsIdOnlyWhereItMadeTheToken() {
        world.startServer();
        assertThat(world.client(world.manual(9)).id()).contains(new ClientId.Netcode(9));
        assertThat(world.client(world.token(9)).id()).isEmpty();
    }

    @Test
    void theViewOfConnectedClientsIsLiveAndCannotBeChanged() {
        NetcodeServer server = world.startServer();
        var view = server.connectedClients();
        assertThat(view).isEmpty();
        NetcodeClient one = world.connect(1);
        world.connect(2);
        world.connect(3);
        assertThat(view)
                .extracting(ConnectedClient::id)
                .containsExactly(
                        new ClientId.Netcode(1), new ClientId.Netcode(2), new ClientId.Netcode(3));
        one.disconnect();
        world.step();
        assertThat(view)
                .extracting(ConnectedClient::id)
                .containsExactlyInAnyOrder(new ClientId.Netcode(2), new ClientId.Netcode(3));
        assertThatThrownBy(view::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aHandleWhoseConnectionHasEndedSendsNothing() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.receive(recorder);
        ConnectedClient old = recorder.connected.getFirst();
        client.disconnect();
        world.step();
        assertThat(old.isConnected()).isFalse();
        assertThat(server.send(old, bytes("late"))).isEqualTo(SendResult.NOT_CONNECTED);
        server.disconnect(old, StatedReason.NONE);

        NetcodeClient again = world.connect(1);
        server.receive(recorder);
        assertThat(recorder.connected).hasSize(2).doesNotHaveDuplicates();
        assertThat(server.send(old, bytes("late"))).isEqualTo(SendResult.NOT_CONNECTED);
        world.step();
        assertThat(again.receive(_ -> {})).isZero();
    }

    @Test
    void theHandleOfAnotherServerIsRefused() {
        NetcodeServer server = world.startServer();
        NetcodeServer other =
                world.start(
                        world.serverBuilder()
                                .transport(world.network.bind(NetAddress.parse("10.0.0.2:7777"))));
        world.connect(1);
        ConnectedClient client = server.connectedClients().iterator().next();
        assertThatThrownBy(() -> other.send(client, bytes("hi")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("netcode:1")
                .hasMessageContaining("not a client of this server");
    }

    @Test
    void eventsAndPayloadsComeInTheOrderInWhichTheyHappened() {
        NetcodeServer server = world.startServer();
        NetcodeClient one = world.connect(1);
        one.send(bytes("a"));
        world.step();
        NetcodeClient two = world.connect(2);
        two.send(bytes("b"));
        world.step();
        one.send(bytes("c"));
        world.step();
        one.disconnect();
        world.step();
        two.send(bytes("d"));
        world.step();
        assertThat(server.receive(recorder)).isEqualTo(4);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:1",
                        "netcode:1: a",
                        "connect netcode:2",
                        "netcode:2: b",
                        "netcode:1: c",
                        "disconnect netcode:1 ClientLeft",
                        "netcode:2: d");
    }

    @Test
    void aKickReachesTheClientWithItsReason() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.receive(recorder);
        StatedReason reason = new StatedReason(1000, 60, "no cheating");
        server.disconnect(recorder.connected.getFirst(), reason);
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly("connect netcode:1", "disconnect netcode:1 ServerEnded");
        world.step();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.ServerEnded(reason));
        assertThat(reasonOf(client).explanation())
                .isEqualTo(
                        "The server ended the connection: no cheating (code 1000, try again in 60"
                                + " s).");
    }

    @Test
    void aClientMayStateWhyItLeaves() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.disconnect(StatedReason.of(1001, "bedtime"));
        world.step();
        List<DisconnectReason> reasons = new ArrayList<>();
        server.receive(
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {}

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        reasons.add(reason);
                    }
                });
        assertThat(reasons)
                .containsExactly(new DisconnectReason.ClientLeft(StatedReason.of(1001, "bedtime")));
    }

    @Test
    void aServerThatStopsTellsEverybodyAndSaysSoToItsHandler() {
        NetcodeServer server = world.startServer();
        NetcodeClient one = world.connect(1);
        NetcodeClient two = world.connect(2);
        one.send(bytes("last words"));
        world.step();
        server.stop();
        assertThat(server.isRunning()).isFalse();
        assertThat(server.connectedClients()).isEmpty();
        assertThat(server.receive(recorder)).isEqualTo(1);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:1",
                        "connect netcode:2",
                        "netcode:1: last words",
                        "disconnect netcode:1 ServerStopped",
                        "disconnect netcode:2 ServerStopped");
        world.step();
        assertThat(reasonOf(one)).isInstanceOf(DisconnectReason.ServerStopped.class);
        assertThat(reasonOf(two)).isInstanceOf(DisconnectReason.ServerStopped.class);
        assertThat(server.send(recorder.connected.getFirst(), bytes("x")))
                .isEqualTo(SendResult.NOT_CONNECTED);
        server.stop();
    }

    @Test
    void aServerCanStartAgain() throws IOException {
        NetcodeServer server = world.startServer();
        world.connect(1).close();
        world.step();
        server.stop();
        server.start();
        // Tokens that may have been used before the start are refused for as long as they live.
        world.driveSeconds(31);
        NetcodeClient again = world.connect(1);
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:1",
                        "disconnect netcode:1 ClientLeft",
                        "connect netcode:1");
        assertThat(again.isConnected()).isTrue();
    }

    @Test
    void aClientThatFallsSilentTimesOut() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        world.clients.clear();
        world.driveSeconds(5.1);
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly("connect netcode:1", "disconnect netcode:1 TimedOut");
        world.servers.clear();
        world.clients.add(client);
        world.driveSeconds(5.1);
        // It has stood still, which the reason names.
        assertThat(reasonOf(client))
                .usingRecursiveComparison()
                .ignoringFields("noticed")
                .isEqualTo(new DisconnectReason.TimedOut(5, 5_110));
        assertThat(reasonOf(client).explanation()).contains("stood still for 5.1 s", "for 5 s");
        assertThat(client.clientState().number()).isEqualTo(-4);
    }

    @Test
    void nobodyThereTimesOutAndSaysWhatToCheck() {
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        world.driveSeconds(5.1);
        assertTimedOut(client, 5, SERVER_ADDRESS);
        assertThat(reasonOf(client).explanation())
                .contains(
                        "10.0.0.1:7777",
                        "5 s",
                        "server runs",
                        "port",
                        "firewall",
                        "spent",
                        "expired",
                        "identity",
                        "private key",
                        "protocol id");
        assertThat(client.clientState().number()).isEqualTo(-2);
    }

    @Test
    void aServerThatFallsSilentAfterItsChallengeTimesOut() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        world.driveUntil(() -> client.clientState() == ClientState.SENDING_CONNECTION_RESPONSE);
        world.servers.clear();
        world.driveSeconds(5.1);
        assertThat(reasonOf(client))
                .usingRecursiveComparison()
                .ignoringFields("noticed")
                .isEqualTo(new DisconnectReason.ResponseTimedOut(List.of(SERVER_ADDRESS), 5));
        assertThat(reasonOf(client).explanation()).contains("10.0.0.1:7777", "for 5 s");
        assertThat(server.isRunning()).isTrue();
    }

    @Test
    void aFullServerDenies() {
        world.start(world.serverBuilder().maxClients(1));
        world.connect(1);
        NetcodeClient late = world.client(world.manual(2));
        late.connect();
        world.driveUntil(() -> !late.clientState().isActive());
        assertThat(reasonOf(late))
                .isEqualTo(
                        new DisconnectReason.Denied(
                                StatedReason.of(StatedReason.SERVER_FULL, "the server is full")));
        NetcodeClient plain = world.client(world.token(3));
        plain.connect();
        world.driveUntil(() -> !plain.clientState().isActive());
        assertThat(reasonOf(plain)).isEqualTo(new DisconnectReason.Denied(StatedReason.NONE));
        assertThat(reasonOf(plain).explanation()).contains("full");
    }

    @Test
    void aTokenThatExpiresOnTheWaySaysSo() {
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(1)
                                                .server(SERVER_ADDRESS)
                                                .lifetimeSeconds(2)
                                                .build())));
        client.connect();
        world.driveSeconds(2.1);
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.TokenExpired(2));
        assertThat(reasonOf(client).explanation()).contains("2 s", "right before connecting");
    }

    @Test
    void aTokenWithSeveralServersFallsThroughToTheNext() {
        world.start(world.serverBuilder().maxClients(1));
        world.connect(1);
        NetAddress third = NetAddress.parse("[2001:db8::3]:9000");
        world.start(world.serverBuilder().transport(world.network.bind(third)));
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(2)
                                                // The first is full, the second is not there.
                                                .server(SERVER_ADDRESS)
                                                .server(NetAddress.parse("10.0.0.2:1"))
                                                .server(third)
                                                .timeoutSeconds(2)
                                                .build())));
        client.connect();
        world.driveUntil(client::isConnected);
        assertThat(client.serverAddress()).contains(third);
    }

    @Test
    void allServersOfATokenAreNamedWhenNoneAnswers() {
        NetAddress second = NetAddress.parse("10.0.0.2:2");
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(1)
                                                .server(SERVER_ADDRESS)
                                                .server(second)
                                                .timeoutSeconds(1)
                                                .build())));
        client.connect();
        world.driveSeconds(2.5);
        assertTimedOut(client, 1, SERVER_ADDRESS, second);
    }

    private static void assertTimedOut(NetcodeClient client, int seconds, NetAddress... servers) {
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.RequestTimedOut.class,
                        reason -> {
                            assertThat(reason.servers()).containsExactly(servers);
                            assertThat(reason.timeoutSeconds()).isEqualTo(seconds);
                        });
    }

    @Test
    void aReconnectDropsWhatWasNotReceived() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.send(server.connectedClients().iterator().next(), bytes("old"));
        world.step();
        client.connect();
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        world.driveUntil(client::isConnected);
        assertThat(client.receive(_ -> {})).isZero();
    }

    @Test
    void payloadsOfOneByteAndOfTheLargestSizeArrive() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        List<Integer> sizes = new ArrayList<>();
        for (int bytes : new int[] {1, 1200}) {
            ByteBuffer payload = ByteBuffer.allocateDirect(bytes + 2).position(1).limit(bytes + 1);
            assertThat(client.send(payload)).isEqualTo(SendResult.SENT);
            assertThat(payload.position()).isEqualTo(1);
            assertThat(payload.remaining()).isEqualTo(bytes);
        }
        world.step();
        server.receive((_, payload) -> sizes.add(payload.remaining()));
        assertThat(sizes).containsExactly(1, 1200);
    }

    @Test
    void eachPayloadIsHandedOverBigEndianWhateverTheHandlerDid() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.send(bytes("one"));
        client.send(bytes("two"));
        world.step();
        List<String> heard = new ArrayList<>();
        server.receive((_, payload) -> {
            assertThat(payload.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            heard.add(text(payload));
            payload.order(ByteOrder.LITTLE_ENDIAN).limit(0);
        });
        assertThat(heard).containsExactly("one", "two");
    }

    @Test
    void theSamePlayerMayTakeOverWhereTheServerSaysSo() {
        NetcodeServer server = world.start(world.serverBuilder().sameClient(SameClient.TAKE_OVER));
        NetcodeClient old = world.connect(1);
        NetcodeClient newer = world.connect(1);
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:1", "disconnect netcode:1 Replaced", "connect netcode:1");
        world.driveUntil(() -> !old.isConnected());
        assertThat(reasonOf(old)).isEqualTo(new DisconnectReason.Replaced());
        assertThat(server.connectedClients())
                .extracting(ConnectedClient::address)
                .containsExactly(newer.localAddress());
    }

    @Test
    void aServerRemembersNoMoreTokensThanItIsTold() {
        NetcodeServer server = world.start(world.serverBuilder().tokenHistoryMax(1));
        world.connect(1).close();
        NetcodeClient second = world.client(world.manual(2));
        second.connect();
        world.driveSeconds(3);
        assertThat(second.isConnected()).isFalse();
        assertThat(server.stats().drops()).containsKey(Drop.TOKEN_HISTORY_FULL);
        assertThat(server.stats().rememberedTokens()).isEqualTo(1);
    }

    @Test
    void whatGoesAndComesIsCounted() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.send(bytes("four"));
        world.step();
        ServerStats stats = server.stats();
        assertThat(stats.maxClients()).isEqualTo(4);
        assertThat(stats.connectedClients()).isEqualTo(1);
        assertThat(stats.payloadsIn()).isEqualTo(1);
        assertThat(stats.payloadBytesIn()).isEqualTo(4);
        assertThat(stats.rememberedTokens()).isEqualTo(1);
        assertThat(stats.transport().packetsIn()).isGreaterThan(2);
        assertThat(client.stats().payloadsOut()).isEqualTo(1);
        assertThat(client.stats().payloadBytesOut()).isEqualTo(4);
        server.send(server.connectedClients().iterator().next(), bytes("sixsix"));
        world.step();
        assertThat(server.stats().payloadsOut()).isEqualTo(1);
        assertThat(server.stats().payloadBytesOut()).isEqualTo(6);
        assertThat(client.stats().payloadsIn()).isEqualTo(1);
        assertThat(client.stats().payloadBytesIn()).isEqualTo(6);
        assertThat(client.stats().payloadsNotQueued()).isZero();
    }

    @Test
    void flushAndAwaitAndWakeupAreHarmlessAtAnyTime() {
        NetcodeServer server = world.serverBuilder().build();
        server.wakeup();
        server.flush();
        server.await(1_000_000_000_000L);
        server.update();
        assertThat(server.receive(recorder)).isZero();
        world.startServer().await(0);
    }

    /// Minting is slow where the machine has little randomness; opening a socket may be.
    @Test
    void theTimeoutOfTheFirstServerBeginsWhenTheTokenIsMade() {
        NetcodeClient client =
                world.clientBuilder()
                        .random(bytes -> {
                            world.nowNanos += 1_000_000_000;
                            world.random.nextBytes(bytes);
                        })
                        .authentication(world.manual(7))
                        .build();
        world.clients.add(client);
        client.connect();
        long dialledNanos = world.nowNanos;

        world.driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);

        assertThat(Fixtures.reasonOf(client)).isInstanceOf(DisconnectReason.RequestTimedOut.class);
        assertThat(world.nowNanos - dialledNanos).isGreaterThanOrEqualTo(5_000_000_000L);
    }
}
