package dev.hawser.tests.processes.programs;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.ServerHandler;
import dev.hawser.ServerRunner;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// A game server with runners that drain on SIGTERM, for a day.
///
/// Arguments: the private key in hexadecimal digits, the protocol id, and how many servers, each of
/// which has a runner.
public final class DrainingServer {
    private DrainingServer() {}

    static void main(String[] args) throws IOException {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> IO.println("hook")));
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            NetcodeServer server =
                    NetcodeServer.builder()
                            .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                            .privateKey(PrivateKey.ofHex(args[0]))
                            .protocolId(Long.parseUnsignedLong(args[1]))
                            .maxConnectTokenLifetimeOff()
                            .maxClients(4)
                            .build();
            ServerRunner.builder(server, new Game(server))
                    .onTick(new Watch(server))
                    .drainOnSigterm(Duration.ofDays(1), new Refusal.Draining("", 1))
                    .start();
            IO.println((i == 0 ? "listening on " : "and on ") + server.localAddress());
        }
    }

    /// Says that a server drains, once.
    private static final class Watch implements Runnable {
        private final NetServer server;
        private boolean hasSaid;

        Watch(NetServer server) {
            this.server = server;
        }

        @Override
        public void run() {
            if (server.isDraining() && !hasSaid) {
                hasSaid = true;
                IO.println("draining");
            }
        }
    }

    private record Game(NetServer server) implements ServerHandler {
        @Override
        public void onConnect(ConnectedClient client) {
            IO.println("connected " + client.id());
        }

        @Override
        public void onPayload(ConnectedClient client, ByteBuffer payload) {
            server.send(client, payload);
        }

        @Override
        public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
            IO.println("disconnected " + reason.getClass().getSimpleName());
        }

        @Override
        public void onDrained() {
            IO.println("drained");
        }
    }
}
