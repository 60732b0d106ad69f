package dev.hawser.backend.registry;

import dev.hawser.backend.problem.Ranges;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Game servers in the memory of one token service: those that announce themselves, and those that
/// were configured.
///
/// ```java
/// var registry = InMemoryServerRegistry.builder().serverTimeout(Duration.ofSeconds(15)).build();
/// ```
///
/// **Choice.** Servers of the protocol that have room, share a key with the request and accept
/// tokens that live as long. Those of the preferred region come first, then the others; among them
/// the one with the most free slots, less those that are reserved. The token is sealed with the
/// newest key that all chosen servers have; a fallback that has no key in common with the better
/// ones is left out, the best server never is.
///
/// **Reservations.** A player has one at a time. Who asks again gets a new one in its place, at the
/// same server as long as that is there, has room and is in no worse region than others. A slot is
/// counted as taken until the server announces that the client has connected, the token expires, or
/// the reservation is released; a server that restarts under its name keeps them, one that falls
/// silent or withdraws loses them.
///
/// **Who comes back.** A player who is connected at a server that is full is sent there again, and
/// needs no free slot: his own is taken over, or free once his old connection has timed out.
///
/// **Who resumes.** A player who names the token of the connection that he lost is sent to the
/// server of that token, wherever there is more room or the region is better; if that is gone, or
/// the player has been at another one since, to that one. He needs no free slot unless the server
/// has said that he has left. A tag that nobody knows, or another player's, changes nothing.
///
/// **Memory.** It grows with servers, up to a limit, with their clients, with reservations that
/// have not expired, with the players of [#claimClientId], of whom the last ones are kept, and with
/// the tokens of [#minted], of which the last ones are kept, four of one player.
///
/// Any thread may call it. Every stage that it returns is complete. After a restart of the service
/// it is empty until the servers have announced themselves again.
public final class InMemoryServerRegistry implements ServerRegistry {
    /// After how long in silence a server is dropped by default, in seconds.
    public static final int SERVER_TIMEOUT_SECONDS_DEFAULT = 15;

    /// How many servers it takes by default.
    public static final int SERVERS_MAX_DEFAULT = 10_000;

    /// How many client ids it remembers by default: some 20 megabytes.
    public static final int CLIENT_IDS_MAX_DEFAULT = 100_000;

    /// How many tokens it remembers by default: some 30 megabytes.
    public static final int TOKENS_MAX_DEFAULT = 100_000;

    private static final long EXPIRY_NANOS_MAX = Long.MAX_VALUE / 4;

    private final long serverTimeoutNanos;
    private final LongSupplier monotonicClock;
    private final long startedAtNanos;
    private final WallClock wallClock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Fleet fleet;
    private final ServerNames names;
    private final ClientIdClaims claims;

    private InMemoryServerRegistry(Builder builder) {
        serverTimeoutNanos = builder.serverTimeout.toNanos();
        monotonicClock = builder.monotonicClock;
        startedAtNanos = monotonicClock.getAsLong();
        wallClock = builder.wallClock;
        fleet = new Fleet(builder.serversMax, builder.tokensMax);
        names = new ServerNames(2 * builder.serversMax, serverTimeoutNanos);
        claims = new ClientIdClaims(builder.clientIdsMax);
        builder.servers.forEach(this::configure);
    }

    /// {@return a builder with a default for everything}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Servers

    /// Takes a server that need not announce itself and is never dropped for its silence.
    /// Configuring it again replaces what is known of it, also what it has announced.
    ///
    /// As long as it announces nothing, the registry does not know who is connected: only its
    /// outstanding reservations are counted against its free slots, and the server itself turns
    /// away whoever is too many. And it does not know which keys the server has: when the service
    /// has loaded other ones, configure its servers again with those that they have.
    ///
    /// @throws IllegalStateException when there are too many servers already
    public void configure(ServerAnnouncement server) {
        alone(() -> {
            fleet.announce(server, false, nowNanos(), KnownServer.NEVER);
            return server;
        });
    }

    @Override
    public CompletionStage<Announced> announce(ServerAnnouncement announcement) {
        return stage(() -> {
            long nowNanos = nowNanos();
            Announced announced = names.announce(announcement, nowNanos);
            if (announced instanceof Announced.Taken) {
                fleet.announce(
                        announcement,
                        announcement.isDraining() || names.isDrained(announcement.serverId()),
                        nowNanos,
                        nowNanos + serverTimeoutNanos);
            }
            return announced;
        });
    }

    @Override
    public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
        return stage(() -> {
            if (names.withdraw(server, sequence, nowNanos())) {
                fleet.withdraw(server.serverId());
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Optional<ServerStart>> drain(String serverId) {
        return stage(() -> {
            names.drain(serverId);
            return fleet.drain(serverId);
        });
    }

    @Override
    public CompletionStage<Optional<ListedServer>> find(String serverId) {
        return stage(() -> fleet.find(serverId, nowNanos()));
    }

    /// {@inheritDoc}
    ///
    /// They come in the order of their names.
    @Override
    public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
        return stage(() -> fleet.servers(cursor, max, nowNanos()));
    }

    @Override
    public int serverTimeoutSeconds() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(serverTimeoutNanos);
    }

    // ---- Players

    @Override
    public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
        return stage(() -> {
            long lifetimeSeconds = request.expiresAtUnixSeconds() - wallClock.unixSeconds();
            long lifetimeNanos =
                    Math.min(TimeUnit.SECONDS.toNanos(lifetimeSeconds), EXPIRY_NANOS_MAX);
            return fleet.reserve(request, nowNanos() + lifetimeNanos, lifetimeSeconds);
        });
    }

