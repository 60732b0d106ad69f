package dev.hawser.tests.game;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.examples.pipe.PipeClient;
import dev.hawser.examples.pipe.PipeId;
import dev.hawser.examples.pipe.PipeServer;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What the script of [ScriptedGame] does not play, over a kind of connection that is not the
/// library's own.
class PipeTest {
    private static final StatedReason LATER = StatedReason.of(1000, "later");

    private final List<String> seen = new ArrayList<>();
    private final List<ConnectionRequest> requests = new ArrayList<>();
    private final ServerHandler handler =
            new ServerHandler() {
                @Override
                public void onConnect(ConnectedClient client) {
                    seen.add(client.id() + " connects at " + client.clientIndex());
                }

                @Override
                public void onPayload(ConnectedClient client, ByteBuffer payload) {
                    seen.add(client.id() + ": " + payload.get());
                }

                @Override
                public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                    seen.add(client.id() + " " + reason.getClass().getSimpleName());
                }
            };

    @Test
    void aFullServerSaysSo() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, null);
        NetClient first = connected(server, 1);
        NetClient second = connecting(server, 2);
        tick(server, first, second);
        assertDenied(second, new Refusal.Full(0));
        assertThat(server.stats().deniedConnections()).isEqualTo(1);

        first.disconnect(LATER);
        second.connect();
        tick(server, first, second);
        assertThat(second.isConnected()).isTrue();
        assertThat(seen)
                .containsExactly(
                        "pipe:1 connects at 0", "pipe:1 ClientLeft", "pipe:2 connects at 0");
    }

    @Test
    void anIdThatIsConnectedIsRefusedWhereThatIsThePolicy() throws Exception {
        PipeServer server = started(4, SameClient.REFUSE, null);
        NetClient first = connected(server, 1);
        NetClient again = connecting(server, 1);
        tick(server, first, again);
        assertDenied(again, new Refusal.AlreadyConnected());
        assertThat(first.isConnected()).isTrue();
    }

    @Test
    void aFullServerLetsItsOwnClientTakeOver() throws Exception {
        PipeServer server = started(1, SameClient.TAKE_OVER, null);
        NetClient first = connected(server, 1);
        NetClient again = connecting(server, 1);
        tick(server, first, again);
        assertThat(first.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.Replaced()));
        assertThat(again.isConnected()).isTrue();
        assertThat(server.stats().connectedClients()).isEqualTo(1);
    }

    @Test
    void whoLeavesAndComesBackBetweenTwoUpdatesHasLeftFirst() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, null);
        NetClient client = connected(server, 1);
        client.send(payload(7));
        client.disconnect(LATER);
        client.connect();
        tick(server, client);
        assertThat(client.isConnected()).isTrue();
        assertThat(seen)
                .containsExactly(
                        "pipe:1 connects at 0",
                        "pipe:1: 7",
                        "pipe:1 ClientLeft",
                        "pipe:1 connects at 0");
    }

    @Test
    void aNewcomerWhoseSlotWasTakenMeanwhileIsDenied() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, requests::add);
        NetClient slow = connecting(server, 1);
        NetClient quick = connecting(server, 2);
        tick(server, slow, quick);
        assertThat(server.stats().pendingConnections()).isEqualTo(2);
        requests.get(1).accept();
        requests.get(0).accept();
        tick(server, slow, quick);
        assertThat(quick.isConnected()).isTrue();
        assertDenied(slow, new Refusal.Full(0));
        assertThat(server.stats().pendingConnections()).isZero();
    }

    @Test
    void anAnswerToWhomHasGoneIsNothing() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, requests::add);
        NetClient gone = connecting(server, 1);
        tick(server, gone);
        gone.disconnect(LATER);
        requests.getFirst().accept();
        NetClient waiting = connecting(server, 2);
        tick(server, gone, waiting);
        server.stop();
        requests.getLast().accept();
        tick(server, gone, waiting);
        assertThat(waiting.state())
                .extracting(state -> ((ConnectionState.Disconnected) state).reason())
                .isInstanceOf(DisconnectReason.ServerStopped.class);
        assertThat(seen).isEmpty();
        assertThat(server.stats().connectedClients()).isZero();
    }

    @Test
    void aFullPipeIsSaidAndLosesNothing() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, null);
        NetClient client = connected(server, 1);
        int sent = 0;
        while (client.send(payload(1)) == SendResult.SENT) {
            sent++;
        }
        ConnectedClient handle = server.client(new PipeId(1)).orElseThrow();
        int answers = 0;
        while (server.send(handle, payload(2)) == SendResult.SENT) {
            answers++;
        }
        tick(server, client);
        tick(server, client);
        assertThat(handle.stats().payloadsIn()).isEqualTo(sent);
        assertThat(client.connectionStats().payloadsIn()).isEqualTo(answers);
        assertThat(server.stats().payloadsOut()).isEqualTo(answers);
        assertThat(client.stats().payloadsOut()).isEqualTo(sent);
        assertThat(seen).hasSize(1 + sent);
    }

    @Test
    void echoesCountOnBothSides() throws Exception {
        PipeServer server = started(1, SameClient.REFUSE, null);
        NetClient client = connected(server, 1);
        ConnectedClient handle = server.client(new PipeId(1)).orElseThrow();
        client.reportRoundTrip(1000);
        handle.reportRoundTrip(2000);
        assertThat(client.connectionStats().roundTripNanos()).hasValue(1000);
        assertThat(handle.stats().roundTripNanos()).hasValue(2000);
    }

    @Test
    void aServerThatDoesNotRunIsNotConnectedTo() {
        NetClient client = connecting(new PipeServer(1, SameClient.REFUSE, null), 1);
        assertThat(client.state())
                .extracting(state -> ((ConnectionState.Disconnected) state).reason())
                .isInstanceOf(DisconnectReason.TransportFailed.class);
        client.close();
        assertThatThrownBy(client::connect).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void besideOtherKindsANumberIsAnotherClient() throws Exception {
        PipeServer pipes = new PipeServer(2, SameClient.REFUSE, null);
        LocalServer local = LocalServer.builder().build();
        MultiServer server = MultiServer.builder().add("pipes", pipes).add("local", local).build();
        server.start();
        NetClient pipe = connecting(pipes, 1);
        NetClient host = LocalClient.builder(local).id(1).build();
        host.connect();
        tick(server, pipe, host);
        assertThat(server.broadcast(payload(3))).isEqualTo(2);
        pipe.send(payload(4));
        tick(server, pipe, host);
        assertThat(pipe.connectionStats().payloadsIn()).isEqualTo(1);
        server.stop("pipes");
        tick(server, pipe, host);
        assertThat(host.isConnected()).isTrue();
        assertThat(seen)
                .containsExactly(
                        "pipe:1 connects at 0",
                        "local:1 connects at 0",
                        "pipe:1: 4",
                        "pipe:1 ServerStopped");
    }

    @Test
    void aClientOnAnotherThreadWakesAServerThatWaits() throws Exception {
        PipeServer pipes = new PipeServer(1, SameClient.REFUSE, null);
        MultiServer server = MultiServer.builder().add("pipes", pipes).build();
        server.start();
        Thread player = Thread.ofPlatform().start(() -> connecting(pipes, 1).send(payload(1)));
        while (seen.isEmpty()) {
            server.await(TimeUnit.MINUTES.toNanos(4));
            server.update();
            server.receive(handler);
        }
        player.join();
        assertThat(seen).containsExactly("pipe:1 connects at 0");
    }

    // ---- Helpers

    private static PipeServer started(
            int maxClients, SameClient policy, ConnectionRequestHandler requestHandler)
            throws Exception {
        PipeServer server = new PipeServer(maxClients, policy, requestHandler);
        server.start();
        return server;
    }

    private static NetClient connecting(PipeServer server, long id) {
        NetClient client = new PipeClient(server, new PipeId(id), UserData.EMPTY);
        client.connect();
        return client;
    }

    private NetClient connected(PipeServer server, long id) {
        NetClient client = connecting(server, id);
        tick(server, client);
        assertThat(client.isConnected()).isTrue();
        return client;
    }

    private void tick(NetServer server, NetClient... clients) {
        server.update();
        server.receive(handler);
        for (NetClient client : clients) {
            client.update();
            client.receive(_ -> {});
        }
    }

    private static void assertDenied(NetClient client, Refusal refusal) {
        assertThat(client.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(
                                new DisconnectReason.Denied(refusal.stated())));
    }

    private static ByteBuffer payload(int content) {
        return ByteBuffer.wrap(new byte[] {(byte) content});
    }
}
