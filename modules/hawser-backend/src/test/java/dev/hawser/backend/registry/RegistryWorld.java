package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A registry with a clock that the test moves, and short words for servers and players.
final class RegistryWorld {
    static final long PROTOCOL = 0x77;
    static final int TIMEOUT_SECONDS = 15;
    static final int LIFETIME_SECONDS = 30;
    static final int TOKENS_MAX = 100;
    static final KeyId A = new KeyId(0xa);
    static final KeyId B = new KeyId(0xb);

    private static final long UNIX_SECONDS = 1_900_000_000;

    /// Such a clock may start anywhere, and run over.
    private static final long START_NANOS = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);

    final InMemoryServerRegistry registry;
    private long elapsedNanos;

    RegistryWorld() {
        registry =
                InMemoryServerRegistry.builder()
                        .serverTimeout(Duration.ofSeconds(TIMEOUT_SECONDS))
                        .clientIdsMax(3)
                        .tokensMax(TOKENS_MAX)
                        .monotonicClock(() -> START_NANOS + elapsedNanos)
                        .wallClock(this::unixSeconds)
                        .build();
    }

    long unixSeconds() {
        return UNIX_SECONDS + TimeUnit.NANOSECONDS.toSeconds(elapsedNanos);
    }

    void pass(double seconds) {
        elapsedNanos += (long) (seconds * 1e9);
    }

    static Server server(String id, int freeSlots) {
        return new Server(id, "", PROTOCOL, freeSlots, List.of(A), 0);
    }

    private void announce(ServerAnnouncement.Builder announcement) {
        registry.announce(announcement.build()).toCompletableFuture().join();
    }

    void announce(Server server, Long... connectedSince) {
        announce(server.announcing().connectedSince(Set.copyOf(Arrays.asList(connectedSince))));
    }

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
        return registry.reserve(request).toCompletableFuture().join();
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
        registry.minted(reservation, tag).toCompletableFuture().join();
    }

    boolean mayResume(long clientId, TokenTag former) {
        return registry.mayResume(clientId, former).toCompletableFuture().join();
    }

    void release(Reservation reservation) {
        registry.release(reservation).toCompletableFuture().join();
    }

    boolean claim(long clientId, String player) {
        return registry.claimClientId(clientId, player).toCompletableFuture().join();
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
        Ask keys(KeyId... newestFirst) {
            return new Ask(clientId, region, List.of(newestFirst), serversMax, resumes);
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
        Server keys(KeyId... newestFirst) {
            return new Server(
                    id, region, protocolId, freeSlots, List.of(newestFirst), lifetimeSecondsMax);
        }

        ServerAnnouncement announcement() {
            return announcing().build();
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
    }
}
