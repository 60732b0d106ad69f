package dev.hawser.steam;

import static dev.hawser.steam.SteamRig.bytes;
import static dev.hawser.steam.SteamRig.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// How connections over Steam end: by either side, by silence, by Steam itself.
class SteamEndsTest extends SteamTest {
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
        rig.connect(ANN, b -> b.livenessTimeout(Duration.ofSeconds(5)));
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
        rig.connect(ANN, b -> b.livenessTimeout(Duration.ZERO));
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
        rig.connect(ANN, b -> b.livenessTimeout(Duration.ofHours(1)));
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
}
