package dev.hawser.online.token;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.WallClock;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// A network in memory in virtual time, with one server, and clients made as they are needed.
final class World {
    static final NetAddress SERVER_ADDRESS = NetAddress.parse("10.0.0.1:7777");

    private static final long STEP_NANOS = 10_000_000;
    private static final long START_UNIX_SECONDS = 1_800_000_000;

    final PrivateKey privateKey = PrivateKey.random(new Random(1)::nextBytes);
    final WallClock wallClock = () -> START_UNIX_SECONDS + this.nowNanos / 1_000_000_000;
    final List<NetcodeClient> clients = new ArrayList<>();
    private final MemoryNetwork network = new MemoryNetwork();
    private final NetcodeServer server =
            NetcodeServer.builder()
                    .transport(network.bind(SERVER_ADDRESS))
                    .protocolId(Granted.PROTOCOL_ID)
                    .privateKey(privateKey)
                    .monotonicClock(() -> this.nowNanos)
                    .wallClock(wallClock)
                    .build();
    private volatile long nowNanos;
    private int hosts = 100;

    NetcodeServer startServer() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server;
    }

    NetcodeClient client(TokenSource tokens) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(network.bind(NetAddress.ipv4(0x0a000000 + hosts++, 0)))
                        .monotonicClock(() -> nowNanos)
                        .wallClock(wallClock)
                        .authentication(new Authentication.Backend(tokens))
                        .build();
        clients.add(client);
        return client;
    }

    void driveSeconds(double seconds) {
        long endNanos = nowNanos + (long) (seconds * 1e9);
        while (nowNanos < endNanos) {
            step();
        }
    }

    /// Steps until it is so, for a minute of virtual time at most.
    void driveUntil(BooleanSupplier condition) {
        for (int i = 0; i < 6000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            step();
        }
        throw new AssertionError("it has not come to pass within a minute");
    }

    private void step() {
        nowNanos += STEP_NANOS;
        clients.forEach(NetClient::update);
        server.update();
    }

    static DisconnectReason reasonOf(NetClient client) {
        return switch (client.state()) {
            case ConnectionState.Disconnected(DisconnectReason reason) -> reason;
            case ConnectionState other -> throw new AssertionError("the state is " + other);
        };
    }
}
