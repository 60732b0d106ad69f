package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// A thread of its own for a server; the waits are bounded by the test's timeout.
class ServerRunnerTest {
    private static final NetAddress ADDRESS = NetAddress.parse("10.0.0.1:7777");

    private final MemoryNetwork network = new MemoryNetwork();
    private final PrivateKey privateKey = PrivateKey.random(new SecureRandom()::nextBytes);

    private NetcodeServer.Builder builder() {
        return NetcodeServer.builder()
                .transport(network.bind(ADDRESS))
                .protocolId(1)
                .privateKey(privateKey)
                .maxClients(4);
    }

    private NetcodeClient connect(NetAddress server) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(
                                server.equals(ADDRESS)
                                        ? network.bind(NetAddress.parse("10.0.0.2"))
                                        : UdpTransport.anyPort())
                        .authentication(new Authentication.Manual(server, 1, privateKey, 1))
                        .build();
        client.connect();
        while (!client.isConnected()) {
            client.update();
            Thread.onSpinWait();
        }
        return client;
    }

    private static String echo(NetcodeClient client, String words) {
        List<String> heard = new ArrayList<>();
        client.send(bytes(words));
        while (heard.isEmpty()) {
            client.update();
            client.receive(payload -> heard.add(text(payload)));
            Thread.onSpinWait();
        }
        return heard.getFirst();
    }

    @Test
    void itServesOnArrivalOverMemory() throws IOException {
        NetcodeServer server = builder().build();
        try (var runner =
                ServerRunner.builder(server, (from, payload) -> server.send(from, payload))
                        .start()) {
            NetcodeClient client = connect(ADDRESS);
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(runner.isRunning()).isTrue();
            assertThat(runner.failure()).isEmpty();
        }
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void itServesOnArrivalOverUdp() throws IOException {
        NetcodeServer server =
                builder().transport(UdpTransport.bind(NetAddress.parse("127.0.0.1"))).build();
        try (var _ =
                        ServerRunner.builder(server, (from, payload) -> server.send(from, payload))
                                .start();
                NetcodeClient client = connect(server.localAddress())) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void itDrainsAndEndsWhenTheLastClientHasGone() throws Exception {
        NetcodeServer server = builder().build();
        CountDownLatch drained = new CountDownLatch(1);
        ServerHandler handler =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        server.send(client, payload);
                    }

                    @Override
                    public void onDrained() {
                        drained.countDown();
                    }
                };
        try (var runner = ServerRunner.builder(server, handler).start()) {
            NetcodeClient client = connect(ADDRESS);
            runner.drain(Duration.ofDays(1), new Refusal.Draining("", 0));
            while (!server.isDraining()) {
                Thread.onSpinWait();
            }
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(drained.getCount()).isOne();
            assertThat(runner.isRunning()).isTrue();

            client.disconnect();

            drained.await();
            while (runner.isRunning()) {
                Thread.onSpinWait();
            }
            assertThat(runner.failure()).isEmpty();
            assertThat(server.isRunning()).isFalse();
        }
    }

    @Test
    void atTheDeadlineItSendsWhoIsLeftAwayAndEnds() throws Exception {
        NetcodeServer server = builder().build();
        try (var runner = ServerRunner.builder(server, (_, _) -> {}).ticksPerSecond(10).start()) {
            NetcodeClient client = connect(ADDRESS);
            runner.drain(Duration.ofDays(1), new Refusal.Draining("", 0));
            runner.drain(Duration.ZERO, new Refusal.Draining("at once", 3));
            while (runner.isRunning()) {
                Thread.onSpinWait();
            }
            client.update();
            assertThat(Fixtures.reasonOf(client))
                    .isEqualTo(
                            new DisconnectReason.Moved(
                                    new StatedReason(StatedReason.MOVED, 3, "at once")));
        }
    }

    @Test
    void aNegativeDeadlineIsRefusedWhereItIsGiven() throws Exception {
        try (var runner = ServerRunner.builder(builder().build(), (_, _) -> {}).start()) {
            assertThatThrownBy(
                            () -> runner.drain(Duration.ofNanos(-1), new Refusal.Draining("", 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("deadline is PT-0.000000001S");
            assertThat(runner.isRunning()).isTrue();
        }
    }

    @Test
    void itTicks() throws Exception {
        CountDownLatch ticks = new CountDownLatch(20);
        NetcodeServer server = builder().build();
        try (var _ =
                ServerRunner.builder(server, (from, payload) -> server.send(from, payload))
                        .ticksPerSecond(500)
                        .onTick(ticks::countDown)
                        .threadName("my game")
                        .start()) {
            ticks.await();
            assertThat(echo(connect(ADDRESS), "tick")).isEqualTo("tick");
        }
    }

    @Test
    void otherThreadsHandTheirWorkOver() throws Exception {
        NetcodeServer server = builder().build();
        AtomicReference<String> threadName = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        try (var runner =
                ServerRunner.builder(server, (_, _) -> {}).threadName("my game").start()) {
            NetcodeClient client = connect(ADDRESS);
            assertThat(
                            runner.execute(() -> {
                                threadName.set(Thread.currentThread().getName());
                                server.connectedClients()
                                        .forEach(to -> server.send(to, bytes("news")));
                                done.countDown();
                            }))
                    .isTrue();
            done.await();
            client.update();
            List<String> heard = new ArrayList<>();
            client.receive(payload -> heard.add(text(payload)));
            assertThat(heard).containsExactly("news");
            assertThat(threadName).hasValue("my game");
            assertThatThrownBy(server::connectedClients)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'my game'");
        }
    }

    @Test
    void workIsBoundedAndRefusedAfterTheEnd() throws Exception {
        CountDownLatch isBusy = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        ServerRunner runner =
                ServerRunner.builder(builder().build(), (_, _) -> {}).tasksMax(2).start();
        assertThat(
                        runner.execute(() -> {
                            isBusy.countDown();
                            awaitQuietly(mayGoOn);
                        }))
                .isTrue();
        isBusy.await();
        assertThat(runner.execute(() -> {})).isTrue();
        assertThat(runner.execute(() -> {})).isTrue();
        assertThat(runner.execute(() -> {})).isFalse();
        mayGoOn.countDown();
        runner.close();
        assertThat(runner.execute(() -> {})).isFalse();
        assertThat(runner.isRunning()).isFalse();
        runner.close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingTellsTheClientsAndTheHandler() throws IOException {
        List<String> events = new ArrayList<>();
        NetcodeServer server = builder().build();
        NetcodeClient client;
        try (var _ =
                ServerRunner.builder(
                                server,
                                new ServerHandler() {
                                    @Override
                                    public void onPayload(
                                            ConnectedClient client, ByteBuffer payload) {}

                                    @Override
                                    public void onDisconnect(
                                            ConnectedClient client, DisconnectReason reason) {
                                        events.add(reason.getClass().getSimpleName());
                                    }
                                })
                        .start()) {
            client = connect(ADDRESS);
        }
        assertThat(events).containsExactly("ServerStopped");
        client.update();
        assertThat(Fixtures.reasonOf(client)).isInstanceOf(DisconnectReason.ServerStopped.class);
    }

    @Test
    void aHandlerMayEndIt() throws IOException {
        NetcodeServer server = builder().build();
        AtomicReference<ServerRunner> runner = new AtomicReference<>();
        runner.set(ServerRunner.builder(server, (_, _) -> runner.get().close()).start());
        NetcodeClient client = connect(ADDRESS);
        client.send(bytes("enough"));
        while (client.isConnected()) {
            client.update();
            Thread.onSpinWait();
        }
        runner.get().close();
        assertThat(runner.get().failure()).isEmpty();
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void aHandlerThatThrowsEndsItInViewOfEverybody() throws IOException {
        NetcodeServer server = builder().build();
        ServerRunner runner =
                ServerRunner.builder(
                                server,
                                (_, _) -> {
                                    throw new IllegalArgumentException("a bug of the game");
                                })
                        .start();
        NetcodeClient client = connect(ADDRESS);
        client.send(bytes("boom"));
        while (client.isConnected()) {
            client.update();
            Thread.onSpinWait();
        }
        runner.close();
        assertThat(runner.failure()).get().asString().contains("a bug of the game");
        assertThat(server.isRunning()).isFalse();
        assertThat(runner.execute(() -> {})).isFalse();
    }

    @Test
    void aServerThatCannotStartThrowsInTheCallersThread() throws IOException {
        try (NetcodeServer first = builder().build()) {
            first.start();
            assertThatThrownBy(ServerRunner.builder(builder().build(), (_, _) -> {})::start)
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void settingsOutsideTheirRangeAreNamed() {
        var builder = ServerRunner.builder(builder().build(), (_, _) -> {});
        assertThatThrownBy(() -> builder.ticksPerSecond(0)).hasMessageContaining("1 to 1000");
        assertThatThrownBy(() -> builder.ticksPerSecond(1001)).hasMessageContaining("1001");
        assertThatThrownBy(() -> builder.tasksMax(0)).hasMessageContaining("from 1 to");
        assertThatThrownBy(() -> builder.tasksMax(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2147483647", "1048576");
        assertThatThrownBy(() -> builder.onTick(null)).hasMessage("tick");
        assertThatThrownBy(() -> builder.threadName(null)).hasMessage("name");
        NetcodeServer server = builder().build();
        assertThatThrownBy(() -> ServerRunner.builder(null, (_, _) -> {})).hasMessage("server");
        assertThatThrownBy(() -> ServerRunner.builder(server, null)).hasMessage("handler");
    }

    @Test
    void aServerThatRunsIsRefusedAndRunsOn() throws IOException {
        try (NetcodeServer server = builder().build()) {
            server.start();
            server.update();
            assertThatThrownBy(ServerRunner.builder(server, (_, _) -> {})::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("NetcodeServer[", "runs already");
            server.update();
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void aBuilderStartsOneRunnerAtATime() throws IOException {
        var builder = ServerRunner.builder(builder().build(), (_, _) -> {});
        try (ServerRunner first = builder.start()) {
            assertThatThrownBy(builder::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one runner");
            assertThat(first.isRunning()).isTrue();
        }
        try (ServerRunner again = builder.start()) {
            assertThat(again.isRunning()).isTrue();
        }
    }

    @Test
    void aMemberIsRefusedAndNotStarted() throws IOException {
        NetcodeServer member = builder().build();
        try (var whole = MultiServer.builder().add("member", member).build()) {
            assertThatThrownBy(ServerRunner.builder(member, (_, _) -> {})::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("MultiServer");
            assertThat(member.isRunning()).isFalse();
            try (ServerRunner runner = ServerRunner.builder(whole, (_, _) -> {}).start()) {
                assertThat(runner.isRunning()).isTrue();
            }
        }
    }

    /// What the handler or a task has stopped, a task may start again.
    @Test
    void aServerThatWasStoppedIsWaitedForAndNotSpunOver() throws Exception {
        NetcodeServer server = builder().build();
        AtomicInteger turns = new AtomicInteger();
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        try (ServerRunner runner =
                ServerRunner.builder(server, (_, _) -> {}).onTick(turns::incrementAndGet).start()) {
            runner.execute(() -> {
                server.stop();
                turns.set(0);
                stopped.countDown();
            });
            stopped.await();
            long begunNanos = System.nanoTime();
            while (turns.get() < 3) {
                Thread.onSpinWait();
            }
            assertThat(System.nanoTime() - begunNanos).isGreaterThan(50_000_000L);
            runner.execute(() -> {
                Fixtures.startUnchecked(server);
                started.countDown();
            });
            started.await();
            assertThat(server.isRunning()).isTrue();
        }
    }
}
