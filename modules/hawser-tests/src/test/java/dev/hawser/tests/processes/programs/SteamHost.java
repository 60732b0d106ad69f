package dev.hawser.tests.processes.programs;

import dev.hawser.protocol.NetAddress;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamIdentity;
import dev.hawser.steam.SteamServer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A process of its own that listens over GameNetworkingSockets until it is killed. Arguments: the
/// library, a Steam id.
public final class SteamHost {
    private SteamHost() {}

    static void main(String[] args) throws Exception {
        SteamIdentity identity = new SteamIdentity.SteamId(Long.parseLong(args[1]));
        try (SteamApi steam = SteamApi.gameNetworkingSockets(Path.of(args[0]), identity);
                SteamServer server =
                        SteamServer.builder(steam)
                                .listen(NetAddress.parse("127.0.0.1:0"))
                                .allowUnauthenticated()
                                .build()) {
            server.start();
            IO.println("listening on " + server.localAddresses().getFirst());
            while (server.isRunning()) {
                server.update();
                server.receive((client, payload) -> server.send(client, payload));
                server.flush();
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }
}
