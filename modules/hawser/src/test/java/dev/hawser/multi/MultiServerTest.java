package dev.hawser.multi;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.SendResult;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Several servers as one.
class MultiServerTest {
    private static final NetAddress OTHER_ADDRESS = NetAddress.parse("10.0.0.2:8888");

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();

    private NetcodeServer one;
    private NetcodeServer other;
    private LocalServer local;
    private MultiServer server;

    private void build(SameClient policy) {
        one = world.serverBuilder().sameClient(policy).build();
        other =
                world.serverBuilder()
                        .transport(world.network.bind(OTHER_ADDRESS))
                        .sameClient(policy)
                        .build();
        local = LocalServer.builder().sameClient(policy).build();
        server =
                MultiServer.builder()
                        .add("one", one)
                        .add("other", other)
                        .add("local", local)
                        .build();
        world.servers.add(server);
    }

    MultiServerTest() {
        build(SameClient.REFUSE);
        startUnchecked(server);
    }

    private void restart(SameClient policy) {
        server.stop();
        world.servers.clear();
        build(policy);
        startUnchecked(server);
    }

    private NetcodeClient dialling(long id, NetAddress address) {
        NetcodeClient client =
                world.client(
                        new Authentication.Manual(
                                address, id, world.privateKey, Fixtures.PROTOCOL_ID));
        client.connect();
        return client;
    }

    private NetcodeClient connected(long id, NetAddress address) {
        NetcodeClient client = dialling(id, address);
        world.driveUntil(client::isConnected);
        server.receive(seen);
        return client;
    }

    private LocalClient connectedLocally(long id) {
        LocalClient client = LocalClient.builder(local).id(id).build();
        world.clients.add(client);
        client.connect();
        world.driveUntil(client::isConnected);
        server.receive(seen);
        return client;
    }

