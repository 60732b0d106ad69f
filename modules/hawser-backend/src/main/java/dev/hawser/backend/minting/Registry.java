package dev.hawser.backend.minting;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A [ServerRegistry] as requests see it: each waits on its own virtual thread, not for ever.
public final class Registry {
    private static final long TIMEOUT_SECONDS = 5;

    private final ServerRegistry registry;

    public Registry(ServerRegistry registry) {
        this.registry = registry;
    }

    /// @throws TimeoutException when the registry fails or does not answer in time
    private static <T> T await(CompletionStage<T> stage) throws TimeoutException {
        try {
            return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } catch (ExecutionException e) {
            throw unreachable(e);
        }
    }

    private static TimeoutException unreachable(Throwable cause) {
        TimeoutException failure = new TimeoutException("the server registry cannot be reached");
        failure.initCause(cause);
        return failure;
    }

    public Announced announce(ServerAnnouncement announcement) throws TimeoutException {
        return await(registry.announce(announcement));
    }

    public void withdraw(ServerStart server, long sequence) throws TimeoutException {
        await(registry.withdraw(server, sequence));
    }

    public Optional<Reservation> reserve(ReservationRequest request) throws TimeoutException {
        return await(registry.reserve(request));
    }

    public void release(Reservation reservation) throws TimeoutException {
        await(registry.release(reservation));
    }

    public void minted(Reservation reservation, TokenTag tag) throws TimeoutException {
        await(registry.minted(reservation, tag));
    }

    public boolean mayResume(long clientId, TokenTag former) throws TimeoutException {
        return await(registry.mayResume(clientId, former));
    }

    public boolean claimClientId(long clientId, String player) throws TimeoutException {
        return await(registry.claimClientId(clientId, player));
    }

    public void check() throws TimeoutException {
        await(registry.check());
    }

    public int serverTimeoutSeconds() {
        return registry.serverTimeoutSeconds();
    }
}
