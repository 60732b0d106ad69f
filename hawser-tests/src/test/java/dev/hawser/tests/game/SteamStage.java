package dev.hawser.tests.game;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerConfig.SameClient;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamDouble;
import dev.hawser.steam.SteamServer;
import dev.hawser.testkit.VirtualClock;
import java.util.HashMap;
import java.util.Map;

/// The part of a stage that has Steam: an account for each player, on the loopback double.
final class SteamStage implements AutoCloseable {
    private static final long SERVER_ID = 99;
    private static final NetAddress ADDRESS = NetAddress.parse("10.0.0.1:27015");

    private final VirtualClock clock;
    private final SteamDouble steams;
    private final Map<Long, SteamApi> steamOfId = new HashMap<>();
    private final Map<Long, String> nameOfId = new HashMap<>();

    SteamStage(VirtualClock clock) {
        this.clock = clock;
        steams = new SteamDouble(clock::nanos);
    }

    NetServer server(ConnectionRequestHandler handler) {
        SteamServer.Builder builder =
                SteamServer.builder(steamOf(SERVER_ID))
                        .listen(ADDRESS)
                        .maxClients(8)
                        .sameClient(SameClient.TAKE_OVER)
                        .monotonicClock(clock::nanos);
        return (handler == null ? builder : builder.connectionRequests(handler)).build();
    }

    NetClient client(long id, UserData userData) {
        nameOfId.put(id, userData.text());
        return SteamClient.builder(steamOf(id))
                .server(ADDRESS)
                .monotonicClock(clock::nanos)
                .build();
    }

    private SteamApi steamOf(long id) {
        return steamOfId.computeIfAbsent(id, steams::steam);
    }

    /// {@return the name of the player who came last with this id}
    String name(ClientId id) {
        return nameOfId.get(id.value());
    }

    @Override
    public void close() {
        steams.close();
    }
}
