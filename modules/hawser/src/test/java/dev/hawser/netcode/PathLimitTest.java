package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ConnectedClient;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// A transport whose paths carry different sizes, and which keeps something for each peer.
class PathLimitTest {
    private static final int PATH_PAYLOAD_BYTES = PathTransport.PACKET_BYTES - 25;

    private final Fixtures world = new Fixtures();
    private final PathTransport ofServer =
            new PathTransport(world.network.bind(Fixtures.SERVER_ADDRESS));
    private final PathTransport ofClient =
            new PathTransport(world.network.bind(NetAddress.parse("10.0.0.2:1000")));
    private final NetcodeServer server = world.start(world.serverBuilder().transport(ofServer));
    private final NetcodeClient client =
            world.clientBuilder().transport(ofClient).authentication(world.manual(1)).build();

    private ConnectedClient connect() {
        world.clients.add(client);
        client.connect();
        world.driveUntil(() -> client.isConnected() && !server.connectedClients().isEmpty());
        return server.connectedClients().iterator().next();
    }

    @Test
    void aPayloadThatThePathDoesNotCarryIsRefusedWithAResult() {
        ConnectedClient connected = connect();
        assertThat(connected.maxPayloadBytes()).isEqualTo(PATH_PAYLOAD_BYTES);
        ByteBuffer fits = ByteBuffer.allocate(PATH_PAYLOAD_BYTES);
        ByteBuffer doesNot = ByteBuffer.allocate(PATH_PAYLOAD_BYTES + 1);
        assertThat(server.send(connected, fits)).isEqualTo(SendResult.SENT);
        assertThat(server.send(connected, doesNot)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(client.send(fits)).isEqualTo(SendResult.SENT);
        assertThat(client.send(doesNot)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(server.broadcast(null, doesNot)).isZero();
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void aPayloadThatNoPathCarriesIsAMistakeAsBefore() {
        connect();
        assertThat(client.maxPayloadBytes()).isEqualTo(1200);
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1201)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPayloadForWhichThePathHasNoRoomIsNotSent() {
        ConnectedClient connected = connect();
        ofServer.isFull = true;
        ofClient.isFull = true;
        long sent = server.stats().transport().packetsOut();
        ByteBuffer payload = ByteBuffer.allocate(1);
        assertThat(server.send(connected, payload)).isEqualTo(SendResult.QUEUE_FULL);
        assertThat(server.broadcast(null, payload)).isZero();
        assertThat(client.send(payload)).isEqualTo(SendResult.QUEUE_FULL);
        assertThat(client.stats().payloadsOut()).isZero();
        assertThat(server.stats().transport().packetsOut()).isEqualTo(sent);

        ofServer.isFull = false;
        ofClient.isFull = false;
        assertThat(server.send(connected, payload)).isEqualTo(SendResult.SENT);
        assertThat(client.send(payload)).isEqualTo(SendResult.SENT);
        client.disconnect();
        ofClient.isFull = true;
        assertThat(client.send(payload)).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void aPeerIsRetainedWhenAClientIsConnectedOnItAndNotBefore() {
        world.clients.add(client);
        client.connect();
        world.driveUntil(() -> client.clientState() == ClientState.SENDING_CONNECTION_RESPONSE);
        assertThat(ofServer.retained).isEmpty();
        world.driveUntil(() -> !server.connectedClients().isEmpty());
        assertThat(ofServer.retained).containsExactly("10.0.0.2:1000");
    }

    @Test
    void aPeerIsReleasedWhenItsConnectionHasEnded() {
        ConnectedClient connected = connect();
        assertThat(ofServer.released).isEmpty();
        server.disconnect(connected, StatedReason.of(1002, "too loud"));
        world.step();
        world.step();
        assertThat(ofServer.released).containsExactly("10.0.0.2:1000 1002");
        assertThat(ofClient.released).containsExactly("10.0.0.1:7777 0");
    }

    @Test
    void aClientThatLeavesOrConnectsAnewReleasesItsServer() {
        connect();
        client.connect();
        assertThat(ofClient.released).hasSize(1);
        world.driveUntil(client::isConnected);
        client.disconnect(StatedReason.of(1001, "dinner"));
        assertThat(ofClient.released).containsExactly("10.0.0.1:7777 0", "10.0.0.1:7777 1001");
    }
}
