package dev.hawser.steam;

import static dev.hawser.steam.SteamRig.bytes;
import static dev.hawser.steam.SteamRig.receive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectedClient;
import dev.hawser.SendResult;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.LoopbackNetwork.Connection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How payloads travel over Steam, and where they wait.
class SteamPayloadsTest extends SteamTest {
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
}