    @Override
    public CompletionStage<Void> release(Reservation reservation) {
        return stage(() -> {
            fleet.release(reservation);
            return null;
        });
    }

    /// {@inheritDoc}
    ///
    /// Remembered are the latest tokens, as many as was set, and four of one player at most.
    @Override
    public CompletionStage<Void> minted(Reservation reservation, TokenTag tag) {
        return stage(() -> {
            fleet.minted(reservation, tag);
            return null;
        });
    }

    @Override
    public CompletionStage<Boolean> mayResume(long clientId, TokenTag former) {
        return stage(() -> fleet.mayResume(clientId, former));
    }

    /// {@inheritDoc}
    ///
    /// Remembered are the players who were here last, as many as was set; of one that was forgotten
    /// the id can be claimed by another.
    @Override
    public CompletionStage<Boolean> claimClientId(long clientId, String player) {
        return stage(() -> claims.claim(clientId, player));
    }

    // ---- Looks

    /// {@return what the servers that are known said last, in no order}
    public List<ServerAnnouncement> servers() {
        return alone(fleet::servers);
    }

    /// {@return how many slots are reserved}
    public int reservations() {
        return alone(fleet::reservations);
    }

    /// {@return how many tokens are remembered}
    public int tokens() {
        return alone(fleet::tokens);
    }

    int reservationsAt(String serverId) {
        return alone(() -> fleet.reservationsAt(serverId));
    }

    // ---- One at a time

    private <T> CompletionStage<T> stage(Supplier<T> action) {
        try {
            return CompletableFuture.completedFuture(alone(action));
        } catch (IllegalStateException | IllegalArgumentException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private <T> T alone(Supplier<T> action) {
        lock.lock();
        try {
            fleet.handleTimeout(nowNanos());
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private long nowNanos() {
        return monotonicClock.getAsLong() - startedAtNanos;
    }

    /// How a registry is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final List<ServerAnnouncement> servers = new ArrayList<>();
        private Duration serverTimeout = Duration.ofSeconds(SERVER_TIMEOUT_SECONDS_DEFAULT);
        private int serversMax = SERVERS_MAX_DEFAULT;
        private int clientIdsMax = CLIENT_IDS_MAX_DEFAULT;
        private int tokensMax = TOKENS_MAX_DEFAULT;
        private LongSupplier monotonicClock = System::nanoTime;
        private WallClock wallClock = SystemClock.WALL_CLOCK;

        private Builder() {}

        /// Adds a server that need not announce itself: see [InMemoryServerRegistry#configure].
        public Builder server(ServerAnnouncement server) {
            servers.add(Objects.requireNonNull(server, "server"));
            return this;
        }

        /// Sets after how long in silence a server is dropped, 1 second to 1 hour, 15 seconds by
        /// default: three times the interval of announcements lets two of them be lost.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder serverTimeout(Duration timeout) {
            if (timeout.compareTo(Duration.ofSeconds(1)) < 0
                    || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        "serverTimeout is "
                                + timeout.toMillis()
                                + " ms, but must be from 1 second to 1 hour: leave it out for the"
                                + " default, 15 seconds");
            }
            serverTimeout = timeout;
            return this;
        }

        /// Sets how many servers it takes, 1 to 1,000,000, 10,000 by default. One more fails to
        /// announce itself.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder serversMax(int servers) {
            serversMax = Ranges.check("serversMax", servers, 1, 1_000_000);
            return this;
        }

        /// Sets how many client ids it remembers, 1 to 100,000,000, 100,000 by default.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder clientIdsMax(int clientIds) {
            clientIdsMax = Ranges.check("clientIdsMax", clientIds, 1, 100_000_000);
            return this;
        }

        /// Sets how many tokens it remembers, of players who may lose their connection, 1 to
        /// 100,000,000, 100,000 by default: more than there are players at a time. Whose token was
        /// forgotten is sent back once a server has announced that he is connected.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder tokensMax(int tokens) {
            tokensMax = Ranges.check("tokensMax", tokens, 1, 100_000_000);
            return this;
        }

        /// Sets the clock for silence and expiry, `System::nanoTime` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// Sets the clock by which tokens expire, [SystemClock#WALL_CLOCK] by default: the one that
        /// the token service mints by, or no server has room for tokens of its time.
        public Builder wallClock(WallClock clock) {
            wallClock = Objects.requireNonNull(clock, "wallClock");
            return this;
        }

        /// {@return a registry}
        ///
        /// @throws IllegalStateException when more servers were added than it takes
        public InMemoryServerRegistry build() {
            return new InMemoryServerRegistry(this);
        }
    }
}
