package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Who may come in over Steam, and what those read who may not.
class SteamAdmissionTest extends SteamTest {
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
    void aServerThatDrainsRefusesWhoWaitsAndWhoComesAndSendsOnWhoIsLeft() {
        Refusal.Draining update = new Refusal.Draining("an update", 5);
        List<ConnectionRequest> requests = new ArrayList<>();
        rig.start(
                rig.serverBuilder()
                        .connectionRequests(request -> {
                            if (request.id().value() == ANN) {
                                request.accept();
                            } else {
                                requests.add(request);
                            }
                        }));
        SteamClient ann = rig.connect(ANN);
        SteamClient waiting = rig.client(ANN + 1);
        waiting.connect();
        rig.until(() -> !requests.isEmpty());

        rig.server.drain(Duration.ofSeconds(10), update);
        SteamClient newcomer = rig.client(ANN + 2);
        newcomer.connect();
        requests.getFirst().accept();
        rig.seconds(5);

        ConnectionState denied =
                new ConnectionState.Disconnected(new DisconnectReason.Denied(update.stated()));
        assertThat(waiting.state()).isEqualTo(denied);
        assertThat(newcomer.state()).isEqualTo(denied);
        assertThat(requests).hasSize(1);
        assertThat(rig.server.stats().deniedConnections()).isEqualTo(2);
        assertThat(rig.server.stats().pendingConnections()).isZero();
        assertThat(ann.isConnected()).isTrue();
        rig.seconds(5.1);
        // The server spreads its players itself, so that none of them has to wait.
        assertThat(ann.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.Moved(
                                        new StatedReason(StatedReason.MOVED, 0, "an update"))));
        assertThat(rig.seen).hasSize(3).endsWith("drained");
    }

    @Test
    void aServerThatIsStoppedWhileItDrainsSendsOnWhoIsLeft() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);

        rig.server.drain(Duration.ofSeconds(10), new Refusal.Draining("an update", 5));
        rig.server.stop();
        rig.server.receive(rig);
        rig.steps(3);

        StatedReason moved = new StatedReason(StatedReason.MOVED, 5, "an update");
        assertThat(ann.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.Moved(moved)));
        assertThat(rig.seen).hasSize(3).endsWith("drained");
        assertThat(rig.seen.get(1)).startsWith("disconnect steam:" + ANN).contains("Moved");
    }

    @Test
    void whomSteamIsStillConnectingIsRefusedByAServerThatDrains() {
        Refusal.Draining update = new Refusal.Draining("an update", 5);
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN);
        ann.connect();
        rig.until(() -> rig.server.stats().pendingConnections() > 0);

        rig.server.drain(Duration.ofSeconds(10), update);
        rig.seconds(1);

        // Steam had told it already that it was accepted.
        assertThat(ann.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.Moved(update.stated())));
        assertThat(rig.seen).containsExactly("drained");
        assertThat(rig.server.stats().connectedClients()).isZero();
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
    void theSlotOfOneWhoLeftIsFree() {
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
        rig.connect(ANN, _ -> {});
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
}
