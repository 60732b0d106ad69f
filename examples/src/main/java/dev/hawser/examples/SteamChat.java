package dev.hawser.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamIdentity;
import dev.hawser.steam.SteamSendMode;
import dev.hawser.steam.SteamServer;
import dev.hawser.steam.SteamUnavailableException;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Shows a chat that players of Steam and of netcode share: one server, one loop, one handler. Each
/// of the two players says something, reads the other, and leaves.
///
/// Run: `SteamChat <library>`, with the file of GameNetworkingSockets, which needs no Steam; or
/// `SteamChat <library> steam`, with the file of the Steamworks SDK and the Steam client running.
/// The players are in the same process only to make this one program.
final class SteamChat implements ServerHandler {
    private static final long PROTOCOL_ID = 0x6578_616d_706c_6505L;

    /// How long a side may hear nothing: longer than a load screen takes.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int TICKS_MAX = 600;
    private static final int LINE_BYTES_MAX = 200;
    private static final int VIRTUAL_PORT = 0;

    /// Without Steam a process may be whoever it says.
    private static final SteamIdentity.SteamId SOMEBODY =
            new SteamIdentity.SteamId(0x0110_0001_0000_0001L);

    /// For development, and for nobody but this process.
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    private final NetcodeServer netcode =
            NetcodeServer.builder()
                    .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                    .protocolId(PROTOCOL_ID)
                    .privateKey(key)
                    .maxClients(4)
                    .build();

    private final SteamServer steamServer;
    private final MultiServer server;

    private SteamChat(SteamApi steam, boolean hasSteam) {
        SteamServer.Builder builder = SteamServer.builder(steam).sendMode(SteamSendMode.RELIABLE);
        steamServer =
                hasSteam
                        ? builder.virtualPort(VIRTUAL_PORT).build()
                        : builder.listen(NetAddress.parse("127.0.0.1:0"))
                                .allowUnauthenticated()
                                .build();
        server = MultiServer.builder().add("netcode", netcode).add("steam", steamServer).build();
    }

    static void main(String[] args) throws Exception {
        if (args.length == 0) {
            IO.println("usage: SteamChat <library> [steam]");
            return;
        }
        Path library = Path.of(args[0]);
        boolean hasSteam = args.length > 1;
        try (SteamApi steam =
                hasSteam
                        ? SteamApi.initUser(library)
                        : SteamApi.gameNetworkingSockets(library, SOMEBODY)) {
            new SteamChat(steam, hasSteam).run(steam, hasSteam);
        } catch (SteamUnavailableException e) {
            IO.println(e.getMessage());
        }
    }

    private void run(SteamApi steam, boolean hasSteam) throws IOException, InterruptedException {
        server.start();
        var byNetcode =
                new Authentication.Manual(
                        netcode.localAddress(), 2, key, PROTOCOL_ID, TIMEOUT_SECONDS);
        try (NetClient ann = steamClient(steam, hasSteam);
                NetClient ben = NetcodeClient.builder().authentication(byNetcode).build()) {
            ann.connect();
            ben.connect();
            List<Player> players = List.of(new Player("Ann", ann), new Player("Ben", ben));
            long nextTickNanos = System.nanoTime();
            for (int tick = 0; tick < TICKS_MAX && server.isRunning(); tick++) {
                server.update();
                server.receive(this); // calls the three methods below
                server.flush();
                boolean isFull = server.connectedClients().size() == players.size();
                players.forEach(player -> player.update(isFull));
                if (players.stream().allMatch(player -> player.lines == 1)) {
                    players.forEach(
                            player -> player.client.disconnect(StatedReason.of(1001, "bye")));
                    if (server.connectedClients().isEmpty()) {
                        server.stop();
                    }
                }
                nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(nextTickNanos - System.nanoTime());
            }
        }
        server.stop();
    }

    private SteamClient steamClient(SteamApi steam, boolean hasSteam) {
        SteamClient.Builder builder = SteamClient.builder(steam);
        if (!hasSteam) {
            return builder.server(steamServer.localAddresses().getFirst())
                    .allowUnauthenticated()
                    .build();
        }
        // A friend's Steam id is what a lobby or an invitation says; here it is one's own.
        long self =
                steam.identity().orElseThrow() instanceof SteamIdentity.SteamId(long id) ? id : 0;
        return builder.peer(self, VIRTUAL_PORT).build();
    }

    @Override
    public void onConnect(ConnectedClient client) {
        IO.println(client.id() + " has joined");
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        if (payload.remaining() > LINE_BYTES_MAX) { // a client may send anything
            return;
        }
        // To all others, whichever way they have come.
        server.broadcast(client, UTF_8.encode(client.id() + ": " + UTF_8.decode(payload)));
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        IO.println(client.id() + " has left: " + reason.explanation());
    }

    private static final class Player {
        private final String name;
        private final NetClient client;
        private boolean hasSpoken;
        private int lines;

        Player(String name, NetClient client) {
            this.name = name;
            this.client = client;
        }

        /// @param isFull whether everybody is there
        void update(boolean isFull) {
            client.update();
            client.receive(payload -> {
                lines++;
                IO.println(name + " reads " + UTF_8.decode(payload));
            });
            if (isFull && !hasSpoken && client.isConnected()) {
                hasSpoken = true;
                client.send(UTF_8.encode("hello, I am " + name));
            }
            client.flush();
        }
    }
}
