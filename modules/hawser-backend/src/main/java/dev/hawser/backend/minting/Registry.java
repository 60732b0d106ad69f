package dev.hawser.backend.minting;

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
import java.util.concurrent.TimeoutException;

/// A [ServerRegistry] as requests see it: each waits on its own virtual thread, not for ever.
public final class Registry {
    private final ServerRegistry registry;

    public Registry(ServerRegistry registry) {
        this.registry = registry;
    }

    public Announced announce(ServerAnnouncement announcement) throws TimeoutException {
        return Awaiting.await(registry.announce(announcement));
    }

    public void withdraw(ServerStart server, long sequence) throws TimeoutException {
        Awaiting.await(registry.withdraw(server, sequence));
    }

    public Optional<ServerStart> drain(String serverId) throws TimeoutException {
        return Awaiting.await(registry.drain(serverId));
    }

    public Optional<ListedServer> find(String serverId) throws TimeoutException {
        return Awaiting.await(registry.find(serverId));
    }

    public Page<ListedServer> servers(String cursor, int max) throws TimeoutException {
        return Awaiting.await(registry.servers(cursor, max));
    }

    public Optional<Reservation> reserve(ReservationRequest request) throws TimeoutException {
        return Awaiting.await(registry.reserve(request));
    }

    public void release(Reservation reservation) throws TimeoutException {
        Awaiting.await(registry.release(reservation));
    }

    public void minted(Reservation reservation, TokenTag tag) throws TimeoutException {
        Awaiting.await(registry.minted(reservation, tag));
    }

    public boolean mayResume(long clientId, TokenTag former) throws TimeoutException {
        return Awaiting.await(registry.mayResume(clientId, former));
    }

    public boolean claimClientId(long clientId, String player) throws TimeoutException {
        return Awaiting.await(registry.claimClientId(clientId, player));
    }

    public void check() throws TimeoutException {
        Awaiting.await(registry.check());
    }

    public int serverTimeoutSeconds() {
        return registry.serverTimeoutSeconds();
    }
}
