package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// A registry with a clock that the test moves, and short words for servers and players.
///
/// Time goes in steps of many seconds, and no end lies within half a step of another: so the same
/// tests hold for a store whose clock nobody stops.
abstract class RegistryWorld implements AutoCloseable {
    static final long PROTOCOL = 0xf000_0000_0000_0077L;

    /// The shortest time that passes.
    static final int STEP_SECONDS = 200;

    /// After how many steps a server is silent, and a token has expired: half a step later.
    static final int TIMEOUT_STEPS = 15;

    static final int LIFETIME_STEPS = 30;

    static final int TIMEOUT_SECONDS = TIMEOUT_STEPS * STEP_SECONDS - STEP_SECONDS / 2;
    static final int LIFETIME_SECONDS = LIFETIME_STEPS * STEP_SECONDS - STEP_SECONDS / 2;

    static final KeyId A = new KeyId(0xfeed_0000_0000_000aL);
    static final KeyId B = new KeyId(0xb);
    static final KeyId C = new KeyId(0xc);

    private static final long UNIX_SECONDS = 1_900_000_000;

    private long elapsedSeconds;
    private long steppedSeconds;

    abstract ServerRegistry registry();

    @Override
    public abstract void close();

    /// The time of whoever makes tokens.
    final long unixSeconds() {
        return UNIX_SECONDS + steppedSeconds + elapsedSeconds;
    }

    final long elapsedSeconds() {
        return elapsedSeconds;
    }

    /// Sets the clock of whoever makes tokens forward or back.
    final void stepClock(long seconds) {
        steppedSeconds += seconds;
    }

    final void pass(int steps) {
        elapsedSeconds += (long) steps * STEP_SECONDS;
    }

    static Server server(String id, int freeSlots) {
        return new Server(id, "", PROTOCOL, freeSlots, List.of(A), 0);
    }