    private void drive(double seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            world.step();
            server.receive(seen);
        }
    }

    private static List<String> received(NetClient client) {
        List<String> received = new ArrayList<>();
        client.receive(payload -> received.add(text(payload)));
        return received;
    }

    // ---- One server to the game

    @Test
    void clientsOfAllMembersComeThroughOneHandler() {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(2, OTHER_ADDRESS);
        LocalClient host = connectedLocally(3);
        first.send(bytes("a"));
        second.send(bytes("b"));
        host.send(bytes("c"));
        drive(0.05);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "connect netcode:2",
                        "connect local:3",
                        "netcode:1: a",
                        "netcode:2: b",
                        "local:3: c");
        assertThat(seen.connected)
                .extracting(ConnectedClient::server)
                .containsExactly(one, other, local);
        assertThat(server.connectedClients()).containsExactlyElementsOf(seen.connected).hasSize(3);
        assertThat(server.client(new ClientId.Local(3))).contains(seen.connected.getLast());
        assertThat(server.client(new ClientId.Netcode(3))).isEmpty();
        assertThat(other.connectedClients()).containsExactly(seen.connected.get(1));
        assertThat(other.client(new ClientId.Netcode(1))).isEmpty();
        assertThat(server.localAddresses()).containsExactly(Fixtures.SERVER_ADDRESS, OTHER_ADDRESS);
        assertThat(server.stats().connectedClients()).isEqualTo(3);
        assertThat(server.stats().payloadsIn()).isEqualTo(3);
    }

    @Test
    void aPayloadGoesToTheClientThatItIsFor() {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(2, OTHER_ADDRESS);
        LocalClient host = connectedLocally(3);
        for (ConnectedClient client : server.connectedClients()) {
            assertThat(server.send(client, bytes("to " + client.id()))).isEqualTo(SendResult.SENT);
        }
        server.flush();
        world.step();
        assertThat(received(first)).containsExactly("to netcode:1");
        assertThat(received(second)).containsExactly("to netcode:2");
        assertThat(received(host)).containsExactly("to local:3");
    }

    @Test
    void aBroadcastReachesAllOrAllButOne() {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(2, OTHER_ADDRESS);
        LocalClient host = connectedLocally(3);
        assertThat(server.broadcast(bytes("all"))).isEqualTo(3);
        assertThat(server.broadcast(seen.connected.get(1), bytes("but second"))).isEqualTo(2);
        server.flush();
        world.step();
        assertThat(received(first)).containsExactly("all", "but second");
        assertThat(received(second)).containsExactly("all");
        assertThat(received(host)).containsExactly("all", "but second");
        assertThatThrownBy(() -> server.broadcast(ByteBuffer.allocate(1201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1200");
    }

    @Test
    void aBroadcastLeavesThePayloadAsItIs() {
        connected(1, Fixtures.SERVER_ADDRESS);
        connectedLocally(3);
        ByteBuffer payload = bytes("xxhelloxx").position(2).limit(7);
        server.broadcast(payload);
        assertThat(payload.position()).isEqualTo(2);
        assertThat(text(payload)).isEqualTo("hello");
    }

    @Test
    void aKickReachesTheRightClient() {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        LocalClient host = connectedLocally(3);
        StatedReason reason = StatedReason.of(1002, "too loud");
        server.disconnect(seen.connected.getFirst(), reason);
        drive(0.1);
        assertThat(reasonOf(first)).isEqualTo(new DisconnectReason.ServerEnded(reason));
        assertThat(host.isConnected()).isTrue();
    }

    @Test
    void aStrangersClientIsAMistake() {
        Fixtures elsewhere = new Fixtures();
        NetcodeServer stranger = elsewhere.startServer();
        elsewhere.connect(1);
        ConnectedClient client = stranger.connectedClients().iterator().next();
        assertThatThrownBy(() -> server.send(client, bytes("?")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the server that it came from");
        assertThatThrownBy(() -> server.disconnect(client, StatedReason.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneHandlerIsAskedForAllMembersThatHaveNoneOfTheirOwn() {
        List<String> asked = new ArrayList<>();
        List<String> askedByMember = new ArrayList<>();
        one = world.serverBuilder().build();
        local =
                LocalServer.builder()
                        .connectionRequests(request -> {
                            askedByMember.add(request.id().toString());
                            request.accept();
                        })
                        .build();
        server.stop();
        world.servers.clear();
        server =
                MultiServer.builder()
                        .add("one", one)
                        .add("local", local)
                        .connectionRequests(request -> {
                            asked.add(request.id() + " at " + request.server());
                            request.accept();
                        })
                        .build();
        world.servers.add(server);
        startUnchecked(server);
        NetcodeClient client = dialling(1, Fixtures.SERVER_ADDRESS);
        LocalClient host = LocalClient.builder(local).id(2).build();
        world.clients.add(host);
        host.connect();
        drive(0.5);
        assertThat(client.isConnected() && host.isConnected()).isTrue();
        assertThat(asked).containsExactly("netcode:1 at " + one);
        assertThat(askedByMember).containsExactly("local:2");
    }

    // ---- The same client

    @Test
    void anIdThatIsConnectedAtOneMemberIsRefusedAtAnother() {
        NetcodeClient connected = connected(1, Fixtures.SERVER_ADDRESS);
        world.driveSeconds(2);
        NetcodeClient second = dialling(1, OTHER_ADDRESS);
        drive(6);
        assertThat(connected.isConnected()).isTrue();
        assertThat(reasonOf(second)).isInstanceOf(DisconnectReason.RequestTimedOut.class);
        assertThat(other.stats().drops()).containsKey(Drop.CLIENT_ID_CONNECTED);
        assertThat(seen.events).containsExactly("connect netcode:1");
    }

    @Test
    void anIdMayTakeOverFromAnotherMember() {
        restart(SameClient.TAKE_OVER);
        NetcodeClient old = connected(1, Fixtures.SERVER_ADDRESS);
        world.driveSeconds(2);
        NetcodeClient second = dialling(1, OTHER_ADDRESS);
        world.driveUntil(second::isConnected);
        drive(0.1);
        assertThat(reasonOf(old)).isEqualTo(new DisconnectReason.Replaced());
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1", "disconnect netcode:1 Replaced", "connect netcode:1");
        assertThat(server.client(new ClientId.Netcode(1))).contains(seen.connected.getLast());
        assertThat(one.stats().connectedClients()).isZero();
        assertThat(server.send(seen.connected.getLast(), bytes("hi"))).isEqualTo(SendResult.SENT);
        assertThat(server.send(seen.connected.getFirst(), bytes("hi")))
                .isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void whoWasReplacedElsewhereFindsNoWayBackWithTheOldToken() {
        restart(SameClient.TAKE_OVER);
        ConnectToken token =
                world.mint(
                        TokenRequest.builder(1)
                                .server(Fixtures.SERVER_ADDRESS)
                                .server(OTHER_ADDRESS)
                                .build());
        NetcodeClient old = world.client(new Authentication.Token(token));
        old.connect();
        world.driveUntil(old::isConnected);
        NetcodeClient second = connected(1, OTHER_ADDRESS);
        drive(12);
        assertThat(second.isConnected()).isTrue();
        assertThat(old.isConnected()).isFalse();
    }

    @Test
    void whoComesWithATokenOfTheSameSecondTakesOver() {
        restart(SameClient.TAKE_OVER);
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(1, OTHER_ADDRESS);
        drive(1);
        assertThat(second.isConnected()).isTrue();
        assertThat(first.isConnected()).isFalse();
    }

    @Test
    void theSameNumberOfAnotherKindIsAnotherClient() {
        NetcodeClient client = connected(1, Fixtures.SERVER_ADDRESS);
        LocalClient host = connectedLocally(1);
        drive(0.1);
        assertThat(client.isConnected() && host.isConnected()).isTrue();
        assertThat(seen.events).containsExactly("connect netcode:1", "connect local:1");
    }

    // ---- Members come and go

    @Test
    void aMemberThatStopsLeavesTheOthersAlone() {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(2, OTHER_ADDRESS);
        server.stop("one");
        drive(0.2);
        assertThat(reasonOf(first)).isInstanceOf(DisconnectReason.ServerStopped.class);
        assertThat(second.isConnected()).isTrue();
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1",
                        "connect netcode:2",
                        "disconnect netcode:1 ServerStopped");
        assertThat(server.isRunning()).isTrue();
        assertThat(one.isRunning()).isFalse();
        assertThat(server.connectedClients()).hasSize(1);
        assertThatCode(() -> server.start("one")).doesNotThrowAnyException();
        world.driveSeconds(1);
        connected(1, Fixtures.SERVER_ADDRESS);
        assertThat(second.isConnected()).isTrue();
    }

    @Test
    void aTokenThatWasUsedBeforeAMemberStartedAgainStaysUsed() throws Exception {
        ConnectToken token =
                world.mint(TokenRequest.builder(1).server(Fixtures.SERVER_ADDRESS).build());
        NetcodeClient client = world.client(new Authentication.Token(token));
        client.connect();
        world.driveUntil(client::isConnected);
        server.stop("one");
        drive(0.2);
        server.start("one");
        NetcodeClient replay =
                world.forgetfulClientBuilder()
                        .authentication(new Authentication.Token(token))
                        .build();
        world.clients.add(replay);
        replay.connect();
        drive(2);
        assertThat(replay.isConnected()).isFalse();
        assertThat(one.stats().drops()).containsKey(Drop.TOKEN_CONSUMED);
    }

    @Test
    void aMemberCanBeAddedWhileTheOthersRunAndRemovedAgain() throws Exception {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetAddress address = NetAddress.parse("10.0.0.3:9999");
        NetcodeServer third = world.serverBuilder().transport(world.network.bind(address)).build();
        server.add("third", third);
        assertThat(third.isRunning()).isFalse();
        server.start("third");
        connected(3, address);
        assertThat(server.members()).containsOnlyKeys("one", "other", "local", "third");
        server.remove("third");
        drive(0.1);
        assertThat(first.isConnected()).isTrue();
        assertThat(server.members()).containsOnlyKeys("one", "other", "local");
        assertThat(seen.events).endsWith("connect netcode:3", "disconnect netcode:3 ServerStopped");
        assertThat(server.send(seen.connected.getLast(), bytes("?")))
                .isEqualTo(SendResult.NOT_CONNECTED);
        third.start(); // alone again
        third.update();
        third.stop();
    }

    @Test
    void aBindFailureIsReportedByNameAndTheRestRuns() throws Exception {
        server.stop();
        try (UdpTransport taken = UdpTransport.bind(NetAddress.parse("127.0.0.1:0"))) {
            taken.open();
            NetcodeServer unlucky =
                    world.serverBuilder()
                            .transport(UdpTransport.bind(taken.localAddress()))
                            .build();
            server.add("unlucky", unlucky);
            server.start();
            assertThat(server.isRunning()).isTrue();
            assertThat(unlucky.isRunning()).isFalse();
            assertThat(server.failures()).containsOnlyKeys("unlucky");
            assertThat(server.failures().get("unlucky"))
                    .hasMessageContaining("unlucky")
                    .hasMessageContaining(taken.localAddress().toString());
            world.driveSeconds(1);
            connected(1, Fixtures.SERVER_ADDRESS);
            assertThatThrownBy(() -> server.start("unlucky"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unlucky");
        }
        server.start("unlucky"); // the address is free now
        assertThat(server.failures()).isEmpty();
        server.stop();
    }

    @Test
    void whoAsksForAllOrNoneGetsNone() throws Exception {
        try (UdpTransport taken = UdpTransport.bind(NetAddress.parse("127.0.0.1:0"))) {
            taken.open();
            NetcodeServer lucky =
                    world.serverBuilder()
                            .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                            .build();
            NetcodeServer unlucky =
                    world.serverBuilder()
                            .transport(UdpTransport.bind(taken.localAddress()))
                            .build();
            MultiServer both =
                    MultiServer.builder()
                            .add("lucky", lucky)
                            .add("unlucky", unlucky)
                            .startsAllOrNone()
                            .build();
            assertThatThrownBy(both::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unlucky");
            assertThat(lucky.isRunning()).isFalse();
            assertThat(both.isRunning()).isFalse();
        }
    }

    @Test
    void aServerOfWhichNothingStartsFails() throws Exception {
        try (UdpTransport taken = UdpTransport.bind(NetAddress.parse("127.0.0.1:0"))) {
            taken.open();
            MultiServer alone =
                    MultiServer.builder()
                            .add(
                                    "unlucky",
                                    world.serverBuilder()
                                            .transport(UdpTransport.bind(taken.localAddress()))
                                            .build())
                            .build();
            assertThatThrownBy(alone::start).isInstanceOf(IOException.class);
        }
    }

    // ---- Mistakes

    @Test
    void membersAreUpdatedAndReceivedThroughTheirServer() {
        assertThatThrownBy(one::update)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MultiServer");
        assertThatThrownBy(() -> local.receive(seen)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMemberBelongsToOneServerAndDoesNotRunWhenItJoins() {
        assertThatThrownBy(() -> MultiServer.builder().add("one", one).build())
                .isInstanceOf(IllegalStateException.class);
        NetcodeServer running =
                world.start(
                        world.serverBuilder()
                                .transport(world.network.bind(NetAddress.parse("10.0.0.9:1"))));
        assertThatThrownBy(() -> server.add("running", running))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("runs already");
        assertThat(server.members()).doesNotContainKey("running");
    }

    @Test
    void namesAreUsedOnceAndKnown() {
        assertThatThrownBy(() -> server.add("one", LocalServer.builder().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one");
        assertThatThrownBy(() -> server.stop("two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two")
                .hasMessageContaining("other");
        assertThatThrownBy(() -> MultiServer.builder().build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anotherThreadIsToldWhoseServerItIs() throws Exception {
        world.step();
        List<Throwable> thrown = new ArrayList<>();
        Thread intruder =
                Thread.ofPlatform()
                        .name("intruder")
                        .start(() -> {
                            for (Runnable call :
                                    List.<Runnable>of(
                                            server::update,
                                            () -> server.receive(seen),
                                            () -> server.broadcast(bytes("x")),
                                            server::connectedClients,
                                            server::stop,
                                            () -> server.stop("one"),
                                            one::stop)) {
                                try {
                                    call.run();
                                } catch (IllegalStateException e) {
                                    thrown.add(e);
                                }
                            }
                        });
        intruder.join();
        assertThat(thrown)
                .hasSize(7)
                .allSatisfy(e ->
                        assertThat(e)
                                .hasMessageContaining(Thread.currentThread().getName())
                                .hasMessageContaining("intruder"));
    }

    // ---- Debugging

    @Test
    void suspendedTimeoutsHoldForAllMembersAndThoseThatJoinLater() throws Exception {
        NetcodeClient first = connected(1, Fixtures.SERVER_ADDRESS);
        NetcodeClient second = connected(2, OTHER_ADDRESS);
        server.suspendTimeouts();
        world.clients.clear(); // both sit at a breakpoint
        drive(60);
        assertThat(server.connectedClients()).hasSize(2);
        server.resumeTimeouts();
        drive(4.9);
        assertThat(server.connectedClients()).hasSize(2);
        drive(0.3);
        assertThat(server.connectedClients()).isEmpty();
        assertThat(seen.events)
                .contains("disconnect netcode:1 TimedOut", "disconnect netcode:2 TimedOut");
        assertThat(first).isNotSameAs(second);
    }

    @Test
    void aClientWhoseTimeoutsAreSuspendedWaitsForItsServer() {
        NetcodeClient client = connected(1, Fixtures.SERVER_ADDRESS);
        server.suspendTimeouts();
        client.suspendTimeouts();
        world.servers.clear(); // the server sits at a breakpoint
        world.driveSeconds(60);
        assertThat(client.isConnected()).isTrue();
        world.servers.add(server);
        client.resumeTimeouts();
        drive(6);
        assertThat(client.isConnected()).isTrue();
    }
}
