package dev.hawser.steam;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A server and clients on a [LoopbackNetwork], each with a Steam of its own, on a clock that the
/// test moves. What the server's application sees is written down.
final class SteamRig implements ServerHandler, AutoCloseable {
    static final long SERVER_ID = 0x0110_0001_0000_0001L;
    static final NetAddress ADDRESS = NetAddress.parse("10.0.0.1:27015");
    private static final int STEPS_MAX = 2000;

    long nowNanos = 1_000_000_000;
    final LoopbackNetwork network = new LoopbackNetwork(() -> nowNanos);
    final LoopbackSteam serverSteam =
            new LoopbackSteam(network, new SteamIdentity.SteamId(SERVER_ID), ADDRESS.withPort(0));
    final List<String> seen = new ArrayList<>();
    final List<ConnectedClient> connected = new ArrayList<>();

    private final Map<Long, LoopbackSteam> steams = new TreeMap<>();
    private final List<SteamClient> clients = new ArrayList<>();
    private int hosts = 1;
    NetServer server;

    /// The server does not receive while it is false.
    boolean isReceiving = true;

    // ---- Setting up

    SteamServer.Builder serverBuilder() {
        return SteamServer.builder(serverSteam.api)
                .listen(ADDRESS)
                .maxClients(4)
                .monotonicClock(() -> nowNanos);
    }

    SteamRig start(SteamServer.Builder builder) {
        return start(builder.build());
    }

    SteamRig start(NetServer server) {
        this.server = server;
        try {
            server.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /// {@return the Steam of an account, made when it is asked for first}
    LoopbackSteam steam(long id) {
        return steams.computeIfAbsent(
                id,
                _ ->
                        new LoopbackSteam(
                                network,
                                id == 0
                                        ? new SteamIdentity.Anonymous()
                                        : new SteamIdentity.SteamId(id),
                                NetAddress.ipv4(0x0a000100 + hosts++, 0)));
    }

    SteamClient client(long id) {
        return client(id, _ -> {});
    }

    SteamClient client(long id, Consumer<SteamClient.Builder> change) {
        return clientOf(steam(id), change);
    }

    SteamClient clientOf(LoopbackSteam steam, Consumer<SteamClient.Builder> change) {
        SteamClient.Builder builder =
                SteamClient.builder(steam.api).server(ADDRESS).monotonicClock(() -> nowNanos);
        change.accept(builder);
        SteamClient client = builder.build();
        clients.add(client);
        return client;
    }

    /// {@return a client that is connected, of which the server may not have told yet}
    SteamClient connect(long id, Consumer<SteamClient.Builder> change) {
        SteamClient client = client(id, change);
        client.connect();
        until(client::isConnected);
        return client;
    }

    /// {@return a client that is connected}
    SteamClient connect(long id) {
        SteamClient client = connect(id, _ -> {});
        until(() -> seen.contains("connect steam:" + Long.toUnsignedString(id)));
        return client;
    }

    // ---- Time

    void step() {
        step(10);
    }

    void step(long millis) {
        nowNanos += millis * 1_000_000;
        clients.forEach(SteamClient::update);
        server.update();
        if (isReceiving) {
            server.receive(this);
        }
        server.flush();
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    void seconds(double seconds) {
        steps((int) (seconds * 100));
    }

    void until(BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == STEPS_MAX) {
                throw new AssertionError("it does not come about; seen so far: " + seen);
            }
            step();
        }
    }

    // ---- What is seen

    @Override
    public void onConnect(ConnectedClient client) {
        connected.add(client);
        seen.add("connect " + client.id());
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        seen.add(client.id() + ": " + text(payload));
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        seen.add("disconnect " + client.id() + " " + reason);
    }

    @Override
    public void onDrained() {
        seen.add("drained");
    }

    static List<String> receive(SteamClient client) {
        List<String> texts = new ArrayList<>();
        client.receive(payload -> texts.add(text(payload)));
        return texts;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload).toString();
    }

    @Override
    public void close() {
        clients.forEach(SteamClient::close);
        if (server != null) {
            server.stop();
        }
        serverSteam.api.close();
        serverSteam.close();
        for (LoopbackSteam steam : steams.values()) {
            steam.api.close();
            steam.close();
        }
    }
}
