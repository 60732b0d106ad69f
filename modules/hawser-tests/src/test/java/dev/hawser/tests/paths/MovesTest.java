package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.tests.rig.Rig;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client and a server, both ours, whose connection survives: the client's address changes, a way
/// is cut, the server is another one.
class MovesTest {
    private static final NetAddress OTHER = NetAddress.parse("198.51.100.8:50002");
    private static final int STEP_MILLIS = 10;

    private record Packet(NetAddress from, byte[] bytes) {}

    private final Rig rig = new Rig();
    private final ConnectToken token = rig.token().survivesMoves().mint().toConnectToken();
    private ServerMachine server = startServer();
    private final ClientMachine client = new ClientMachine();
    private final Queue<Packet> toServer = new ArrayDeque<>();
    private final Queue<Packet> toClient = new ArrayDeque<>();
    private final List<ServerEvent> events = new ArrayList<>();
    private NetAddress clientAt = Rig.CLIENT;
    private boolean isWayThereCut;
    private boolean isWayBackCut;
    private int typesSeenByServer;
    private int typesSeenByClient;

    private ServerMachine startServer() {
        return new ServerMachine(rig.config().build(), rig::unixSeconds, rig::nextBytes);
    }

    @BeforeEach
    void connect() {
        client.connect(rig.nanos(), token, (_, _) -> {});
        stepUntil(() -> client.state() == ClientState.CONNECTED && server.connectedClients() == 1);
        step(300);
        typesSeenByServer = 0;
        typesSeenByClient = 0;
    }

    private void stepUntil(BooleanSupplier condition) {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            step(STEP_MILLIS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private void step(int millis) {
        for (int passed = 0; passed < millis; passed += STEP_MILLIS) {
            rig.passMillis(STEP_MILLIS);
            PeerAddress from = new PeerAddress();
            for (Packet packet = toServer.poll(); packet != null; packet = toServer.poll()) {
                typesSeenByServer |= 1 << (packet.bytes[0] & 0xf);
                from.set(packet.from);
                server.handleDatagram(
                        rig.nanos(), from, ByteBuffer.wrap(packet.bytes), this::serverSends);
            }
            server.handleTimeout(rig.nanos(), this::serverSends);
            for (ServerEvent event = server.pollEvent();
                    event != null;
                    event = server.pollEvent()) {
                events.add(event);
            }
            from.set(Rig.SERVER);
            for (Packet packet = toClient.poll(); packet != null; packet = toClient.poll()) {
                typesSeenByClient |= 1 << (packet.bytes[0] & 0xf);
                client.handleDatagram(rig.nanos(), from, ByteBuffer.wrap(packet.bytes));
            }
            client.handleTimeout(rig.nanos(), this::clientSends);
        }
    }

    private void serverSends(PeerAddress to, ByteBuffer packet) {
        if (!isWayBackCut && to.sameAs(PeerAddress.of(clientAt))) {
            toClient.add(new Packet(Rig.SERVER, bytes(packet)));
        }
    }

    private void clientSends(PeerAddress to, ByteBuffer packet) {
        if (!isWayThereCut) {
            toServer.add(new Packet(clientAt, bytes(packet)));
        }
    }

    private static byte[] bytes(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        return bytes;
    }

    private List<ServerEvent> moves() {
        return events.stream().filter(ServerEvent.Moved.class::isInstance).toList();
    }

    @Test
    void aConnectionThatIsWellSendsPingsAndNothingElseOfThis() {
        step(3000);
        assertThat(typesSeenByServer).isEqualTo(1 << 4 | 1 << 10);
        assertThat(typesSeenByClient).isEqualTo(1 << 4 | 1 << 10);
        assertThat(client.survivesMoves()).isTrue();
        assertThat(client.isProbing()).isFalse();
        assertThat(client.meter().roundTripNanos().getAsLong()).isBetween(10_000_000L, 30_000_000L);
        assertThat(server.meter(0).roundTripNanos().getAsLong())
                .isBetween(10_000_000L, 30_000_000L);
    }

    @Test
    void aClientGoesOnFromAnotherAddress() {
        clientAt = OTHER;
        step(600);
        assertThat(moves()).containsExactly(new ServerEvent.Moved(0, 1, Rig.CLIENT, OTHER));
        step(8000);
        assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(server.connectedClients()).isOne();
        assertThat(client.isProbing()).isFalse();
        assertThat(moves()).hasSize(1);
    }

    @Test
    void whoKnowsThatTheNetworkChangedIsThereAtOnce() {
        clientAt = OTHER;
        client.networkChanged(rig.nanos());
        step(50);
        assertThat(moves()).hasSize(1);
        assertThat(client.isProbing()).isFalse();
    }

    /// The confirmation is of an address that the client has left since.
    @Test
    void whatConfirmsAnEarlierRequestEndsNoProbeThatHasNotAskedYet() {
        client.networkChanged(rig.nanos());
        client.handleTimeout(rig.nanos(), this::clientSends);
        PeerAddress from = PeerAddress.of(clientAt);
        for (Packet packet = toServer.poll(); packet != null; packet = toServer.poll()) {
            server.handleDatagram(
                    rig.nanos(), from, ByteBuffer.wrap(packet.bytes), this::serverSends);
        }
        assertThat(toClient).isNotEmpty();
        clientAt = OTHER;
        client.networkChanged(rig.nanos());
        step(50);
        assertThat(moves()).hasSize(1);
        assertThat(client.isProbing()).isFalse();
    }

    @Test
    void whatTheServerDoesNotHearItSays() {
        isWayThereCut = true;
        step(700);
        assertThat(client.isProbing()).isTrue();
        isWayThereCut = false;
        step(200);
        assertThat(client.isProbing()).isFalse();
        step(6000);
        assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(moves()).isEmpty();
    }

    @Test
    void whoDoesNotKnowYetThatItIsConnectedIsToldByKeepAlives() {
        clientAt = OTHER;
        client.connect(
                rig.nanos(),
                rig.token().clientId(2).survivesMoves().mint().toConnectToken(),
                (_, _) -> {});
        stepUntil(() -> client.state() == ClientState.SENDING_CONNECTION_RESPONSE);
        isWayBackCut = true;
        stepUntil(() -> server.isConnected(1));
        step(1500);
        isWayBackCut = false;
        step(200);
        assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void aServerThatWasRestartedSaysSo() {
        rig.passSeconds(1);
        toClient.clear();
        server = startServer();
        step(600);
        assertThat(client.state()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(client.isForgotten()).isTrue();
        assertThat(server.resets()).isOne();
    }

    @Test
    void aServerThatEndedTheConnectionIsSilent() {
        isWayBackCut = true;
        server.disconnect(rig.nanos(), 0, StatedReason.NONE, this::serverSends);
        isWayBackCut = false;
        step(2000);
        assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(server.drops().count(Drop.PATH_ENDED)).isBetween(10L, 20L);
        step(5000);
        assertThat(client.state()).isEqualTo(ClientState.CONNECTION_TIMED_OUT);
    }
}
