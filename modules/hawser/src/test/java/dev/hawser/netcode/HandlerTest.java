package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a handler may do, and what becomes of the queue when it fails.
class HandlerTest {
    private final Fixtures world = new Fixtures();
    private final NetcodeServer server =
            world.start(world.serverBuilder().receiveLimitPerClient(10_000, 1 << 30));
    private final List<String> events = new ArrayList<>();

    private NetcodeClient connectAndSend(long id, String... payloads) {
        NetcodeClient client = world.connect(id);
        for (String payload : payloads) {
            client.send(bytes(payload));
        }
        world.step();
        return client;
    }

    @Test
    void aHandlerMayAnswerFromEachOfItsMethods() {
        NetcodeClient one = connectAndSend(1, "hi");
        NetcodeClient two = connectAndSend(2);
        world.connect(3).disconnect();
        world.step();
        server.receive(
                new ServerHandler() {
                    @Override
                    public void onConnect(ConnectedClient client) {
                        server.send(client, bytes("welcome"));
                    }

                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        server.send(client, payload);
                    }

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        assertThat(server.send(client, bytes("bye")))
                                .isEqualTo(SendResult.NOT_CONNECTED);
                        server.connectedClients()
                                .forEach(other -> server.send(other, bytes("one less")));
                    }
                });
        world.step();
        one.receive(payload -> events.add("1 " + text(payload)));
        two.receive(payload -> events.add("2 " + text(payload)));
        assertThat(events)
                .containsExactly("1 welcome", "1 hi", "1 one less", "2 welcome", "2 one less");
    }

    @Test
    void aHandlerMayDisconnectWhomItHears() {
        NetcodeClient client = connectAndSend(1, "rude", "more");
        server.receive(
                new ServerHandler() {
                    @Override
                    public void onConnect(ConnectedClient client) {
                        events.add("connect");
                    }

                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        events.add(text(payload) + " " + client.isConnected());
                        server.disconnect(client, StatedReason.of(1000, "manners"));
                    }

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        events.add("disconnect");
                        server.disconnect(client, StatedReason.NONE);
                    }
                });
        assertThat(events)
                .as("nothing more of it but its end")
                .containsExactly("connect", "rude true", "disconnect");
        world.step();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerEnded.class);
    }

    @Test
    void aHandlerMayRefuseAtTheDoor() {
        NetcodeClient client = world.connect(1);
        ServerHandler bouncer =
                new ServerHandler() {
                    @Override
                    public void onConnect(ConnectedClient client) {
                        server.disconnect(client, StatedReason.of(StatedReason.REFUSED, "banned"));
                    }

                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {}

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        events.add(reason.explanation());
                    }
                };
        server.receive(bouncer);
        assertThat(events).containsExactly("The server ended the connection: banned (code 2).");
        world.step();
        assertThat(client.isConnected()).isFalse();
    }

    @Test
    void aHandlerMayStopTheServer() {
        NetcodeClient client = connectAndSend(1, "stop", "after");
        ServerHandler stopping =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        events.add(text(payload));
                        server.stop();
                    }

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        events.add(reason.getClass().getSimpleName());
                        server.stop();
                    }
                };
        assertThat(server.receive(stopping)).isEqualTo(1);
        assertThat(events).as("nothing more of this receive").containsExactly("stop");
        assertThat(server.isRunning()).isFalse();
        assertThat(server.receive(stopping)).isEqualTo(1);
        assertThat(events).containsExactly("stop", "after", "ServerStopped");
        world.step();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerStopped.class);
    }

    @Test
    void aHandlerMayUpdate() {
        NetcodeClient client = connectAndSend(1, "first");
        client.send(bytes("second"));
        client.update();
        server.receive((_, payload) -> {
            String text = text(payload);
            server.update();
            events.add(text);
        });
        assertThat(events).containsExactly("first", "second");
    }

    @Test
    void aPayloadStaysAsItIsWhileItsHandlerUpdates() {
        NetcodeClient client = connectAndSend(1, "first");
        server.receive((_, payload) -> {
            if (!events.isEmpty()) {
                return;
            }
            for (int i = 0; i < 2000; i++) { // more than the queue holds
                client.send(ByteBuffer.allocate(1200));
                server.update();
            }
            events.add(text(payload));
            client.close();
        });
        assertThat(events).containsExactly("first");
        assertThat(server.stats().payloadsNotQueued()).isPositive();
    }

    @Test
    void receivingInsideAHandlerIsRefused() {
        NetcodeClient client = connectAndSend(1, "a", "b");
        assertThatThrownBy(() -> server.receive((_, _) -> server.receive((_, _) -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside its own handler");
        assertThat(server.receive((_, payload) -> events.add(text(payload)))).isEqualTo(1);
        assertThat(events).containsExactly("b");

        server.send(server.connectedClients().iterator().next(), bytes("c"));
        world.step();
        assertThatThrownBy(() -> client.receive(_ -> client.receive(_ -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside its own handler");
    }

    @Test
    void whatAHandlerThrowsIsPassedOnAndTheRestComesWithTheNextCall() {
        NetcodeClient client = connectAndSend(1, "a", "b", "c");
        ServerHandler failing =
                new ServerHandler() {
                    @Override
                    public void onConnect(ConnectedClient client) {
                        throw new IllegalStateException("on connect");
                    }

                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        throw new IllegalStateException("on " + text(payload));
                    }
                };
        assertThatThrownBy(() -> server.receive(failing)).hasMessage("on connect");
        assertThatThrownBy(() -> server.receive(failing)).hasMessage("on a");
        assertThat(server.receive((_, payload) -> events.add(text(payload)))).isEqualTo(2);
        assertThat(events).containsExactly("b", "c");

        ConnectedClient connected = server.connectedClients().iterator().next();
        server.send(connected, bytes("x"));
        server.send(connected, bytes("y"));
        world.step();
        assertThatThrownBy(() ->
                        client.receive(payload -> {
                            throw new IllegalStateException(text(payload));
                        }))
                .hasMessage("x");
        assertThat(client.receive(payload -> events.add(text(payload)))).isEqualTo(1);
        assertThat(events).endsWith("y");
    }

    @Test
    void aClientMayReconnectFromItsHandler() {
        NetcodeClient client = connectAndSend(1);
        ConnectedClient connected = server.connectedClients().iterator().next();
        server.send(connected, bytes("redial"));
        server.send(connected, bytes("never delivered"));
        world.step();
        client.receive(payload -> {
            client.connect();
            events.add(text(payload));
        });
        assertThat(events).containsExactly("redial");
        world.driveUntil(client::isConnected);
        assertThat(client.receive(_ -> {})).isZero();
    }

    @Test
    void aFloodFillsTheQueueAndIsCountedAndEventsAreNotLost() {
        NetcodeServer small =
                world.start(
                        world.serverBuilder()
                                .transport(world.network.bind(NetAddress.parse("10.0.0.9:1")))
                                .receiveQueueBytes(3600));
        NetcodeClient client =
                world.client(
                        new Authentication.Manual(
                                small.localAddress(), 5, world.privateKey, Fixtures.PROTOCOL_ID));
        client.connect();
        world.driveUntil(client::isConnected);
        for (int i = 0; i < 5; i++) {
            client.send(ByteBuffer.allocate(1200));
        }
        client.disconnect();
        world.step();
        Fixtures.Recorder recorder = new Fixtures.Recorder();
        assertThat(small.receive(recorder)).isEqualTo(3);
        assertThat(recorder.events).first().isEqualTo("connect netcode:5");
        assertThat(recorder.events).last().isEqualTo("disconnect netcode:5 ClientLeft");
        assertThat(small.stats().payloadsIn()).isEqualTo(3);
        assertThat(small.stats().payloadsNotQueued()).isEqualTo(2);
    }

    @Test
    void aServerThatNeverReceivesStopsTakingPacketsAndSaysSoOnce() {
        NetcodeClient client = world.client(new Authentication.None());
        for (int i = 0; i < 700; i++) {
            client.authentication(world.manual(1));
            client.connect();
            world.driveUntil(
                    () -> client.isConnected() || world.log.lines.toString().contains("wait for"));
        }
        assertThat(world.log.lines)
                .filteredOn(line -> line.contains("wait for NetServer.receive"))
                .hasSize(1);
        Fixtures.Recorder recorder = new Fixtures.Recorder();
        server.receive(recorder);
        // 1024 and four for each of the four slots, and what a last update brought.
        assertThat(recorder.events).hasSizeBetween(1040, 1044);
        client.connect();
        world.driveUntil(client::isConnected);
    }
}
