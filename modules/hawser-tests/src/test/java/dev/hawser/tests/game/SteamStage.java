package dev.hawser.tests.game;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UserData;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamDouble;
import dev.hawser.steam.SteamIdentity;
import dev.hawser.steam.SteamServer;
import dev.hawser.steam.SteamUnavailableException;
import dev.hawser.testkit.VirtualClock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The part of a stage that has Steam: an account for each player.
abstract sealed class SteamStage implements AutoCloseable {
    /// The first of the players' Steam ids: the library takes no others.
    private static final long ACCOUNTS = 0x0110_0001_0000_0000L;

    private static final long SERVER_ID = ACCOUNTS + 99;

    private final Map<Long, String> nameOfId = new HashMap<>();

    /// {@return the loopback double, on the stage's clock}
    static SteamStage onDouble(VirtualClock clock) {
        return new OnDouble(clock);
    }

    /// {@return the real library, in real time: each player is a process}
    static SteamStage onRealLibrary() {
        String library = System.getProperty("hawser.steam.gns");
        assumeTrue(library != null, "set -Dhawser.steam.gns to the file of GameNetworkingSockets");
        return new OnRealLibrary(Path.of(library));
    }

    abstract SteamServer server(ConnectionRequestHandler handler);

    final NetClient client(long id, UserData userData) {
        nameOfId.put(ACCOUNTS + id, userData.text());
        return client(ACCOUNTS + id);
    }

    abstract NetClient client(long steamId);

    static long number(ClientId id) {
        return id.value() - ACCOUNTS;
    }

    /// {@return the name of the player who came last with this id}
    final String name(ClientId id) {
        return nameOfId.get(id.value());
    }

    abstract void passMillis(long millis);

    @Override
    public abstract void close();

    private static SteamServer build(
            SteamServer.Builder builder, ConnectionRequestHandler handler) {
        builder.maxClients(8).sameClient(SameClient.TAKE_OVER);
        return (handler == null ? builder : builder.connectionRequests(handler)).build();
    }

    private static final class OnDouble extends SteamStage {
        private static final NetAddress ADDRESS = NetAddress.parse("10.0.0.1:27015");

        private final VirtualClock clock;
        private final SteamDouble steams;
        private final Map<Long, SteamApi> steamOfId = new HashMap<>();

        OnDouble(VirtualClock clock) {
            this.clock = clock;
            steams = new SteamDouble(clock::nanos);
        }

        private SteamApi steamOf(long id) {
            return steamOfId.computeIfAbsent(id, steams::steam);
        }

        @Override
        SteamServer server(ConnectionRequestHandler handler) {
            return build(
                    SteamServer.builder(steamOf(SERVER_ID))
                            .listen(ADDRESS)
                            .monotonicClock(clock::nanos),
                    handler);
        }

        @Override
        NetClient client(long steamId) {
            return SteamClient.builder(steamOf(steamId))
                    .server(ADDRESS)
                    .monotonicClock(clock::nanos)
                    .build();
        }

        @Override
        void passMillis(long millis) {}

        @Override
        public void close() {
            steams.close();
        }
    }

    private static final class OnRealLibrary extends SteamStage {
        private final Path library;
        private final SteamApi steam;
        private SteamServer server;

        OnRealLibrary(Path library) {
            this.library = library;
            try {
                steam =
                        SteamApi.gameNetworkingSockets(
                                library, new SteamIdentity.SteamId(SERVER_ID));
            } catch (SteamUnavailableException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        SteamServer server(ConnectionRequestHandler handler) {
            server =
                    build(
                            SteamServer.builder(steam)
                                    .listen(NetAddress.parse("127.0.0.1:0"))
                                    .allowUnauthenticated(),
                            handler);
            return server;
        }

        @Override
        NetClient client(long steamId) {
            return new RemotePlayer(library, steamId, server.localAddresses().getFirst());
        }

        @Override
        void passMillis(long millis) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        }

        @Override
        public void close() {
            steam.close();
        }
    }
}
