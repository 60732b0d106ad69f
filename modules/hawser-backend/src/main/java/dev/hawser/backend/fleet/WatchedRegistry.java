package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// A registry that says which starts of servers it has taken, and which are over, so that what
/// stands beside it ends with them. What falls silent the listener notices itself.
final class WatchedRegistry implements ServerRegistry {
    private final ServerRegistry inner;
    private final Consumer<ServerStart> announced;
    private final Consumer<ServerStart> over;

    WatchedRegistry(
            ServerRegistry inner, Consumer<ServerStart> announced, Consumer<ServerStart> over) {
        this.inner = inner;
        this.announced = announced;
        this.over = over;
    }

    @Override
    public CompletionStage<Announced> announce(ServerAnnouncement announcement) {
        return inner.announce(announcement)
                .thenApply(answer -> {
                    if (answer instanceof Announced.Taken) {
                        announced.accept(
                                new ServerStart(announcement.serverId(), announcement.startId()));
                    }
                    return answer;
                });
    }

    @Override
    public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
        return inner.withdraw(server, sequence)
                .thenCompose(_ -> inner.find(server.serverId()))
                .thenAccept(left -> {
                    // One that was overtaken is there as before.
                    if (left.isEmpty() || !isOf(left.get(), server)) {
                        over.accept(server);
                    }
                });
    }

    private static boolean isOf(ListedServer listed, ServerStart server) {
        return listed.announcement().startId().equals(server.startId());
    }

    @Override
    public CompletionStage<Optional<ServerStart>> drain(String serverId) {
        return inner.drain(serverId);
    }

    @Override
    public CompletionStage<Optional<ListedServer>> find(String serverId) {
        return inner.find(serverId);
    }

    @Override
    public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
        return inner.servers(cursor, max);
    }

    @Override
    public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
        return inner.reserve(request);
    }

    @Override
    public CompletionStage<Void> release(Reservation reservation) {
        return inner.release(reservation);
    }

    @Override
    public CompletionStage<Void> minted(Reservation reservation, TokenTag tag) {
        return inner.minted(reservation, tag);
    }

    @Override
    public CompletionStage<Boolean> mayResume(long clientId, TokenTag former) {
        return inner.mayResume(clientId, former);
    }

    @Override
    public CompletionStage<Boolean> claimClientId(long clientId, String player) {
        return inner.claimClientId(clientId, player);
    }

    @Override
    public CompletionStage<Void> check() {
        return inner.check();
    }

    @Override
    public int serverTimeoutSeconds() {
        return inner.serverTimeoutSeconds();
    }
}
