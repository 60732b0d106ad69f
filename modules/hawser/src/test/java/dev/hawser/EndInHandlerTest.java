package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalPair;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// After a handler has ended what it hears, nothing more is delivered.
class EndInHandlerTest {
    private final Fixtures world = new Fixtures();
    private final List<String> heard = new ArrayList<>();

    private void hearAndThen(NetClient client, Consumer<NetClient> end) {
        int delivered =
                client.receive(payload -> {
                    heard.add(text(payload));
                    end.accept(client);
                });
        assertThat(delivered).isEqualTo(1);
        assertThat(heard).containsExactly("first");
        heard.clear();
        assertThat(client.receive(_ -> {})).as("later").isZero();
    }

    @Test
    void ofANetcodeClient() {
        NetcodeServer server = world.startServer();
        for (Consumer<NetClient> end :
                List.<Consumer<NetClient>>of(
                        NetClient::disconnect, NetClient::close, NetClient::close)) {
            NetcodeClient client = world.connect(1);
            server.broadcast(bytes("first"));
            server.broadcast(bytes("second"));
            world.step();
            world.step();
            hearAndThen(client, end);
            world.driveUntil(() -> server.connectedClients().isEmpty());
            server.receive((_, _) -> {});
        }
    }

    /// The server's end is known with the update, before what it has sent is received.
    @Test
    void ofANetcodeClientThatWasKickedMeanwhile() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.broadcast(bytes("first"));
        server.broadcast(bytes("second"));
        server.disconnect(server.connectedClients().iterator().next(), StatedReason.NONE);
        world.step();
        world.step();
        assertThat(client.isConnected()).isFalse();
        hearAndThen(client, NetClient::disconnect);
    }

    @Test
    void ofALocalClient() {
        LocalServer server = LocalServer.builder().build();
        startUnchecked(server);
        for (Consumer<NetClient> end :
                List.<Consumer<NetClient>>of(NetClient::disconnect, NetClient::close)) {
            LocalClient client = LocalClient.builder(server).id(1).build();
            client.connect();
            server.update();
            server.broadcast(bytes("first"));
            server.broadcast(bytes("second"));
            client.update();
            hearAndThen(client, end);
            server.update();
            server.receive((_, _) -> {});
        }
    }

    /// Everything that it hears ends the server.
    private ServerHandler ending(Runnable end) {
        return new ServerHandler() {
            @Override
            public void onConnect(ConnectedClient client) {
                heard.add("connect");
                end.run();
            }

            @Override
            public void onPayload(ConnectedClient client, ByteBuffer payload) {
                heard.add(text(payload));
                end.run();
            }

            @Override
            public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                heard.add(reason.getClass().getSimpleName());
                end.run();
            }
        };
    }

    private void checkServer(NetServer server, Runnable end) {
        assertThat(server.receive(ending(end))).isZero();
        assertThat(heard).containsExactly("connect");
        assertThat(server.isRunning()).isFalse();
        // It has ended, so there is nothing more to be ended; nothing got lost.
        assertThat(server.receive(ending(end))).isEqualTo(2);
        assertThat(heard).containsExactly("connect", "first", "second", "ServerStopped");
        heard.clear();
    }

    @Test
    void ofANetcodeServer() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.send(bytes("first"));
        client.send(bytes("second"));
        world.step();
        checkServer(server, server::close);
    }

    @Test
    void ofALocalServer() {
        LocalPair pair = LocalPair.connected();
        LocalServer server = pair.server();
        LocalClient client = pair.client();
        client.send(bytes("first"));
        client.send(bytes("second"));
        server.update();
        checkServer(server, server::close);
    }

    @Test
    void ofAServerMadeOfSeveralAndOfOneMember() {
        for (boolean isMember : new boolean[] {false, true}) {
            Fixtures world = new Fixtures();
            MultiServer server =
                    MultiServer.builder().add("udp", world.serverBuilder().build()).build();
            startUnchecked(server);
            world.servers.add(server);
            NetcodeClient client = world.connect(1);
            client.send(bytes("first"));
            client.send(bytes("second"));
            world.step();
            checkServer(server, isMember ? () -> server.stop("udp") : server::close);
        }
    }

    @Test
    void ofAClientThatTheGameEnds() {
        NetcodeServer server = world.startServer();
        NetcodeClient rude = world.connect(1);
        NetcodeClient calm = world.connect(2);
        rude.send(bytes("rude"));
        rude.send(bytes("never heard"));
        calm.send(bytes("calm"));
        world.step();
        server.receive((client, payload) -> {
            heard.add(text(payload));
            if (client.id().value() == 1) {
                server.disconnect(client, StatedReason.NONE);
            }
        });
        assertThat(heard).containsExactly("rude", "calm");
    }

    /// Who leaves by himself is heard to the end.
    @Test
    void aClientThatLeftIsHeardToTheEnd() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.send(bytes("first"));
        client.disconnect();
        world.step();
        Fixtures.Recorder recorder = new Fixtures.Recorder();
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly(
                        "connect netcode:1", "netcode:1: first", "disconnect netcode:1 ClientLeft");
    }
}
