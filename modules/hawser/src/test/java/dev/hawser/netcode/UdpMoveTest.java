package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A client whose socket is another one in the middle of its connection: real sockets on loopback,
/// and the machine's own clocks.
@ParameterizedClass
@MethodSource("ios")
class UdpMoveTest implements ServerHandler {
    private static final long PROTOCOL_ID = 42;
    private static final int PATIENCE_SECONDS = 600;

    private final PrivateKey privateKey = PrivateKey.random(new SecureRandom()::nextBytes);
    private final List<NetAddress> moves = new ArrayList<>();
    private final List<String> heardByServer = new ArrayList<>();
    private final List<String> heardByClient = new ArrayList<>();
    private final UdpIo io;
    private final MovableTransport network;
    private final NetcodeClient client;
    private UdpTransport socket;
    private NetcodeServer server;
    private ConnectedClient handle;

    UdpMoveTest(UdpIo io) {
        this.io = io;
        network = new MovableTransport(() -> UdpTransport.builder().io(io).build());
        client = NetcodeClient.builder().transport(network).build();
    }

    static Stream<UdpIo> ios() {
        return Stream.of(UdpIo.values()).filter(io -> io.obstacle().isEmpty());
    }

    @BeforeEach
    void connect() throws IOException {
        start("127.0.0.1:0");
        client.authentication(
                new Authentication.Manual(
                        server.localAddress(), 7, privateKey, PROTOCOL_ID, PATIENCE_SECONDS));
        client.connect();
        driveUntil(() -> client.isConnected() && handle != null);
        exchange("at home");
    }

    private void start(String address) throws IOException {
        socket = UdpTransport.builder().bind(NetAddress.parse(address)).io(io).build();
        server =
                NetcodeServer.builder()
                        .transport(socket)
                        .protocolId(PROTOCOL_ID)
                        .privateKey(privateKey)
                        .build();
        server.start();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Override
    public void onConnect(ConnectedClient client) {
        handle = client;
    }

    @Override
    public void onMove(ConnectedClient client, NetAddress from, NetAddress to) {
        assertThat(client).isSameAs(handle);
        moves.add(from);
        moves.add(to);
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        heardByServer.add(text(payload));
    }

    private void driveUntil(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - endNanos).as("patience").isNegative();
            server.await(TimeUnit.MILLISECONDS.toNanos(2));
            server.update();
            server.receive(this);
            client.update();
            client.receive(payload -> heardByClient.add(text(payload)));
        }
    }

    /// Until each has heard the other: a payload may get lost.
    private void exchange(String words) {
        driveUntil(() -> {
            assertThat(client.send(bytes(words))).isEqualTo(SendResult.SENT);
            assertThat(server.send(handle, bytes(words))).isEqualTo(SendResult.SENT);
            server.flush();
            return heardByServer.contains(words) && heardByClient.contains(words);
        });
    }

    private NetAddress clientAddress() {
        return NetAddress.parse("127.0.0.1").withPort(network.localAddress().port());
    }

    @Test
    void itGoesOnFromItsNewPort() {
        NetAddress home = clientAddress();
        network.move();
        driveUntil(() -> !moves.isEmpty());
        exchange("away");
        assertThat(moves).containsExactly(home, clientAddress());
        assertThat(handle.address()).contains(clientAddress()).isNotEqualTo(home);
        assertThat(server.connectedClients()).containsExactly(handle);
    }

    @Test
    void itGoesOnWhenItsSocketFindsNoWayOut() {
        NetAddress home = clientAddress();
        network.isCutOff = true;
        network.isRepairedByReopening = true;
        driveUntil(() -> !moves.isEmpty());
        exchange("away");
        assertThat(moves).containsExactly(home, clientAddress());
        assertThat(client.stats().transport().socketReopenings()).isEqualTo(1);
    }

    @Test
    void aServerThatWasKilledAndStartedAnewNoLongerHasIt() throws IOException {
        String address = server.localAddress().toString();
        socket.close();
        start(address);
        driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.ForgottenByServer());
    }
}
