package dev.hawser.steam;

import static dev.hawser.steam.SteamRig.bytes;
import static dev.hawser.steam.SteamRig.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.LinkStatus;
import dev.hawser.NetClient;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerConfig.SameClient;
import dev.hawser.steam.LoopbackNetwork.Connection;
import dev.hawser.transport.LinkConditions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers and clients over the loopback double, whose functions Valve's real library calls.
class SteamConnectionTest {
    private static final long ANN = 0x0110_0001_0000_0010L;
    private static final long BEN = 0x0110_0001_0000_0020L;
    private static final long CID = 0x0110_0001_0000_0030L;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final SteamRig rig = new SteamRig();
    private int listeners;

    @BeforeEach
    void begin() {
        LOG.setUseParentHandlers(false);
        listeners = StatusCallbacks.listeners();
    }

    @AfterEach
    void end() {
        LOG.setUseParentHandlers(true);
        rig.close();
        assertThat(rig.network.connections()).as("connections that nobody closed").isZero();
        assertThat(rig.network.listenSockets()).isZero();
        assertThat(rig.serverSteam.pollGroups()).isZero();
        assertThat(MessagePool.live()).as("messages that nobody released").isZero();
        assertThat(MessagePool.failures()).as("messages released twice").isZero();
        assertThat(LoopbackSteam.failures()).as("calls that failed").isZero();
        assertThat(StatusCallbacks.listeners()).isEqualTo(listeners);
    }

    // ---- Connecting

