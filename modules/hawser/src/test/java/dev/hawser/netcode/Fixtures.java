package dev.hawser.netcode;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.TestLog;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/// A world of virtual time: a network in memory, one server, and clients made as they are needed.
public final class Fixtures {
    public static final long PROTOCOL_ID = 0x1122334455667788L;
    public static final NetAddress SERVER_ADDRESS = NetAddress.parse("10.0.0.1:7777");
    public static final long STEP_NANOS = 10_000_000;

    private static final long START_UNIX_SECONDS = 1_800_000_000;

    public final PrivateKey privateKey = PrivateKey.random(new Random(1)::nextBytes);
    public final RandomBytes random = new Random(2)::nextBytes;
    public final MemoryNetwork network = new MemoryNetwork();
    final UsedTokens usedTokens = new UsedTokens(1024);
    public final TestLog log = new TestLog();
    public final WallClock wallClock = () -> START_UNIX_SECONDS + this.nowNanos / 1_000_000_000;
    public final List<NetClient> clients = new ArrayList<>();
    public final List<NetServer> servers = new ArrayList<>();
    public long nowNanos;
    private int hosts = 100;

    public NetcodeServer.Builder serverBuilder() {
        return NetcodeServer.builder()
                .transport(network.bind(SERVER_ADDRESS))
                .protocolId(PROTOCOL_ID)
                .privateKey(privateKey)
                .maxClients(4)
                .monotonicClock(() -> nowNanos)
                .wallClock(wallClock)
                .random(random)
                .logger(log);
    }

    public NetcodeServer start(NetcodeServer.Builder builder) {
        NetcodeServer server = builder.build();
        startUnchecked(server);
        servers.add(server);
        return server;
    }

    public NetcodeServer startServer() {
        return start(serverBuilder());
    }

    public static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static void startUnchecked(NetServer server) {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public NetcodeClient.Builder clientBuilder() {
        return NetcodeClient.builder()
                .transport(network.bind(NetAddress.ipv4(0x0a000000 + hosts++, 0)))
                .monotonicClock(() -> nowNanos)
                .wallClock(wallClock)
                .random(random)
                .usedTokens(usedTokens)
                .logger(log);
    }

    /// {@return a client that knows of no token that this process has connected with}
    public NetcodeClient.Builder forgetfulClientBuilder() {
        return clientBuilder().usedTokens(new UsedTokens(1));
    }

    public NetcodeClient client(Authentication authentication) {
        NetcodeClient client = clientBuilder().authentication(authentication).build();
        clients.add(client);
        return client;
    }

    /// {@return a client that is connected, and its connect not yet received by the server}
    public NetcodeClient connect(long clientId) {
        NetcodeClient client = client(manual(clientId));
        client.connect();
        driveUntil(client::isConnected);
        return client;
    }

    public Authentication.Manual manual(long clientId) {
        return new Authentication.Manual(SERVER_ADDRESS, clientId, privateKey, PROTOCOL_ID);
    }

    public ConnectToken mint(TokenRequest request) {
        return mint(request, privateKey, PROTOCOL_ID);
    }

    public ConnectToken mint(TokenRequest request, PrivateKey key, long protocolId) {
        return new TokenMint(key, protocolId, random, wallClock).mint(request);
    }

    public Authentication.Token token(long clientId) {
        return new Authentication.Token(
                mint(TokenRequest.builder(clientId).server(SERVER_ADDRESS).build()));
    }

    public void step() {
        nowNanos += STEP_NANOS;
        clients.forEach(NetClient::update);
        servers.forEach(NetServer::update);
    }

    public void driveSeconds(double seconds) {
        long endNanos = nowNanos + (long) (seconds * 1e9);
        while (nowNanos < endNanos) {
            step();
        }
    }

    /// Steps until it is so, for a minute of virtual time at most.
    public void driveUntil(BooleanSupplier condition) {
        for (int i = 0; i < 6000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            step();
        }
        throw new AssertionError("it has not come to pass within a minute; the log: " + log.lines);
    }

    public static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload).toString();
    }

    public static DisconnectReason reasonOf(NetClient client) {
        return switch (client.state()) {
            case ConnectionState.Disconnected(DisconnectReason reason) -> reason;
            case ConnectionState other -> throw new AssertionError("the state is " + other);
        };
    }

    /// What happened at a server, as text, in order.
    public static final class Recorder implements ServerHandler {
        public final List<String> events = new ArrayList<>();
        public final List<ConnectedClient> connected = new ArrayList<>();

        @Override
        public void onConnect(ConnectedClient client) {
            events.add("connect " + client.id());
            connected.add(client);
        }

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            events.add(client.id() + ": " + text(payload));
        }

        @Override
        public void onMove(ConnectedClient client, NetAddress from, NetAddress to) {
            events.add("move " + client.id() + " from " + from + " to " + to);
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            events.add("disconnect " + client.id() + " " + reason.getClass().getSimpleName());
        }

        @Override
        public void onDrained() {
            events.add("drained");
        }
    }
}
