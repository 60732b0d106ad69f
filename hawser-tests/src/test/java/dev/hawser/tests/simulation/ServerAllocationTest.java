package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectedClient;
import dev.hawser.LocalClient;
import dev.hawser.LocalServer;
import dev.hawser.MultiServer;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.PayloadHandler;
import dev.hawser.ServerHandler;
import dev.hawser.testkit.AllocationMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A tick with payloads both ways, over connections without packets and servers that stand side by
/// side, allocates nothing.
class ServerAllocationTest {
    private static final int WARM_UP = 30_000;
    private static final int ITERATIONS = 5_000;

    private final ByteBuffer payload = ByteBuffer.allocate(300);
    private final List<NetClient> clients = new ArrayList<>();
    private final List<ConnectedClient> handles = new ArrayList<>();
    private long receivedByClients;
    private long receivedByServer;

    private final PayloadHandler clientHandler = _ -> receivedByClients++;
    private final ServerHandler serverHandler =
            new ServerHandler() {
                @Override
                public void onPayload(ConnectedClient client, ByteBuffer received) {
                    receivedByServer++;
                }

                @Override
                public void onConnect(ConnectedClient client) {
                    handles.add(client);
                }
            };

    private void connectAll(NetServer server) throws IOException {
        server.start();
        clients.forEach(NetClient::connect);
        for (int i = 0; i < 1_000 && handles.size() < clients.size(); i++) {
            tick(server);
        }
        assertThat(handles).hasSameSizeAs(clients);
    }

    private void tick(NetServer server) {
        server.update();
        server.receive(serverHandler);
        for (int i = 0; i < clients.size(); i++) {
            NetClient client = clients.get(i);
            client.update();
            client.receive(clientHandler);
        }
    }

    /// One tick in which every client sends a payload and gets two.
    private void busyTick(NetServer server) {
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).send(payload);
        }
        for (int i = 0; i < handles.size(); i++) {
            server.send(handles.get(i), payload);
        }
        server.broadcast(null, payload);
        server.flush();
        tick(server);
    }

    private double bytesPerTick(NetServer server) throws IOException {
        connectAll(server);
        double bytes =
                AllocationMeter.bytesPerIteration(WARM_UP, ITERATIONS, () -> busyTick(server));
        long ticks = WARM_UP + 5L * ITERATIONS;
        // Those of the last tick may still be on their way.
        assertThat(receivedByServer).isGreaterThanOrEqualTo((ticks - 1) * clients.size());
        assertThat(receivedByClients).isGreaterThanOrEqualTo((ticks - 1) * 2 * clients.size());
        clients.forEach(NetClient::close);
        server.close();
        return bytes;
    }

    @Test
    void localClientsCostNothing() throws IOException {
        LocalServer server = LocalServer.builder().build();
        clients.add(LocalClient.builder(server).id(1).build());
        clients.add(LocalClient.builder(server).id(2).build());

        assertThat(bytesPerTick(server)).isZero();
    }

    @Test
    void localClientsOfServersThatStandTogetherCostNothing() throws IOException {
        LocalServer hosts = LocalServer.builder().build();
        LocalServer bots = LocalServer.builder().build();
        clients.add(LocalClient.builder(hosts).id(1).build());
        clients.add(LocalClient.builder(bots).id(2).build());
        clients.add(LocalClient.builder(bots).id(3).build());

        assertThat(
                        bytesPerTick(
                                MultiServer.builder()
                                        .add("hosts", hosts)
                                        .add("bots", bots)
                                        .build()))
                .isZero();
    }
}
