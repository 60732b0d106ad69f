package dev.hawser.benchmarks.moves;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.ServerHandler;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Some clients and a server that send each other sixty payloads a second, while the clients'
/// addresses change. Clients have a thread and a namespace, and so has the server.
final class Trial {
    static final int CLIENTS = 4;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(3);

    /// After the last change they play on, so that its interruption is a whole one.
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int TIMEOUT_SECONDS = 5;
    private static final int PAYLOAD_BYTES = 100;
    private static final int PORT = 40_000;
    private static final long PROTOCOL_ID = 23;

    /// Of which addresses change how.
    ///
    /// @param survivesMoves whether tokens say so, or are those of the standard
    record Setting(Change change, boolean isIpv6, UdpIo io, boolean survivesMoves) {}

    /// What came of it.
    ///
    /// @param changes of every client's address, how many there were
    /// @param moves of which the server was told
    /// @param lost connections
    /// @param toServer how long nothing arrived there around each change
    /// @param toClients the same at the clients
    /// @param stallNanos how late a tick of either side was at most, which is the machine's doing:
    ///   interruptions are that much longer
    record Outcome(
            Setting setting,
            int changes,
            int moves,
            int lost,
            List<String> reasons,
            Interruptions toServer,
            Interruptions toClients,
            long stallNanos) {}

    /// Of one direction.
    record Interruptions(long medianNanos, long largestNanos) {}

    private final Setting setting;
    private final Change.Path path;
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
    private final List<Arrivals> atServer = new ArrayList<>();
    private final List<Arrivals> atClients = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final AtomicInteger moves = new AtomicInteger();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicLong stallNanos = new AtomicLong();
    private volatile boolean isListening;
    private volatile boolean isOver;

    private Trial(Setting setting) throws IOException, InterruptedException {
        this.setting = setting;
        path = new Change.Path(setting.change, setting.isIpv6);
        for (int i = 0; i < CLIENTS; i++) {
            atServer.add(new Arrivals());
            atClients.add(new Arrivals());
        }
    }

    static Outcome run(Setting setting, int seconds)
            throws IOException, InterruptedException, ExecutionException {
        Trial trial = new Trial(setting);
        try {
            return trial.run(seconds);
        } finally {
            trial.path.close();
        }
    }

    private Outcome run(int seconds) throws IOException, InterruptedException, ExecutionException {
        FutureTask<Void> server = start("server", path.server, this::serve);
        await(() -> isListening, server, server);
        FutureTask<Void> clients = start("clients", path.clients, this::play);
        await(() -> connected.get() == CLIENTS, server, clients);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Long> changes = new ArrayList<>();
        Thread.sleep(TimeUnit.NANOSECONDS.toMillis(PERIOD_NANOS));
        while (endNanos - System.nanoTime() > REST_NANOS) {
            changes.add(System.nanoTime());
            path.change();
            long nextNanos = changes.getLast() + PERIOD_NANOS;
            Thread.sleep(Math.max(0, (nextNanos - System.nanoTime()) / 1_000_000));
        }
        Thread.sleep(Math.max(0, (endNanos - System.nanoTime()) / 1_000_000));
        isOver = true;
        clients.get();
        server.get();
        // What is still interrupted counts until here.
        atServer.forEach(one -> one.add(endNanos));
        atClients.forEach(one -> one.add(endNanos));
        return new Outcome(
                setting,
                changes.size() * CLIENTS,
                moves.get(),
                lost.get(),
                reasons,
                interruptions(atServer, changes),
                interruptions(atClients, changes),
                stallNanos.get());
    }

