package dev.hawser.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.ServerHandler;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/// Shows a player who hosts: one server takes clients of its own process and clients over UDP. The
/// guest asks, the host answers, the guest leaves, the server stops.
///
/// Run: `HostMode`. The guest is in the same process only to make this one program.
final class HostMode implements ServerHandler {
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6502L;

    /// How long a side may hear nothing: longer than a load screen takes.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int TICKS_MAX = 600;
    private static final int LINE_BYTES_MAX = 200;

    /// For development, and for nobody but this process.
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    private final LocalServer local = LocalServer.builder().maxClients(1).build();
    private final NetcodeServer udp =
            NetcodeServer.builder()
                    .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                    .protocolId(PROTOCOL_ID)
                    .privateKey(key)
                    .maxClients(3)
                    .build();
    private final MultiServer server =
            MultiServer.builder().add("local", local).add("udp", udp).build();

    void main() throws IOException, InterruptedException {
        server.start();
        var asGuest =
                new Authentication.Manual(udp.localAddress(), 2, key, PROTOCOL_ID, TIMEOUT_SECONDS);
        try (var host = LocalClient.builder(local).id(1).build();
                var guest = NetcodeClient.builder().authentication(asGuest).build()) {
            host.connect();
            guest.connect();
            long nextTickNanos = System.nanoTime();
            for (int tick = 0; tick < TICKS_MAX && server.isRunning(); tick++) {
                server.update();
                server.receive(this); // calls the three methods below
                server.flush();

                host.update();
                host.receive(line -> {
                    IO.println("host reads " + UTF_8.decode(line));
                    host.send(UTF_8.encode("welcome aboard"));
                });
                host.flush();

                guest.update();
                guest.receive(line -> {
                    IO.println("guest reads " + UTF_8.decode(line));
                    guest.disconnect();
                });
                if (tick % 30 == 0) {
                    // Any payload may get lost: it asks until it is answered.
                    guest.send(UTF_8.encode("may I come aboard?"));
                }
                guest.flush();

                nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
            }
            host.update();
            print("guest", guest);
            print("host", host);
        }
        server.stop();
    }

    private static void print(String name, NetClient client) {
        String state =
                switch (client.state()) {
                    case ConnectionState.Connecting() -> "is still connecting";
                    case ConnectionState.Connected() -> "is still connected";
                    case ConnectionState.Resuming(_) -> "is still coming back";
                    case ConnectionState.Disconnected(var reason) -> reason.explanation();
                };
        IO.println(name + ": " + state);
    }

    @Override
    public void onConnect(ConnectedClient client) {
        IO.println(client.id() + " has joined");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        if (payload.remaining() <= LINE_BYTES_MAX) { // a client may send anything
            server.broadcast(client, UTF_8.encode(client.id() + ": " + UTF_8.decode(payload)));
        }
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        IO.println(client.id() + " has left: " + reason.explanation());
        if (!client.isLocal()) {
            server.stop();
        }
    }
}
