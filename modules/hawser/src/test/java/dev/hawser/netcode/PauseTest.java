package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.machine.ClientState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Load screens, and servers whose tick stood still: time in which nobody asked is no silence.
class PauseTest {
    private final Fixtures world = new Fixtures();

    private void passSeconds(double seconds) {
        world.nowNanos += (long) (seconds * 1e9);
    }

    /// The client does nothing for a while, the server goes on.
    private void loadFor(NetcodeClient client, double seconds) {
        world.clients.remove(client);
        world.driveSeconds(seconds);
        world.clients.add(client);
    }

    @Test
    void aGameMayLoadBetweenItsConnectAndItsFirstUpdate() {
        world.startServer();
        NetcodeClient client = world.client(world.token(1));
        client.connect();

        loadFor(client, 6);

        world.driveUntil(client::isConnected);
    }

    @Test
    void aGameMayLoadInTheMiddleOfTheHandshake() {
        world.startServer();
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        world.driveUntil(() -> client.clientState() == ClientState.SENDING_CONNECTION_RESPONSE);

        loadFor(client, 4.5);

        world.driveUntil(client::isConnected);
    }

    @Test
    void aClientThatUpdatesOnceASecondConnectsAndStays() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        for (int second = 0; second < 20; second++) {
            loadFor(client, 0.99);
            client.update();
        }
        assertThat(client.isConnected()).isTrue();
        assertThat(server.connectedClients()).hasSize(1);
    }

    @Test
    void nobodyThereIsNoticedAfterTheLoadScreenAndTheLoadScreenIsNotBlamed() {
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        passSeconds(6);
        world.driveSeconds(5.1);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.RequestTimedOut.class,
                        reason -> {
                            assertThat(reason.servers()).containsExactly(SERVER_ADDRESS);
                            assertThat(reason.pausedMillis()).isZero();
                        });
    }

    @Test
    void whereALoadScreenIsTheCauseTheReasonNamesIt() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);

        loadFor(client, 8);
        assertThat(server.connectedClients()).isEmpty();
        world.driveUntil(() -> !client.isConnected());

        assertThat(reasonOf(client))
                .usingRecursiveComparison()
                .ignoringFields("noticed")
                .isEqualTo(new DisconnectReason.TimedOut(5, 8_010));
        assertThat(reasonOf(client).explanation()).contains("stood still for 8.0 s", "update()");
    }

    @Test
    void aLoadScreenInTheHandshakeThatTheServerDidNotWaitForIsNamed() {
        world.startServer();
        NetcodeClient client = world.client(world.token(1));
        client.connect();
        world.driveUntil(() -> client.clientState() == ClientState.SENDING_CONNECTION_RESPONSE);

        loadFor(client, 8);
        world.driveUntil(() -> !client.clientState().isActive());

        assertThat(reasonOf(client).explanation()).contains("stood still for 8.0 s", "update()");
    }

    @Test
    void aServerThatStoodStillThrowsNobodyOut() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.update();

        passSeconds(7);
        server.update();
        assertThat(server.connectedClients()).hasSize(1);

        // What the client sent meanwhile may be lost: it has been given some time.
        world.driveSeconds(1);
        assertThat(client.isConnected()).isTrue();
        assertThat(server.connectedClients()).hasSize(1);
    }

    @Test
    void aServerTakesWhatWaitsBeforeItJudges() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.update();
        server.receive((_, _) -> {});
        client.send(bytes("still here"));
        client.flush();
        passSeconds(7);

        server.update();

        List<String> received = new ArrayList<>();
        server.receive((_, payload) -> received.add(Fixtures.text(payload)));
        assertThat(received).containsExactly("still here");
    }

    @Test
    void whereTheServerStoodStillForTooLongItsReasonNamesThat() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        List<DisconnectReason> ends = new ArrayList<>();
        ServerHandler handler =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient sender, java.nio.ByteBuffer payload) {}

                    @Override
                    public void onDisconnect(ConnectedClient left, DisconnectReason reason) {
                        ends.add(reason);
                    }
                };
        server.update();
        // The client goes on, and gives up.
        world.servers.clear();
        world.driveSeconds(7);
        assertThat(client.isConnected()).isFalse();
        world.servers.add(server);

        world.driveSeconds(5.1);
        server.receive(handler);

        assertThat(ends).containsExactly(new DisconnectReason.TimedOut(5, 7_010));
    }
}
