package dev.hawser.steam;

import static dev.hawser.steam.SteamRig.bytes;
import static dev.hawser.steam.SteamRig.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.LinkStatus;
import dev.hawser.NetClient;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.LoopbackNetwork.Connection;
import dev.hawser.transport.LinkConditions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Servers and clients over the loopback double, whose functions Valve's real library calls.
class SteamConnectionTest extends SteamTest {
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
        assertThat(ann.connectionStats().outboundLoss()).hasValue(0.5);
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
        assertThatThrownBy(() -> rig.serverBuilder().sameClient(null)).hasMessage("sameClient");
        assertThatThrownBy(() -> rig.serverBuilder().options(null)).hasMessage("options");
        assertThatThrownBy(() -> rig.serverBuilder().connectionRequests(null))
                .hasMessage("connectionRequests");
        assertThatThrownBy(() -> SteamServer.builder(null)).hasMessage("steam");
        assertThatThrownBy(() -> SteamClient.builder(null)).hasMessage("steam");
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
}
