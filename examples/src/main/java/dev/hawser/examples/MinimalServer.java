package dev.hawser.examples;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// Shows a server over UDP: it says who comes and goes, sends every payload back, and tells its
/// players when Ctrl-C ends it. [MinimalClient] is the other half.
///
/// Run: `MinimalServer [ADDRESS]`, with the private key in the environment variable
/// `HAWSER_PRIVATE_KEY` (64 hexadecimal digits, the same for server and client).
final class MinimalServer implements ServerHandler {
    /// Tells this game, and this version of it, from every other. The same in the client.
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6501L;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;

    private volatile boolean isEnding;

    void main(String[] args) throws IOException, InterruptedException {
        String address = args.length > 0 ? args[0] : "127.0.0.1:40000";
        String key = System.getenv("HAWSER_PRIVATE_KEY");
        if (key == null) {
            throw new IllegalStateException(
                    "HAWSER_PRIVATE_KEY is not set: './hawser keys new' prints a key");
        }
        try (var server =
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse(address)))
                        .protocolId(PROTOCOL_ID)
                        .privateKey(PrivateKey.ofHex(key))
                        .maxClients(16)
                        .build()) {
            server.start();
            endLoopBeforeProcess();
            IO.println("listening on " + server.localAddress());
            long nextTickNanos = System.nanoTime();
            while (!isEnding) {
                server.update(); // what has come in, and what is due
                server.receive(this); // calls the three methods below
                // Here a game moves its world on and sends it.
                server.flush();
                // A tick that came late is not made up for.
                nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
            }
            server.stop(); // tells the players
            server.receive(this);
            IO.println("stopped");
        }
    }

    @Override
    public void onConnect(ConnectedClient client) {
        IO.println(client.id() + " has joined");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        client.server().send(client, payload);
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        IO.println(client.id() + " has left: " + reason.explanation());
    }

    /// On Ctrl-C or SIGTERM the process waits until the loop has ended.
    private void endLoopBeforeProcess() {
        Thread loop = Thread.currentThread();
        Runnable end =
                () -> {
                    isEnding = true;
                    try {
                        loop.join();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(end));
    }
}