    @Test
    void aClientConnectsByAddress() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN);
        ann.connect();
        assertThat(ann.state()).isEqualTo(new ConnectionState.Connecting());
        rig.until(ann::isConnected);
        rig.steps(3);

        ConnectedClient client = rig.connected.getFirst();
        assertThat(client.id()).isEqualTo(new ClientId.Steam(ANN));
        assertThat(client.address()).contains(NetAddress.parse("10.0.1.1:40000"));
        assertThat(client.isLocal()).isFalse();
        assertThat(SteamServer.hasSteamId(client.id())).isTrue();
        assertThat(ann.id()).contains(new ClientId.Steam(ANN));
        assertThat(ann.serverAddress()).contains(SteamRig.ADDRESS);
        assertThat(rig.server.localAddresses()).containsExactly(SteamRig.ADDRESS);
        assertThat(rig.server.client(new ClientId.Steam(ANN))).contains(client);
        assertThat(rig.seen).containsExactly("connect steam:" + ANN);
    }

    @Test
    void aClientConnectsToAPeer() {
        rig.start(rig.serverBuilder().virtualPort(3));
        SteamClient ann = rig.connect(ANN, builder -> builder.peer(SteamRig.SERVER_ID, 3));
        rig.steps(3);

        assertThat(rig.connected.getFirst().address()).isEmpty();
        assertThat(rig.server.localAddresses()).isEmpty();
        assertThat(ann.serverAddress()).isEmpty();
        assertThat(rig.serverSteam.relayInits).as("contact with the relays").isPositive();
        assertThat(rig.steam(ANN).relayInits).isPositive();
        assertThat(rig.serverSteam.api.relayNetworkStatus()).contains(100);
    }

    @Test
    void connectingToNobodyTimesOut() {
        rig.start(rig.serverBuilder());
        NetAddress nobody = NetAddress.parse("10.9.9.9:1");
        SteamClient ann =
                rig.client(
                        ANN,
                        builder ->
                                builder.server(nobody)
                                        .options(
                                                SteamOptions.DEFAULT.initialTimeout(
                                                        Duration.ofSeconds(2))));
        ann.connect();
        rig.seconds(2.1);

        assertThat(ann.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.RequestTimedOut(List.of(nobody), 2)));
    }

    @Test
    void theSystemChoosesThePortWhereNoneIsGiven() {
        rig.start(rig.serverBuilder().listen(SteamRig.ADDRESS.withPort(0)));

        assertThat(rig.server.localAddresses().getFirst().port()).isPositive();
    }

    // ---- Who may come in

    @Test
    void theHandlersReasonReachesTheClient() {
        rig.start(
                rig.serverBuilder()
                        .connectionRequests(
                                request -> request.refuse(new Refusal.Banned("cheating", 60))));
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.until(() -> ann.state() instanceof ConnectionState.Disconnected);

        assertThat(ann.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.Denied(
                                        new StatedReason(StatedReason.BANNED, 60, "cheating"))));
        assertThat(rig.seen).isEmpty();
        assertThat(rig.server.stats().deniedConnections()).isOne();
        assertThat(rig.server.stats().refusals()).containsEntry(StatedReason.BANNED, 1L);
    }

    @Test
    void theHandlerMayAnswerLater() {
        List<ConnectionRequest> requests = new ArrayList<>();
        rig.start(rig.serverBuilder().connectionRequests(requests::add));
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.steps(50);
        assertThat(ann.state()).isEqualTo(new ConnectionState.Connecting());
        assertThat(rig.server.stats().pendingConnections()).isOne();
        ConnectionRequest request = requests.getFirst();
        assertThat(request.id()).isEqualTo(new ClientId.Steam(ANN));

        CompletableFuture.runAsync(request::accept).orTimeout(10, TimeUnit.SECONDS).join();
        rig.until(ann::isConnected);
        assertThat(rig.server.stats().pendingConnections()).isZero();
    }

    @Test
    void anAnswerToAClientThatHasGivenUpDoesNothing() {
        List<ConnectionRequest> requests = new ArrayList<>();
        rig.start(rig.serverBuilder().connectionRequests(requests::add));
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.until(() -> !requests.isEmpty());
        ann.disconnect();
        rig.steps(3);
        requests.getFirst().accept();
        rig.steps(3);

        assertThat(rig.seen).isEmpty();
        assertThat(rig.server.stats().pendingConnections()).isZero();
    }

    @Test
    void anAnswerToAClientThatGivesUpAtThatMomentDoesNothing() {
        List<ConnectionRequest> requests = new ArrayList<>();
        rig.start(rig.serverBuilder().connectionRequests(requests::add));
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.until(() -> !requests.isEmpty());
        ann.disconnect();
        requests.getFirst().accept();
        rig.steps(3);

        assertThat(rig.seen).isEmpty();
    }

    @Test
    void aFullServerSaysSo() {
        rig.start(rig.serverBuilder().maxClients(1));
        rig.connect(ANN);
        SteamClient ben = rig.client(BEN);
        ben.connect();
        rig.until(() -> ben.state() instanceof ConnectionState.Disconnected);

        assertThat(refusal(ben)).contains(new Refusal.Full(0));
        assertThat(rig.server.stats().maxClients()).isOne();
        assertThat(rig.server.stats().connectedClients()).isOne();
    }

    @Test
    void theSeatOfOneWhoLeftIsFree() {
        rig.start(rig.serverBuilder().maxClients(1));
        SteamClient ann = rig.connect(ANN);
        ann.disconnect();
        SteamClient ben = rig.connect(BEN);

        assertThat(ben.isConnected()).isTrue();
        assertThat(rig.connected.getLast().clientIndex()).isZero();
    }

    @Test
    void anAccountThatIsConnectedIsRefused() {
        rig.start(rig.serverBuilder());
        rig.connect(ANN);
        SteamClient again = rig.client(ANN);
        again.connect();
        rig.until(() -> again.state() instanceof ConnectionState.Disconnected);

        assertThat(refusal(again)).contains(new Refusal.AlreadyConnected());
        assertThat(rig.server.connectedClients()).hasSize(1);
    }

    @Test
    void anAccountThatComesBackTakesOverAlsoWhereTheServerIsFull() {
        rig.start(rig.serverBuilder().maxClients(1).sameClient(SameClient.TAKE_OVER));
        SteamClient ann = rig.connect(ANN);
        SteamClient again = rig.connect(ANN, _ -> {});
        rig.steps(3);

        assertThat(ann.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.Replaced()));
        assertThat(rig.seen)
                .containsExactly(
                        "connect steam:" + ANN,
                        "disconnect steam:" + ANN + " Replaced[]",
                        "connect steam:" + ANN);
    }

    @Test
    void aPeerWithoutASteamIdIsRefused() {
        rig.start(rig.serverBuilder());
        SteamClient nobody = rig.client(0);
        nobody.connect();
        rig.until(() -> nobody.state() instanceof ConnectionState.Disconnected);

        assertThat(nobody.state().toString()).contains("accounts of Steam");
        assertThat(nobody.id()).isEmpty();
    }

    @Test
    void peersWithoutASteamIdAreToldApart() {
        rig.start(rig.serverBuilder().allowWithoutSteamId());
        for (int i = 0; i < 2; i++) {
            SteamClient nobody = rig.client(0);
            nobody.connect();
            rig.until(nobody::isConnected);
        }
        rig.steps(3);

        assertThat(rig.connected).hasSize(2);
        assertThat(rig.connected.get(0).id()).isNotEqualTo(rig.connected.get(1).id());
        assertThat(rig.connected).noneMatch(client -> SteamServer.hasSteamId(client.id()));
    }

    @Test
    void authenticationIsRequiredUnlessSaidOtherwise() {
        rig.start(rig.serverBuilder());
        rig.connect(ANN);
        assertThat(clientEnd(ANN).options).containsEntry(23, 0L);

        SteamClient ben = rig.client(BEN, SteamClient.Builder::allowUnauthenticated);
        ben.connect();
        assertThat(clientEnd(BEN).options).containsEntry(23, 1L);
    }

    // ---- Payloads

    @Test
    void payloadsGoBothWays() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        ConnectedClient client = rig.connected.getFirst();

        assertThat(ann.send(bytes("hello"))).isEqualTo(SendResult.SENT);
        assertThat(ann.send(bytes("at once"), SteamSendMode.RELIABLE_NO_NAGLE))
                .isEqualTo(SendResult.SENT);
        rig.until(() -> rig.seen.contains("steam:" + ANN + ": at once"));
        assertThat(rig.server.send(client, bytes("hello yourself"))).isEqualTo(SendResult.SENT);
        assertThat(
                        ((SteamServer) rig.server)
                                .send(client, bytes("for sure"), SteamSendMode.RELIABLE))
                .isEqualTo(SendResult.SENT);
        rig.steps(2);

        assertThat(rig.seen)
                .containsExactly(
                        "connect steam:" + ANN,
                        "steam:" + ANN + ": hello",
                        "steam:" + ANN + ": at once");
        assertThat(receive(ann)).containsExactly("hello yourself", "for sure");
        assertThat(ann.stats().payloadsIn()).isEqualTo(2);
        assertThat(ann.connectionStats().payloadsOut()).isEqualTo(2);
        assertThat(client.stats().payloadsIn()).isEqualTo(2);
        assertThat(rig.server.stats().payloadsOut()).isEqualTo(2);
    }

    @Test
    void theModeOfTheServerAndOfTheSendReachSteam() {
        rig.start(rig.serverBuilder().sendMode(SteamSendMode.RELIABLE));
        SteamClient ann = rig.connect(ANN);
        ConnectedClient client = rig.connected.getFirst();
        rig.network.isStalled = true;

        rig.server.send(client, bytes("12345"));
        Connection end = serverEnd();
        assertThat(end.pendingReliable).isEqualTo(5);
        ((SteamServer) rig.server).send(client, bytes("123"), SteamSendMode.UNRELIABLE);
        assertThat(end.pendingUnreliable).isEqualTo(3);
        assertThat(
                        ((SteamServer) rig.server)
                                .send(client, bytes("x"), SteamSendMode.UNRELIABLE_NO_DELAY))
                .isEqualTo(SendResult.QUEUE_FULL);
        rig.server.send(client, bytes("7654321"));
        assertThat(end.pendingReliable).as("the mode of one send is that send's").isEqualTo(12);
        rig.network.isStalled = false;
        rig.steps(2);
        assertThat(receive(ann)).containsExactly("12345", "123", "7654321");
    }

    @Test
    void aFullBufferIsToldToWhoSends() {
        rig.start(
                rig.serverBuilder()
                        .maxClients(2)
                        .options(SteamOptions.DEFAULT.sendBufferBytes(2048)));
        rig.connect(ANN);
        rig.network.isStalled = true;
        String kilobyte = "x".repeat(1024);

        ConnectedClient client = rig.connected.getFirst();
        assertThat(rig.server.send(client, bytes(kilobyte))).isEqualTo(SendResult.SENT);
        assertThat(rig.server.send(client, bytes(kilobyte))).isEqualTo(SendResult.SENT);
        assertThat(rig.server.send(client, bytes("x"))).isEqualTo(SendResult.QUEUE_FULL);
        rig.network.isStalled = false;
    }

    @Test
    void aFloodWaitsInSteamAndNothingIsLostOrReordered() {
        rig.start(rig.serverBuilder().receiveLimitPerClient(16, 64 << 10));
        SteamClient ann = rig.connect(ANN);
        SteamClient ben = rig.connect(BEN);
        rig.seen.clear();
        for (int i = 0; i < 500; i++) {
            ann.send(bytes("a" + i));
        }
        ben.send(bytes("me too"));
        rig.isReceiving = false;
        rig.steps(10);
        assertThat(rig.server.stats().payloadsIn()).isEqualTo(17);
        rig.isReceiving = true;
        rig.step();
        assertThat(rig.seen).contains("steam:" + BEN + ": me too");

        rig.until(() -> rig.seen.size() == 501);
        assertThat(rig.seen)
                .filteredOn(line -> line.contains(": a"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(i -> "steam:" + ANN + ": a" + i).toList());
    }

    @Test
    void everybodyIsHeardAfterTheWholeServerHadAsMuchWaitingAsItMay() {
        MultiServer server =
                MultiServer.builder()
                        .add(
                                "steam",
                                rig.serverBuilder().receiveLimitPerClient(1000, 1 << 20).build())
                        .receiveQueueBytes(512 << 10)
                        .build();
        rig.start(server);
        List<SteamClient> clients = List.of(rig.connect(ANN), rig.connect(BEN), rig.connect(CID));
        rig.seen.clear();
        ByteBuffer large = ByteBuffer.allocate(1200);
        rig.isReceiving = false;
        for (SteamClient client : clients) {
            for (int i = 0; i < 300; i++) {
                assertThat(client.send(large)).isEqualTo(SendResult.SENT);
            }
        }
        rig.steps(5);
        assertThat(rig.server.stats().payloadsIn()).as("of 900, queued").isBetween(300L, 600L);
        rig.isReceiving = true;

        rig.until(() -> rig.seen.size() == 900);
        assertThat(rig.server.connectedClients())
                .allMatch(client -> client.stats().payloadsIn() == 300);
    }

    @Test
    void aPayloadThatIsHereBeforeTheWordThatItsConnectionIsMadeWaitsForIt() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.step();
        rig.serverSteam.areCallbacksHeld = true;
        rig.until(ann::isConnected);
        ann.send(bytes("already here"));
        rig.steps(3);
        assertThat(rig.seen).isEmpty();
        assertThat(MessagePool.live()).as("held").isPositive();
        rig.serverSteam.areCallbacksHeld = false;
        rig.step();

        assertThat(rig.seen)
                .containsExactly("connect steam:" + ANN, "steam:" + ANN + ": already here");
    }

    @Test
    void whatIsHeldOfAConnectionThatIsNeverMadeIsReleased() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.step();
        rig.serverSteam.areCallbacksHeld = true;
        rig.until(ann::isConnected);
        ann.send(bytes("already here"));
        rig.steps(3);
        assertThat(MessagePool.live()).as("held").isPositive();
        rig.server.stop();

        assertThat(MessagePool.live()).isZero();
    }

    @Test
    void whatWasSentBeforeTheEndComesBeforeTheEndWhichDoesNotWaitForRoom() {
        rig.start(rig.serverBuilder().receiveLimitPerClient(4, 64 << 10));
        SteamClient ann = rig.connect(ANN);
        rig.seen.clear();
        rig.isReceiving = false;
        for (int i = 0; i < 20; i++) {
            ann.send(bytes("last words " + i));
        }
        ann.disconnect(StatedReason.of(1001, "dinner"));
        rig.steps(5);
        assertThat(rig.server.connectedClients()).isEmpty();
        rig.isReceiving = true;
        rig.step();
        assertThat(rig.seen).hasSize(21);

        assertThat(rig.seen.get(19)).endsWith("last words 19");
        assertThat(rig.seen.get(20)).startsWith("disconnect");
    }

    @Test
    void aClientThatIsNotReceivedFromKeepsNoMoreThanItMay() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN, builder -> builder.messagesPerUpdateMax(100));
        ann.connect();
        rig.until(() -> !rig.connected.isEmpty() && ann.isConnected());
        ConnectedClient client = rig.connected.getFirst();
        for (int i = 0; i < 700; i++) {
            rig.server.send(client, bytes("s" + i));
        }
        rig.steps(5);
        assertThat(clientEnd(ANN).received).as("left in Steam").hasSizeGreaterThanOrEqualTo(600);
        assertThat(ann.stats().updatesAtLimit()).isPositive();
        List<String> received = new ArrayList<>();
        rig.until(() -> received.addAll(receive(ann)) && received.size() >= 700);

        assertThat(received.getLast()).isEqualTo("s699");
    }

    @Test
    void messagesThatAreNoPayloadsAreDropped() {
        rig.start(rig.serverBuilder());
        rig.connect(ANN);
        rig.seen.clear();
        rig.network.send(rig.steam(ANN), clientEnd(ANN).handle, new byte[1201], 1);
        rig.network.send(rig.steam(ANN), clientEnd(ANN).handle, new byte[0], 1);
        rig.network.send(rig.serverSteam, serverEnd().handle, new byte[1201], 1);
        rig.steps(3);

        assertThat(rig.seen).isEmpty();
        assertThat(rig.server.stats().payloadsNotQueued()).isOne();
    }

    @Test
    void aBroadcastReachesEverybodyButOne() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        SteamClient ben = rig.connect(BEN);
        SteamClient cid = rig.connect(CID);

        assertThat(rig.server.broadcast(rig.connected.get(1), bytes("hush"))).isEqualTo(2);
        rig.steps(2);
        assertThat(receive(ann)).containsExactly("hush");
        assertThat(receive(ben)).isEmpty();
        assertThat(receive(cid)).containsExactly("hush");
    }

    // ---- Ends

    @Test
    void theServersReasonReachesTheClient() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.server.disconnect(
                rig.connected.getFirst(), new StatedReason(60_000, 30, "x".repeat(100)));
        rig.steps(3);

        StatedReason stated = new StatedReason(60_000, 30, "x".repeat(100));
        assertThat(ann.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(new DisconnectReason.ServerEnded(stated)));
        assertThat(rig.seen.getLast()).contains("ServerEnded");
        assertThat(rig.server.send(rig.connected.getFirst(), bytes("bye")))
                .isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(ann.send(bytes("hm"))).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void theClientsReasonReachesTheServer() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        ann.disconnect(StatedReason.of(1001, "dinner"));
        rig.steps(3);

        assertThat(rig.seen.getLast())
                .isEqualTo(
                        "disconnect steam:"
                                + ANN
                                + " "
                                + new DisconnectReason.ClientLeft(StatedReason.of(1001, "dinner")));
        assertThat(ann.state().toString()).contains("ClientLeft");
        assertThat(rig.network.connections()).as("ends that are still owed a close").isZero();
    }

    @Test
    void whatTheServerSentBeforeTheEndArrives() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.server.send(rig.connected.getFirst(), bytes("last words"));
        rig.server.disconnect(rig.connected.getFirst(), StatedReason.of(1001, "dinner"));
        rig.step();

        assertThat(receive(ann)).containsExactly("last words");
        assertThat(ann.state().toString()).contains("dinner");
    }

    @Test
    void anUpdateSendsWhatWaitsForMore() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.server.send(rig.connected.getFirst(), bytes("down"));
        rig.server.update();
        ann.update();
        assertThat(receive(ann)).containsExactly("down");
        ann.send(bytes("up"));
        ann.update();
        rig.server.update();
        rig.server.receive(rig);
        assertThat(rig.seen.getLast()).endsWith("up");
    }

    @Test
    void aSecondOfSilenceCostsOneMessage() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.seconds(1);
        int before = rig.network.emptyMessages;
        rig.seconds(10);
        assertThat(rig.network.emptyMessages - before).as("of both sides").isBetween(18, 20);
        before = rig.network.emptyMessages;
        for (int i = 0; i < 100; i++) {
            ann.send(bytes("up"));
            rig.server.broadcast(bytes("down"));
            rig.steps(5);
            receive(ann);
        }
        assertThat(rig.network.emptyMessages - before).as("while there is talk").isZero();
    }

    @Test
    void whoSaysNothingIsHeardToSayNothing() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        ann.disconnect();
        rig.connect(BEN);
        SteamClient ben = rig.connect(CID, _ -> {});
        rig.steps(2);
        rig.server.disconnect(rig.connected.getLast(), StatedReason.NONE);
        rig.steps(2);

        assertThat(rig.seen)
                .contains(
                        "disconnect steam:"
                                + ANN
                                + " "
                                + new DisconnectReason.ClientLeft(StatedReason.NONE));
        assertThat(ben.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.ServerEnded(StatedReason.NONE)));
    }

    @Test
    void aStoppedServerSaysSoAndCanStartAgain() throws IOException {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        SteamClient ben = rig.client(BEN);
        ben.connect();
        rig.server.stop();
        rig.server.receive(rig);
        rig.steps(2);

        assertThat(ann.state().toString()).contains("ServerStopped");
        assertThat(ben.state().toString()).contains("Denied").contains("code=4");
        assertThat(rig.seen.getLast()).contains("ServerStopped");
        assertThat(rig.server.localAddresses()).isEmpty();
        rig.server.start();
        ben.connect();
        rig.until(ben::isConnected);
    }

    @Test
    void aCrashedClientTimesOut() {
        rig.start(
                rig.serverBuilder()
                        .options(SteamOptions.DEFAULT.connectedTimeout(Duration.ofSeconds(4))));
        rig.connect(ANN);
        rig.steam(ANN).crash();
        rig.steam(ANN).shutDown();
        rig.seconds(4.1);

        assertThat(rig.seen.getLast()).contains("TimedOut[timeoutSeconds=4,");
        assertThat(rig.network.connections()).as("ends that are still owed a close").isZero();
    }

    @Test
    void silenceThatSteamDoesNotNoticeEndsTheConnectionAtBothSides() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofSeconds(3)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ofSeconds(5)));
        rig.seconds(2);
        rig.network.isStalled = true;
        rig.seconds(2);
        assertThat(rig.seen).hasSize(1);
        rig.seconds(1.2);

        assertThat(rig.seen.getLast()).contains("TimedOut[timeoutSeconds=3, pausedMillis=0,");
        rig.network.isStalled = false;
    }

    @Test
    void theClientTooNoticesSilence() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofHours(1)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ofSeconds(5)));
        rig.seconds(30);
        assertThat(ann.isConnected()).as("alive while there is nothing to say").isTrue();
        rig.network.isStalled = true;
        rig.seconds(5.2);

        assertThat(ann.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.TimedOut(5)));
    }

    @Test
    void aPeerThatIsNotHawsersIsLeftToSteam() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofSeconds(3)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ZERO));
        rig.seconds(60);

        assertThat(ann.isConnected()).isTrue();
        assertThat(rig.server.connectedClients()).hasSize(1);
    }

    /// People would see each empty message.
    @Test
    void aClientThatIsNotHawsersGetsNoEmptyMessage() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofSeconds(3)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ZERO));
        rig.seconds(60);
        rig.server.disconnect(rig.connected.getLast(), StatedReason.NONE);
        rig.steps(2);

        assertThat(rig.network.emptyMessages).isZero();
    }

    @Test
    void aServerThatIsNotHawsersGetsOneEmptyMessage() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ZERO));
        SteamClient ann = rig.connect(ANN);
        rig.seconds(60);
        ann.disconnect();
        rig.steps(2);

        assertThat(rig.network.emptyMessages).isEqualTo(1);
    }

    /// What came meanwhile may be more than Steam keeps.
    @Test
    void aServerThatStoodStillHearsOutItsClients() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofSeconds(3)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ofHours(1)));
        rig.seconds(2);
        rig.network.isStalled = true;
        rig.step(8_000);
        assertThat(rig.server.connectedClients()).hasSize(1);
        rig.seconds(1.9);
        assertThat(rig.server.connectedClients()).hasSize(1);
        rig.seconds(0.3);

        assertThat(rig.seen.getLast()).contains("TimedOut[timeoutSeconds=3, pausedMillis=8");
        rig.network.isStalled = false;
    }

    @Test
    void aClientThatStoodStillHearsOutItsServer() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofHours(1)));
        SteamClient ann = rig.connect(ANN, b -> b.livenessTimeout(Duration.ofSeconds(3)));
        rig.seconds(2);
        rig.network.isStalled = true;
        rig.step(8_000);
        assertThat(ann.isConnected()).isTrue();
        rig.seconds(2.3);

        assertThat(ann.state().toString()).contains("TimedOut[timeoutSeconds=3, pausedMillis=8");
        rig.network.isStalled = false;
    }

    @Test
    void suspendedTimeoutsEndNothing() {
        rig.start(rig.serverBuilder().livenessTimeout(Duration.ofSeconds(3)));
        SteamClient ann = rig.connect(ANN);
        rig.seconds(2);
        rig.server.suspendTimeouts();
        ann.suspendTimeouts();
        rig.network.isStalled = true;
        rig.seconds(60);
        assertThat(ann.isConnected()).isTrue();
        assertThat(serverEnd().options).containsEntry(25, 86_400_000L);
        rig.network.isStalled = false;
        rig.server.resumeTimeouts();
        ann.resumeTimeouts();
        rig.seconds(10);

        assertThat(ann.isConnected()).isTrue();
        assertThat(serverEnd().options).containsEntry(25, 10_000L);
    }

    @Test
    void whatSteamSaysOfAFailureIsPassedOn() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.network.fail(clientEnd(ANN), 4003, "bad certificate");
        rig.network.fail(serverEnd(), 5002, "something");
        rig.steps(2);

        assertThat(ann.state().toString()).contains("TransportFailed").contains("bad certificate");
        assertThat(rig.seen.getLast()).contains("TransportFailed").contains("5002");
    }

    @Test
    void steamThatIsShutDownUnderneathIsNotCalled() {
        rig.start(rig.serverBuilder().receiveLimitPerClient(2, 1000));
        SteamClient ann = rig.connect(ANN);
        rig.isReceiving = false;
        for (int i = 0; i < 10; i++) {
            ann.send(bytes("x"));
        }
        rig.steps(2);
        int held = MessagePool.live();
        assertThat(held).isPositive();
        rig.serverSteam.shutDown();
        rig.isReceiving = true;
        rig.steps(2);

        assertThat(rig.seen.getLast()).contains("Steam was shut down");
        assertThat(rig.server.connectedClients()).isEmpty();
        assertThatThrownBy(() -> rig.serverSteam.api.identity())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shut down");
        rig.server.stop();
        assertThatThrownBy(rig.server::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("initialise Steam");
        assertThat(MessagePool.live()).as("Steam's memory went with it").isEqualTo(held);
        MessagePool.forgetAll();
        // What the server can no longer close.
        rig.network.crash(rig.serverSteam);
        rig.serverSteam.pollGroupsAreGone();
    }

    // ---- Figures, options, threads

    @Test
    void theStatsHaveWhatSteamMeasures() {
        rig.start(rig.serverBuilder());
        rig.serverSteam.unacknowledgedBytes = 7;
        SteamClient ann = rig.connect(ANN);
        rig.seconds(1.1);

        LinkStatus link = rig.connected.getFirst().stats().link().orElseThrow();
        assertThat(link.pingMillis()).isEqualTo(42);
        assertThat(link.qualityHere()).hasValue(0.75);
        assertThat(link.qualityThere()).hasValue(0.5);
        assertThat(link.packetsOutPerSecond()).isEqualTo(10);
        assertThat(link.bytesOutPerSecond()).isEqualTo(1000);
        assertThat(link.packetsInPerSecond()).isEqualTo(20);
        assertThat(link.bytesInPerSecond()).isEqualTo(2000);
        assertThat(link.sendRateBytesPerSecond()).isEqualTo(262_144);
        assertThat(link.unacknowledgedBytes()).isEqualTo(7);
        assertThat(link.queueNanos()).isEqualTo(1_500_000);
        assertThat(ann.connectionStats().link()).isPresent();
        assertThat(ann.connectionStats().roundTripNanos()).hasValue(42_000_000);
        assertThat(ann.connectionStats().inboundLoss()).hasValue(0.25);
        assertThat(ann.connectionStats().jitterNanos()).hasValue(250_000);
        rig.serverSteam.unacknowledgedBytes = 0;
        ann.reportRoundTrip(7);
        assertThat(ann.connectionStats().roundTripNanos()).hasValue(7);
    }

    @Test
    void aFakeNetworkIsForEverybody() {
        rig.start(rig.serverBuilder());
        LinkConditions out = LinkConditions.NONE.latencyMillis(50).loss(0.05).duplication(0.02);
        LinkConditions in = LinkConditions.NONE.latencyMillis(30).reordering(0.01);
        rig.serverSteam.api.fakeNetwork(out, in);

        assertThat(rig.serverSteam.globals)
                .containsEntry(4, 50.0)
                .containsEntry(5, 30.0)
                .containsEntry(6, 0.0)
                .containsEntry(3, 0.0)
                .containsEntry(27, 0.0);
        assertThat(rig.serverSteam.globals.get(2)).isCloseTo(5, offset());
        assertThat(rig.serverSteam.globals.get(7)).isCloseTo(1, offset());
        assertThat(rig.serverSteam.globals.get(26)).isCloseTo(2, offset());
        assertThatThrownBy(() ->
                        rig.serverSteam.api.fakeNetwork(
                                LinkConditions.NONE.jitterMillis(1), LinkConditions.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than Steam can fake");
    }

    @Test
    void aPlaceThatIsTakenIsAnError() {
        rig.start(rig.serverBuilder());
        SteamServer second = rig.serverBuilder().build();
        assertThatThrownBy(second::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(SteamRig.ADDRESS.toString())
                .hasMessageContaining("in use");
        SteamServer peers = rig.serverBuilder().virtualPort(1).build();
        SteamServer same = rig.serverBuilder().virtualPort(1).build();
        assertThatThrownBy(
                        () -> {
                            peers.start();
                            same.start();
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("virtual port 1");
        peers.stop();
    }

    @Test
    void anotherThreadIsTurnedAway() {
        rig.start(rig.serverBuilder());
        rig.connect(ANN);

        assertThatThrownBy(() ->
                        CompletableFuture.runAsync(() -> rig.server.update())
                                .orTimeout(10, TimeUnit.SECONDS)
                                .join())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to the thread");
    }

    @Test
    void anApiInUseIsNotClosed() {
        rig.start(rig.serverBuilder());
        assertThatThrownBy(() -> rig.serverSteam.api.close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 servers and clients");
    }

    @Test
    void aCallbackThatFailsHarmsNobody() {
        rig.start(rig.serverBuilder());
        long before = StatusCallbacks.failures();
        int failing =
                StatusCallbacks.add(_ -> {
                    throw new IllegalStateException("thrown on purpose");
                });
        rig.connect(ANN);
        Connection end = clientEnd(ANN);
        end.userData = StatusCallbacks.userData(failing, 0);
        rig.server.disconnect(rig.connected.getFirst(), StatedReason.NONE);
        rig.steps(2);
        assertThat(StatusCallbacks.failures()).isEqualTo(before + 1);
        StatusCallbacks.remove(failing);
    }

    @Test
    void buildersSayWhatIsMissingOrWrong() {
        assertThatThrownBy(() -> SteamServer.builder(rig.serverSteam.api).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listen(address) or virtualPort(port)");
        assertThatThrownBy(() -> SteamClient.builder(rig.serverSteam.api).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("server(address)");
        assertThatThrownBy(() -> rig.serverBuilder().maxClients(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 1 to 4096");
        rig.serverBuilder().maxClients(4096);
        assertThatThrownBy(() -> rig.serverBuilder().maxClients(4097))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rig.serverBuilder().livenessTimeout(Duration.ofMillis(2999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 seconds");
        assertThatThrownBy(() -> rig.serverBuilder().virtualPort(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SteamOptions.DEFAULT.mtuBytes(1301))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SteamOptions.DEFAULT.initialTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- Together with others

    @Test
    void steamAndLocalPlayersMeetOnOneServer() {
        LocalServer local = LocalServer.builder().build();
        SteamServer steam = rig.serverBuilder().build();
        rig.start(MultiServer.builder().add("steam", steam).add("local", local).build());
        SteamClient ann = rig.connect(ANN);
        NetClient host = LocalClient.builder(local).id(ANN).build();
        host.connect();
        rig.steps(2);
        host.update();

        assertThat(rig.seen).containsExactly("connect steam:" + ANN, "connect local:" + ANN);
        assertThat(rig.server.broadcast(bytes("welcome"))).isEqualTo(2);
        rig.steps(2);
        assertThat(receive(ann)).containsExactly("welcome");
        host.close();
    }

    // ---- Short forms

    private Connection clientEnd(long id) {
        return rig.network.connectionsOf(rig.steam(id)).getLast();
    }

    private Connection serverEnd() {
        return rig.network.connectionsOf(rig.serverSteam).getFirst();
    }

    private static Optional<Refusal> refusal(SteamClient client) {
        return client.state()
                        instanceof ConnectionState.Disconnected(DisconnectReason.Denied denied)
                ? denied.refusal()
                : Optional.empty();
    }

    private static Offset<Double> offset() {
        return Offset.offset(0.001);
    }
}