    private static FutureTask<Void> start(String name, Namespace network, Callable<Void> work) {
        var task =
                new FutureTask<>(() -> {
                    network.enter();
                    return work.call();
                });
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /// Waits for a condition, and for the exception of whoever cannot bring it about any more.
    private static void await(
            Callable<Boolean> condition, FutureTask<Void> server, FutureTask<Void> clients)
            throws InterruptedException, ExecutionException {
        var wait =
                new FutureTask<>(() -> {
                    while (!condition.call() && !server.isDone() && !clients.isDone()) {
                        Thread.sleep(1);
                    }
                    return null;
                });
        wait.run();
        wait.get();
        for (FutureTask<Void> task : List.of(server, clients)) {
            if (task.isDone()) {
                task.get();
            }
        }
    }

    private static Interruptions interruptions(List<Arrivals> arrivals, List<Long> changes) {
        long[] sorted =
                arrivals.stream()
                        .flatMapToLong(one ->
                                changes.stream()
                                        .mapToLong(
                                                at -> one.longestGapNanos(at, at + PERIOD_NANOS)))
                        .sorted()
                        .toArray();
        return new Interruptions(sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }

    // ---- The server's thread

    private Void serve() throws IOException {
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(
                                UdpTransport.builder().bind(serverAddress()).io(setting.io).build())
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxClients(CLIENTS)
                        .maxConnectTokenLifetimeOff()
                        .build();
        server.start();
        isListening = true;
        ServerHandler handler = new Watch();
        ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        for (long tick = System.nanoTime(); !isOver; tick = awaitTick(tick)) {
            server.update();
            server.receive(handler);
            server.broadcast(payload);
            server.flush();
        }
        server.stop();
        return null;
    }

    private NetAddress serverAddress() {
        String host = path.serverHost();
        return NetAddress.parse((setting.isIpv6 ? "[" + host + "]" : host) + ":" + PORT);
    }

    private final class Watch implements ServerHandler {
        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            atServer.get(client.clientIndex()).add(System.nanoTime());
        }

        @Override
        public void onMove(ConnectedClient client, NetAddress from, NetAddress to) {
            moves.incrementAndGet();
        }
    }

    private long awaitTick(long lastNanos) {
        long nanos = lastNanos + TICK_NANOS - System.nanoTime();
        while (nanos > 0) {
            LockSupport.parkNanos(nanos);
            nanos = lastNanos + TICK_NANOS - System.nanoTime();
        }
        if (connected.get() == CLIENTS) {
            stallNanos.accumulateAndGet(-nanos, Math::max);
        }
        // After a stall it goes on from there: a burst would be another test.
        return Math.max(lastNanos + TICK_NANOS, System.nanoTime() - TICK_NANOS);
    }

    // ---- The clients' thread

    private Void play() {
        List<NetcodeClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            NetcodeClient client =
                    NetcodeClient.builder()
                            .transport(UdpTransport.builder().io(setting.io).build())
                            .authentication(new Authentication.Token(token(i)))
                            .build();
            client.connect();
            clients.add(client);
        }
        boolean[] isConnected = new boolean[CLIENTS];
        boolean[] isLost = new boolean[CLIENTS];
        ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        for (long tick = System.nanoTime(); !isOver; tick = awaitTick(tick)) {
            for (int i = 0; i < CLIENTS; i++) {
                NetcodeClient client = clients.get(i);
                Arrivals arrivals = atClients.get(i);
                client.update();
                client.receive(_ -> arrivals.add(System.nanoTime()));
                client.send(payload);
                client.flush();
                if (client.isConnected() && !isConnected[i]) {
                    isConnected[i] = true;
                    connected.incrementAndGet();
                }
                if (client.state() instanceof ConnectionState.Disconnected(var reason)
                        && !isLost[i]) {
                    isLost[i] = true;
                    lost.incrementAndGet();
                    reasons.add(reason.explanation());
                }
            }
        }
        clients.forEach(NetcodeClient::close);
        return null;
    }

    private ConnectToken token(long clientId) {
        var mint =
                new TokenMint(
                        key, PROTOCOL_ID, new SecureRandom()::nextBytes, SystemClock.WALL_CLOCK);
        return mint.mint(
                TokenRequest.builder(clientId)
                        .server(serverAddress())
                        .timeoutSeconds(TIMEOUT_SECONDS)
                        .statesReasons(true)
                        .survivesMoves(setting.survivesMoves)
                        .build());
    }
}