    static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(600, TimeUnit.SECONDS).join();
    }

    // ---- Servers

    /// Announces a server that some have left.
    void announceLeft(Server server, Long... disconnectedSince) {
        announce(
                server.announcing()
                        .disconnectedSince(Set.copyOf(Arrays.asList(disconnectedSince))));
    }

    /// Announces a server by other addresses.
    void announceAt(Server server, String publicAddress, String internalAddress) {
        announce(
                server.announcing()
                        .publicAddress(NetAddress.parse(publicAddress))
                        .internalAddress(NetAddress.parse(internalAddress)));
    }

    void announce(Server server, Long... connectedSince) {
        announce(server.announcing().connectedSince(Set.copyOf(Arrays.asList(connectedSince))));
    }

    private void announce(ServerAnnouncement.Builder announcement) {
        assertThat(tell(announcement)).isEqualTo(new Announced.Taken());
    }

    Announced tell(ServerAnnouncement.Builder announcement) {
        return join(registry().announce(announcement.build()));
    }

    void withdraw(String serverId) {
        join(registry().withdraw(new ServerStart(serverId, ""), 0));
    }

    /// All servers, in small parts.
    List<ListedServer> servers() {
        List<ListedServer> all = new ArrayList<>();
        String cursor = "";
        do {
            Page<ListedServer> page = join(registry().servers(cursor, 3));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(3);
            all.addAll(page.items());
            cursor = page.next();
        } while (!cursor.isEmpty());
        return all;
    }

    /// How many of a server's free slots are promised.
    int reservedAt(String serverId) {
        return join(registry().find(serverId)).map(ListedServer::reservedSlots).orElse(0);
    }

    // ---- Players

    Optional<Reservation> reserve(Ask ask) {
        ReservationRequest request =
                new ReservationRequest(
                        ask.clientId,
                        PROTOCOL,
                        ask.region,
                        ask.keyIds,
                        ask.serversMax,
                        unixSeconds() + LIFETIME_SECONDS,
                        ask.resumes);
        return join(registry().reserve(request));
    }

    Reservation reserved(Ask ask) {
        return reserve(ask).orElseThrow();
    }

    /// Sends a player with a token of this tag.
    Reservation sent(Ask ask, TokenTag tag) {
        Reservation reservation = reserved(ask);
        minted(reservation, tag);
        return reservation;
    }

    void minted(Reservation reservation, TokenTag tag) {
        join(registry().minted(reservation, tag));
    }

    boolean mayResume(long clientId, TokenTag former) {
        return join(registry().mayResume(clientId, former));
    }

    void release(Reservation reservation) {
        join(registry().release(reservation));
    }

    boolean claim(long clientId, String player) {
        return join(registry().claimClientId(clientId, player));
    }

    static List<String> names(Reservation reservation) {
        return reservation.servers().stream().map(ServerAnnouncement::serverId).toList();
    }

    static Ask player(long clientId) {
        return new Ask(clientId, "", List.of(A), 3, Optional.empty());
    }

    /// What a player asks for.
    record Ask(
            long clientId,
            String region,
            List<KeyId> keyIds,
            int serversMax,
            Optional<TokenTag> resumes) {
        Ask in(String wanted) {
            return new Ask(clientId, wanted, keyIds, serversMax, resumes);
        }

        Ask keys(KeyId... newestFirst) {
            return new Ask(clientId, region, List.of(newestFirst), serversMax, resumes);
        }

        Ask servers(int max) {
            return new Ask(clientId, region, keyIds, max, resumes);
        }

        Ask resumes(TokenTag former) {
            return new Ask(clientId, region, keyIds, serversMax, Optional.of(former));
        }
    }

    /// What a server says of itself.
    record Server(
            String id,
            String region,
            long protocolId,
            int freeSlots,
            List<KeyId> keyIds,
            int lifetimeSecondsMax) {
        Server in(String where) {
            return new Server(id, where, protocolId, freeSlots, keyIds, lifetimeSecondsMax);
        }

        Server speaks(long other) {
            return new Server(id, region, other, freeSlots, keyIds, lifetimeSecondsMax);
        }

        Server free(int slots) {
            return new Server(id, region, protocolId, slots, keyIds, lifetimeSecondsMax);
        }

        Server keys(KeyId... newestFirst) {
            return new Server(
                    id, region, protocolId, freeSlots, List.of(newestFirst), lifetimeSecondsMax);
        }

        Server takesTokensOf(int seconds) {
            return new Server(id, region, protocolId, freeSlots, keyIds, seconds);
        }

        ServerAnnouncement.Builder announcing() {
            NetAddress address = NetAddress.parse("192.0.2.1:" + (1024 + (id.hashCode() & 0x7fff)));
            return ServerAnnouncement.builder()
                    .serverId(id)
                    .publicAddress(address)
                    .region(region)
                    .protocolId(protocolId)
                    .maxClients(Math.max(64, freeSlots))
                    .freeSlots(freeSlots)
                    .keyIds(keyIds)
                    .maxConnectTokenLifetimeSeconds(lifetimeSecondsMax);
        }

        /// One of several starts, with a number.
        ServerAnnouncement.Builder announcing(String startId, long sequence) {
            return announcing().startId(startId).sequence(sequence);
        }
    }

    /// In the memory of this process.
    static final class InMemory extends RegistryWorld {
        private final dev.hawser.backend.registry.InMemoryServerRegistry registry;

        InMemory(int serversMax) {
            registry =
                    dev.hawser.backend.registry.InMemoryServerRegistry.builder()
                            .serverTimeout(java.time.Duration.ofSeconds(TIMEOUT_SECONDS))
                            .serversMax(serversMax)
                            // Such a clock may start anywhere, and run over.
                            .monotonicClock(() ->
                                    Long.MAX_VALUE
                                            - TimeUnit.SECONDS.toNanos(20_000)
                                            + TimeUnit.SECONDS.toNanos(elapsedSeconds()))
                            .wallClock(this::unixSeconds)
                            .build();
        }

        @Override
        ServerRegistry registry() {
            return registry;
        }

        @Override
        public void close() {}
    }

    /// In a real store.
    static final class InRedis extends RegistryWorld {
        private final dev.hawser.redis.RedisFleetStore store;
        private final long startNanos = System.nanoTime();

        InRedis(String url, int serversMax) {
            try {
                store =
                        dev.hawser.redis.RedisStores.ofTests(
                                        dev.hawser.redis.RedisFleetStore.builder(url)
                                                .keyPrefix(RedisProcess.newPrefix())
                                                .serverTimeout(
                                                        java.time.Duration.ofSeconds(
                                                                TIMEOUT_SECONDS))
                                                .serversMax(serversMax)
                                                .wallClock(this::unixSeconds),
                                        this::offsetMillis)
                                .open();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        /// The time of the store stands still as well as it can: what a command takes to get there
        /// is all that is added.
        private long offsetMillis() {
            long realMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            return TimeUnit.SECONDS.toMillis(elapsedSeconds()) - realMillis;
        }

        @Override
        ServerRegistry registry() {
            return store.registry();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
