package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.awaitUnchecked;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Mistakes of the developer get an answer that names the value, the limit and the remedy.
class MistakesTest {
    private final Fixtures world = new Fixtures();

    @Test
    void aPayloadOf1201BytesIsRefusedByBothSides() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        ConnectedClient connected = server.connectedClients().iterator().next();
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a payload of 1201 bytes, but at most 1200 fit a packet: split it");
        assertThatThrownBy(() -> server.send(connected, ByteBuffer.allocate(1201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1201")
                .hasMessageContaining("1200");
    }

    @Test
    void anEmptyPayloadIsRefusedByBothSides() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        ConnectedClient connected = server.connectedClients().iterator().next();
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "an empty payload, but a payload has 1 to 1200 bytes: send nothing, the"
                                + " connection keeps itself alive");
        assertThatThrownBy(() -> server.send(connected, ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void sendingWhileNotConnectedIsAResult() {
        NetcodeClient client = world.client(world.token(1));
        assertThat(client.send(bytes("x"))).isEqualTo(SendResult.NOT_CONNECTED);
        client.connect();
        client.update();
        assertThat(client.send(bytes("x"))).isEqualTo(SendResult.NOT_CONNECTED);
        client.disconnect();
        assertThat(client.send(bytes("x"))).isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(client.stats().payloadsOut()).isZero();
    }

    @Test
    void aServerSaysWhatItLacks() {
        assertThatThrownBy(() -> NetcodeServer.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without transport")
                .hasMessageContaining("UdpTransport.bind");
        assertThatThrownBy(() ->
                        NetcodeServer.builder()
                                .transport(world.network.bind(SERVER_ADDRESS))
                                .build())
                .hasMessageContaining("without protocolId");
        assertThatThrownBy(() ->
                        NetcodeServer.builder()
                                .transport(world.network.bind(SERVER_ADDRESS))
                                .protocolId(1)
                                .build())
                .hasMessageContaining("without privateKey");
    }

    @Test
    void settingsOutsideTheirRangeAreNamed() {
        assertThatThrownBy(() -> world.serverBuilder().maxClients(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxClients is 0")
                .hasMessageContaining("1 to 65536: set one in that range");
        assertThatThrownBy(() -> world.serverBuilder().maxClients(65_537))
                .hasMessageContaining("65537");
        assertThatThrownBy(
                        () -> world.serverBuilder().maxConnectTokenLifetime(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0.999S")
                .hasMessageContaining("maxConnectTokenLifetimeOff()");
        assertThatThrownBy(() ->
                        world.serverBuilder().maxConnectTokenLifetime(Duration.ofDays(30_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> world.serverBuilder().receiveQueueBytes(1199))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1199")
                .hasMessageContaining(
                        "from 1200, the largest payload, to 1073741824: leave it out");
        assertThatThrownBy(() -> world.serverBuilder().pendingLimits(4, 0, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pendingLimits per network is 0");
        assertThatThrownBy(() -> world.serverBuilder().tokenHistoryMax(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokenHistoryMax is 0");
        assertThatCode(() ->
                        world.serverBuilder()
                                .maxClients(65_536)
                                .pendingLimits(1, 1, 1)
                                .tokenHistoryMax(1)
                                .maxConnectTokenLifetime(Duration.ofSeconds(1))
                                .receiveQueueBytes(1200))
                .doesNotThrowAnyException();
    }

    @Test
    void aPortInUseStopsTheServerFromStartingAndNamesThePort() {
        world.startServer();
        NetcodeServer second = world.serverBuilder().build();
        assertThatThrownBy(second::start)
                .isInstanceOf(BindException.class)
                .hasMessageContaining("10.0.0.1:7777")
                .hasMessageContaining("port 7777 is in use");
        assertThat(second.isRunning()).isFalse();
    }

    @Test
    void aClientWhosePortIsInUseEndsInAStateThatSaysSo() {
        world.startServer();
        NetcodeClient client =
                world.clientBuilder()
                        .transport(world.network.bind(SERVER_ADDRESS))
                        .authentication(world.token(1))
                        .build();
        client.connect();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TransportFailed.class);
        assertThat(reasonOf(client).explanation()).contains("10.0.0.1:7777", "in use");
        world.servers.getFirst().stop();
        // Nothing was sent under the token: it is as good as new.
        client.connect();
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
    }

    @Test
    void anErasedPrivateKeyStopsTheServerFromStartingAndFreesThePort() {
        NetcodeServer server = world.serverBuilder().build();
        world.privateKey.erase();
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("erased");
        assertThat(server.isRunning()).isFalse();
        assertThatCode(world.network.bind(SERVER_ADDRESS)::open).doesNotThrowAnyException();
    }

    @Test
    void aClosedClientCannotConnect() {
        NetcodeClient client = world.client(world.token(1));
        client.close();
        client.close();
        client.update();
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aTransportThatIsTooSmallForAConnectionRequestIsRefused() {
        Transport small = new SmallTransport(1077);
        assertThatThrownBy(() -> world.serverBuilder().transport(small).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1077")
                .hasMessageContaining("1078");
        assertThatThrownBy(() -> world.clientBuilder().transport(small).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(
                        world.clientBuilder()
                                .transport(new SmallTransport(1078))
                                .build()
                                .maxPayloadBytes())
                .isEqualTo(1078 - 25);
        assertThat(
                        world.clientBuilder()
                                .transport(new SmallTransport(65_507))
                                .build()
                                .maxPayloadBytes())
                .isEqualTo(1200);
    }

    @Test
    void anotherThreadIsToldWhoOwnsTheServer() throws InterruptedException {
        NetcodeServer server = world.startServer();
        world.connect(1);
        ConnectedClient client = server.connectedClients().iterator().next();
        String owner = Thread.currentThread().getName();
        for (Callable<?> call :
                new Callable<?>[] {
                    () -> server.send(client, bytes("x")),
                    () -> server.receive((_, _) -> {}),
                    () -> server.connectedClients(),
                    () -> run(server::update),
                    () -> run(server::stop),
                    () -> run(server::flush),
                    () -> run(() -> server.await(0)),
                    () -> run(() -> server.disconnect(client, null)),
                }) {
            assertThat(failureIn("intruder", call))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'" + owner + "'")
                    .hasMessageContaining("'intruder'")
                    .hasMessageContaining("hand the work over");
        }
        assertThat(failureIn("reader", server::stats)).isNull();
        assertThat(failureIn("reader", server::isRunning)).isNull();
        assertThat(failureIn("reader", server::localAddress)).isNull();
        assertThat(failureIn("reader", () -> run(server::wakeup))).isNull();
    }

    @Test
    void anotherThreadIsToldWhoOwnsTheClient() throws InterruptedException {
        NetcodeClient client = world.client(world.token(1));
        client.update();
        for (Callable<?> call :
                new Callable<?>[] {
                    () -> client.send(bytes("x")),
                    () -> client.receive(_ -> {}),
                    () -> run(client::connect),
                    () -> run(client::disconnect),
                    () -> run(client::update),
                    () -> run(client::flush),
                    () -> run(client::close),
                    () -> run(() -> client.authentication(new Authentication.None())),
                }) {
            assertThat(failureIn("intruder", call))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("this client belongs to the thread");
        }
        assertThat(failureIn("reader", client::stats)).isNull();
        assertThat(failureIn("reader", client::state)).isNull();
    }

    @Test
    void aServerMayBeStartedByOneThreadAndUpdatedByAnother() throws InterruptedException {
        NetcodeServer server = world.serverBuilder().build();
        Fixtures.startUnchecked(server);
        CountDownLatch updated = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        // It lives on: of a thread that has ended, everybody may stop the server.
        Thread game =
                Thread.ofPlatform()
                        .name("game")
                        .start(() -> {
                            server.update();
                            updated.countDown();
                            awaitUnchecked(over);
                        });
        awaitUnchecked(updated);
        assertThatThrownBy(server::stop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'game'");
        over.countDown();
        game.join();
    }

    @Test
    void aServerThatHasStoppedBelongsToNobody() throws InterruptedException {
        NetcodeServer server = world.startServer();
        server.update();
        server.stop();
        assertThat(failureIn("next", () -> run(() -> Fixtures.startUnchecked(server)))).isNull();
        assertThat(failureIn("next", () -> run(server::update))).isNull();
    }

    private static Object run(Runnable action) {
        action.run();
        return action;
    }

    private static Throwable failureIn(String threadName, Callable<?> call)
            throws InterruptedException {
        FutureTask<?> task = new FutureTask<>(call);
        Thread.ofPlatform().name(threadName).start(task);
        try {
            task.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static final class SmallTransport extends ForwardingTransport {
        private final int maxPacketBytes;

        SmallTransport(int maxPacketBytes) {
            super(new MemoryNetwork().bind(SERVER_ADDRESS));
            this.maxPacketBytes = maxPacketBytes;
        }

        @Override
        public int maxPacketBytes() {
            return maxPacketBytes;
        }
    }
}
