package dev.hawser.examples;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Shows one server with two ways in: a port for the public, and one with slots of its own for the
/// crew, which gets in when the public port is full. One loop and one handler for all; what a
/// player sends goes to all others, whichever way they came.
///
/// Run: `TwoConnections`. The players are in the same process only to make this one program.
final class TwoConnections implements ServerHandler {
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6503L;

    /// How long a side may hear nothing: longer than a load screen takes.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int TICKS_MAX = 600;

    /// For development, and for nobody but this process.
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    private final NetcodeServer forPublic = udpServer(2);
    private final NetcodeServer forCrew = udpServer(1);
    private final MultiServer server =
            MultiServer.builder()
                    .add("public", forPublic)
                    .add("crew", forCrew)
                    .startsAllOrNone()
                    .build();
    private final ByteBuffer position = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);

    private NetcodeServer udpServer(int maxClients) {
        return NetcodeServer.builder()
                .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                .protocolId(PROTOCOL_ID)
                .privateKey(key)
                .maxClients(maxClients)
                .build();
    }

    void main() throws IOException, InterruptedException {
        server.start();
        IO.println("listening on " + server.localAddresses());
        // Which way a player comes is up to the backend: a connect token lists the addresses.
        var players = List.of(join(forPublic, 1), join(forPublic, 2), join(forCrew, 3));
        long nextTickNanos = System.nanoTime();
        for (int tick = 0; tick < TICKS_MAX && server.isRunning(); tick++) {
            server.update();
            server.receive(this); // calls the three methods below
            server.flush();
            players.forEach(Player::update);
            if (players.stream().allMatch(player -> player.seen.size() == players.size() - 1)) {
                players.forEach(player -> player.client.disconnect());
            }
            nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
            TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
        }
        players.forEach(player -> player.client.close());
        server.stop();
    }

    @Override
    public void onConnect(ConnectedClient client) {
        String way = client.server() == forCrew ? "crew" : "public";
        IO.println(client.id() + " has joined by the " + way + " port");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        if (payload.remaining() == Integer.BYTES) { // a client may send anything
            // Who it was is for the server to say.
            position.clear().putLong(client.id().value()).putInt(payload.getInt()).flip();
            server.broadcast(client, position);
        }
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        IO.println(client.id() + " has left: " + reason.explanation());
        if (server.connectedClients().isEmpty()) {
            server.stop();
        }
    }

    private Player join(NetcodeServer member, long id) {
        var manual =
                new Authentication.Manual(
                        member.localAddress(), id, key, PROTOCOL_ID, TIMEOUT_SECONDS);
        var client = NetcodeClient.builder().authentication(manual).build();
        client.connect();
        return new Player(id, client, new HashSet<>());
    }

    private record Player(long id, NetcodeClient client, Set<Long> seen) {
        void update() {
            client.update();
            client.receive(this::look);
            // While there is no connection, nothing is sent.
            client.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, 10 * (int) id));
            client.flush();
        }

        private void look(ByteBuffer payload) {
            long other = payload.getLong();
            if (seen.add(other)) {
                IO.println(id + " sees " + other + " at " + payload.getInt());
            }
        }
    }
}
