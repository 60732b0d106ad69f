package dev.hawser.examples;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.ServerHandler;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Shows a server that asks a database who may come in, while its ticks go on: Ann may, Bob is
/// banned and reads why. Then Ann comes in from another computer and takes her slot over.
///
/// Run: `AcceptHandler`. The players are in the same process only to make this one program.
final class AcceptHandler implements ConnectionRequestHandler, ServerHandler {
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6504L;

    /// How long a side may hear nothing: longer than a load screen takes.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int TICKS_MAX = 600;

    /// Stands for a database: who is banned, and why.
    private static final Map<Long, String> BANS = Map.of(2L, "you cheated yesterday");

    /// For development, and for nobody but this process.
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    private final NetcodeServer server =
            NetcodeServer.builder()
                    .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                    .protocolId(PROTOCOL_ID)
                    .privateKey(key)
                    .sameClient(SameClient.TAKE_OVER)
                    .connectionRequests(this)
                    .build();
    private final List<NetcodeClient> clients = new ArrayList<>();

    void main() throws IOException, InterruptedException {
        server.start();
        NetcodeClient ann = connect(1);
        NetcodeClient bob = connect(2);
        runUntil(() -> ann.isConnected() && isDisconnected(bob));
        IO.println("Ann: " + describe(ann));
        IO.println("Bob: " + describe(bob));

        // The newer connect token gets the slot, and tokens count in whole seconds.
        long laterNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        runUntil(() -> System.nanoTime() - laterNanos >= 0);
        NetcodeClient annElsewhere = connect(1);
        runUntil(() -> annElsewhere.isConnected() && isDisconnected(ann));
        IO.println("Ann: " + describe(ann));
        IO.println("Ann elsewhere: " + describe(annElsewhere));

        clients.forEach(NetcodeClient::close);
        server.stop();
    }

    /// Runs in the server's tick, so it only begins to look. Any thread may answer.
    @Override
    public void onRequest(ConnectionRequest request) {
        Thread.ofVirtual().start(() -> answer(request));
    }

    private static void answer(ConnectionRequest request) {
        try {
            TimeUnit.MILLISECONDS.sleep(100); // databases take their time
            String ban = BANS.get(request.id().value());
            if (ban == null) {
                request.accept();
            } else {
                request.refuse(new Refusal.Banned(ban, 3600));
            }
        } catch (InterruptedException e) {
            // Without an answer the server would refuse by itself, but later.
            request.refuse(new Refusal.Internal(10));
        }
    }

    @Override
    public void onConnect(ConnectedClient client) {
        IO.println(client.id() + " has joined");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {}

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        IO.println(client.id() + " has left: " + reason.explanation());
    }

    private NetcodeClient connect(long id) {
        var manual =
                new Authentication.Manual(
                        server.localAddress(), id, key, PROTOCOL_ID, TIMEOUT_SECONDS);
        var client = NetcodeClient.builder().authentication(manual).build();
        client.connect();
        clients.add(client);
        return client;
    }

    private void runUntil(BooleanSupplier isOver) throws InterruptedException {
        long nextTickNanos = System.nanoTime();
        for (int tick = 0; tick < TICKS_MAX && !isOver.getAsBoolean(); tick++) {
            server.update();
            server.receive(this); // calls onRequest and the others
            server.flush();
            clients.forEach(NetcodeClient::update);
            nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
            TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
        }
    }

    private static boolean isDisconnected(NetcodeClient client) {
        return client.state() instanceof ConnectionState.Disconnected;
    }

    private static String describe(NetcodeClient client) {
        return switch (client.state()) {
            case ConnectionState.Connecting() -> "still connecting";
            case ConnectionState.Connected() -> "connected";
            case ConnectionState.Resuming(int attempt) -> "coming back, attempt " + attempt;
            case ConnectionState.Disconnected(var reason) -> reason.explanation();
        };
    }
}
