package dev.hawser.spi;

import static dev.hawser.netcode.Fixtures.awaitUnchecked;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerRunner;
import dev.hawser.ServerStats;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalPair;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server or client whose thread has ended can be ended by every other, and taken over; one whose
/// thread lives can be neither.
class OwnershipTest {
    private final Fixtures world = new Fixtures();

    /// Does it on a thread that ends then.
    private static void onAThreadThatEnds(Runnable action) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread =
                Thread.ofPlatform()
                        .name("late owner")
                        .uncaughtExceptionHandler((_, e) -> thrown.set(e))
                        .start(action);
        join(thread);
        assertThat(thrown.get()).isNull();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private MultiServer multiServer(LocalServer local) {
        return MultiServer.builder()
                .add("udp", world.serverBuilder().build())
                .add("local", local)
                .build();
    }

    /// Starts a server of each kind that takes netcode clients.
    private NetServer startServerOfKind(String kind) {
        NetServer server =
                switch (kind) {
                    case "netcode" -> world.serverBuilder().build();
                    case "multi" -> multiServer(LocalServer.builder().build());
                    default -> throw new AssertionError(kind);
                };
        startUnchecked(server);
        world.servers.add(server);
        return server;
    }

    // ---- Servers

    @ParameterizedTest
    @ValueSource(strings = {"netcode", "multi"})
    void everyThreadMayStopAServerWhoseOwnerHasEnded(String kind) {
        NetServer server = startServerOfKind(kind);
        AtomicReference<NetcodeClient> connected = new AtomicReference<>();
        onAThreadThatEnds(() -> {
            NetcodeClient client = world.connect(1);
            server.receive((_, _) -> {});
            client.handOver();
            connected.set(client);
        });
        assertThatThrownBy(server::update)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'late owner', which has ended")
                .hasMessageContaining("handOver()");
        server.stop();
        assertThat(server.isRunning()).isFalse();
        // The players are told.
        NetcodeClient client = connected.get();
        client.update();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerStopped.class);
        // The port is free, and so is the server.
        assertThatCode(server::start).doesNotThrowAnyException();
        server.update();
        server.close();
    }

    @Test
    void everyThreadMayStopALocalServerWhoseOwnerHasEnded() {
        LocalPair pair = LocalPair.connecting();
        LocalServer server = pair.server();
        LocalClient client = pair.client();
        onAThreadThatEnds(server::update);
        client.update();
        assertThat(client.isConnected()).isTrue();
        server.close();
        client.update();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ServerStopped.class);
    }

    @Test
    void oneMemberCanBeStoppedToo() {
        LocalServer local = LocalServer.builder().build();
        MultiServer server = multiServer(local);
        startUnchecked(server);
        onAThreadThatEnds(server::update);
        server.stop("local");
        assertThat(local.isRunning()).isFalse();
        assertThat(server.isRunning()).isTrue();
        server.stop();
        assertThat(server.isRunning()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"netcode", "multi"})
    void aServerWhoseOwnerHasEndedCanBeTakenOver(String kind) {
        NetServer server = startServerOfKind(kind);
        AtomicReference<NetcodeClient> connected = new AtomicReference<>();
        onAThreadThatEnds(() -> {
            NetcodeClient client = world.connect(1);
            client.send(bytes("before"));
            world.step();
            client.handOver();
            connected.set(client);
        });
        server.handOver();
        connected.get().send(bytes("after"));
        world.step();
        Fixtures.Recorder recorder = new Fixtures.Recorder();
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly("connect netcode:1", "netcode:1: before", "netcode:1: after");
        server.stop();
    }

    @Test
    void anOwnerHandsOverAndThenItIsTheOthers() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        server.handOver();
        client.handOver();
        onAThreadThatEnds(() -> {
            client.send(bytes("x"));
            world.step();
            assertThat(server.receive((_, _) -> {})).isEqualTo(1);
            server.handOver();
            client.handOver();
        });
        world.step();
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void aMemberIsHandedOverAsAWhole() {
        LocalServer local = LocalServer.builder().build();
        MultiServer server = multiServer(local);
        assertThatThrownBy(local::handOver)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("of a MultiServer: call handOver() there");
        server.handOver();
    }

    /// The owner is there, so that nobody else may do any of it.
    @Test
    void whoIsAliveIsNotRobbed() throws IOException {
        NetcodeServer server = world.serverBuilder().build();
        server.start();
        NetcodeClient client = world.client(world.token(1));
        LocalServer local = LocalServer.builder().build();
        local.start();
        LocalClient host = LocalClient.builder(local).id(1).build();
        CountDownLatch owned = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread owner =
                Thread.ofPlatform()
                        .name("owner")
                        .start(() -> {
                            server.update();
                            client.update();
                            local.update();
                            host.update();
                            owned.countDown();
                            awaitUnchecked(over);
                        });
        awaitUnchecked(owned);
        for (Runnable theft :
                new Runnable[] {
                    server::stop,
                    server::close,
                    server::handOver,
                    client::close,
                    client::handOver,
                    local::stop,
                    local::handOver,
                    host::close,
                    host::handOver
                }) {
            assertThatThrownBy(theft::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'owner', which updates it");
        }
        over.countDown();
        join(owner);
        client.close();
        host.close();
        server.close();
        local.close();
        assertThat(server.isRunning() || local.isRunning()).isFalse();
    }

    @Test
    void ofSeveralHeirsOneInherits() {
        for (int round = 0; round < 50; round++) {
            OwnerThread owner = new OwnerThread("server");
            onAThreadThatEnds(owner::claim);
            AtomicInteger heirs = new AtomicInteger();
            CountDownLatch tried = new CountDownLatch(2);
            Runnable heir =
                    () -> {
                        try {
                            owner.inherit();
                            heirs.incrementAndGet();
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("belongs to the thread");
                        }
                        tried.countDown();
                        awaitUnchecked(tried);
                    };
            Thread one = Thread.ofPlatform().start(heir);
            Thread other = Thread.ofPlatform().start(heir);
            join(one);
            join(other);
            assertThat(heirs.get()).isEqualTo(1);
        }
    }

    // ---- Clients

    @Test
    void everyThreadMayCloseAClientWhoseOwnerHasEnded() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.handOver();
        onAThreadThatEnds(client::update);
        assertThatThrownBy(() -> client.send(bytes("x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("which has ended");
        client.close();
        world.clients.clear();
        world.step();
        assertThat(server.connectedClients()).as("the server is told").isEmpty();
    }

    @Test
    void aClientWhoseOwnerHasEndedCanBeTakenOver() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.handOver();
        onAThreadThatEnds(client::update);
        client.handOver();
        client.send(bytes("x"));
        world.step();
        assertThat(server.receive((_, _) -> {})).isEqualTo(1);
    }

    @Test
    void everyThreadMayCloseOrTakeOverALocalClientWhoseOwnerHasEnded() {
        LocalPair pair = LocalPair.connecting();
        LocalServer server = pair.server();
        LocalClient client = pair.client();
        server.update();
        onAThreadThatEnds(client::update);
        client.handOver();
        client.update();
        client.send(bytes("x"));
        client.handOver();
        onAThreadThatEnds(client::update);
        client.close();
        server.update();
        assertThat(server.connectedClients()).isEmpty();
        assertThat(server.receive((_, _) -> {})).isEqualTo(1);
    }

    // ---- A runner

    /// Its thread stops the server by itself, unless that fails too.
    @Test
    void aRunnerThatIsClosedLeavesNoServerBehind() throws IOException {
        NetcodeServer server = world.serverBuilder().build();
        FailingStop failing = new FailingStop(server);
        ServerRunner runner =
                ServerRunner.builder(failing, (_, _) -> {})
                        .onTick(() -> {
                            throw new IllegalStateException("the tick");
                        })
                        .start();
        while (runner.isRunning()) {
            Thread.onSpinWait();
        }
        assertThat(server.isRunning()).isTrue();
        runner.close();
        assertThat(server.isRunning()).isFalse();
        assertThat(runner.failure().orElseThrow().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("the first stop");
    }

    /// A server whose first stop fails.
    private static final class FailingStop extends ForwardingServer {
        private boolean hasFailed;

        FailingStop(NetServer server) {
            super(server);
        }

        @Override
        public void stop() {
            if (!hasFailed) {
                hasFailed = true;
                throw new IllegalStateException("the first stop");
            }
            super.stop();
        }
    }

    // ---- A hub that is made when it is needed

    /// A kind whose hub is asked for by two threads while it is being made.
    @Test
    void twoThreadsThatNeedTheHubFirstGetTheSame() {
        CountDownLatch bothAsk = new CountDownLatch(2);
        List<Thread> both = new CopyOnWriteArrayList<>();
        IdleServer server =
                new IdleServer(() -> {
                    bothAsk.countDown();
                    // Until the other, whichever came first, is in here as well, or is kept out.
                    while (bothAsk.getCount() > 0
                            && both.stream().noneMatch(OwnershipTest::isBlocked)) {
                        Thread.onSpinWait();
                    }
                });
        AtomicReference<@Nullable ServerHub> hubOfFirst = new AtomicReference<>();
        AtomicReference<@Nullable ServerHub> hubOfSecond = new AtomicReference<>();
        both.add(Thread.ofPlatform().unstarted(() -> hubOfFirst.set(server.hub())));
        both.add(Thread.ofPlatform().unstarted(() -> hubOfSecond.set(server.hub())));
        both.forEach(Thread::start);
        both.forEach(OwnershipTest::join);
        assertThat(hubOfSecond.get()).isNotNull().isSameAs(hubOfFirst.get());
    }

    private static boolean isBlocked(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED;
    }

    /// A kind to which nobody comes.
    private static final class IdleServer extends AbstractServer {
        private final Runnable whileTheHubIsMade;

        IdleServer(Runnable whileTheHubIsMade) {
            super(1, null);
            this.whileTheHubIsMade = whileTheHubIsMade;
        }

        @Override
        protected int receiveQueueBytes() {
            whileTheHubIsMade.run();
            return Payloads.BYTES_MAX;
        }

        @Override
        protected void open() {}

        @Override
        protected void shut() {}

        @Override
        protected void tick() {}

        @Override
        protected boolean waitsForPackets() {
            return false;
        }

        @Override
        protected int eventsMax() {
            return 1;
        }

        @Override
        public void flush() {}

        @Override
        public void suspendTimeouts() {}

        @Override
        public void resumeTimeouts() {}

        @Override
        public void await(long timeoutNanos) {}

        @Override
        public void wakeup() {}

        @Override
        public List<NetAddress> localAddresses() {
            return List.of();
        }

        @Override
        public int maxPayloadBytes() {
            return Payloads.BYTES_MAX;
        }

        @Override
        public ServerStats stats() {
            return ServerStats.builder().build();
        }
    }
}
