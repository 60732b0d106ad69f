package dev.hawser.backend.fleet;

import dev.hawser.backend.problem.Ranges;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the token services of a fleet share, in the memory of one service, which is all of them.
///
/// ```java
/// var store = InMemoryFleetStore.builder().registry(registry).build();
/// ```
///
/// Servers are known by the [#registry()] that it gives, which hears what the registry inside it is
/// told: whoever announces servers in this process uses that one.
///
/// **Memory.** Each token that was used takes some 200 bytes until it is forgotten, each player who
/// is present as much. All is limited: where there is no room for a mark or a player, the stage
/// fails, since a token that is forgotten could be used again; the oldest commands and ended
/// connections make way for new ones. [#stats()] counts both.
///
/// Any thread may call it. Every stage that it returns is complete, where the registry's are. After
/// a restart of the service it knows nothing: a token that was used in the last moments may be used
/// a second time until it expires, and bans are gone.
public final class InMemoryFleetStore implements FleetStore {
    /// How many used tokens it remembers by default.
    public static final int TOKENS_MAX_DEFAULT = 1_000_000;

    /// How many players may be present by default.
    public static final int PLAYERS_MAX_DEFAULT = 1_000_000;

    /// How many bans it takes by default.
    public static final int BANS_MAX_DEFAULT = 100_000;

    /// Some of a flood may be let through twice, which needs as many addresses.
    private static final int CALLERS_MAX = 200_000;

    /// So many leave within [AdmissionStore#ENDED_MEMORY_SECONDS] of a fleet of a million.
    private static final int ENDED_REMEMBERED_MAX = 200_000;

    /// As many servers as a registry takes by default, ten times over.
    private static final int STARTS_MAX = 100_000;

    private final WallClock wallClock;
    private final LongSupplier monotonicClock;
    private final long startedAtNanos;
    private final ServerRegistry registry;
    private final RequestBudgets budgets;
    private final ReentrantLock lock = new ReentrantLock();
    private final FleetMemory memory;

    private InMemoryFleetStore(Builder builder) {
        wallClock = builder.wallClock;
        monotonicClock = builder.monotonicClock;
        startedAtNanos = monotonicClock.getAsLong();
        ServerRegistry inner = builder.registry;
        if (inner == null) {
            inner =
                    InMemoryServerRegistry.builder()
                            .monotonicClock(monotonicClock)
                            .wallClock(wallClock)
                            .build();
        }
        registry = new WatchedRegistry(inner, this::announced, this::over);
        budgets = new MemoryBudgets(CALLERS_MAX, monotonicClock);
        memory =
                new FleetMemory(
                        new FleetMemory.Limits(
                                builder.tokensMax,
                                builder.playersMax,
                                builder.bansMax,
                                ENDED_REMEMBERED_MAX,
                                STARTS_MAX),
                        TimeUnit.SECONDS.toNanos(inner.serverTimeoutSeconds()));
    }

    /// {@return a builder with a default for everything}
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public ServerRegistry registry() {
        return registry;
    }

    @Override
    public AdmissionStore admissions() {
        return new Admissions();
    }

    @Override
    public BanStore bans() {
        return new Bans();
    }

    @Override
    public CommandQueue commands() {
        return new Commands();
    }

    @Override
    public RequestBudgets budgets() {
        return budgets;
    }

    /// {@return how much it remembers, and what it had no room for}
    public InMemoryFleetStats stats() {
        return alone(memory::figures);
    }

    /// Does nothing: it has no connection and no thread.
    @Override
    public void close() {}

    private void announced(ServerStart server) {
        alone(() -> {
            memory.announced(server);
            return server;
        });
    }

    private void over(ServerStart server) {
        alone(() -> {
            memory.over(server);
            return server;
        });
    }

    private <T> T alone(Supplier<T> action) {
        lock.lock();
        try {
            memory.handleTimeout(
                    monotonicClock.getAsLong() - startedAtNanos, wallClock.unixSeconds());
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private <T> CompletionStage<T> stage(Supplier<T> action) {
        try {
            return CompletableFuture.completedFuture(alone(action));
        } catch (IllegalStateException | IllegalArgumentException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private final class Admissions implements AdmissionStore {
        @Override
        public CompletionStage<List<Admission>> admit(
                ServerStart server, List<Newcomer> newcomers, int tokenLifetimeSecondsMax) {
            return stage(() -> {
                Ranges.check("the number of newcomers", newcomers.size(), 1, NEWCOMERS_MAX);
                return memory.admit(server, newcomers, lifetime(tokenLifetimeSecondsMax));
            });
        }

        @Override
        public CompletionStage<Void> release(ServerStart server, List<Ended> ended) {
            return stage(() -> {
                Ranges.check("the number of ended", ended.size(), 0, ENDED_MAX);
                memory.release(ended);
                return null;
            });
        }

        @Override
        public CompletionStage<Set<ConnectionId>> reconcile(
                ServerStart server, List<Newcomer> present, int tokenLifetimeSecondsMax) {
            return stage(() -> {
                Ranges.check("the number of present", present.size(), 0, PRESENT_MAX);
                return memory.reconcile(server, present, lifetime(tokenLifetimeSecondsMax));
            });
        }

        private static int lifetime(int seconds) {
            int checked = Ranges.check("tokenLifetimeSecondsMax", seconds, 1, Integer.MAX_VALUE);
            return Math.min(checked, LIFETIME_SECONDS_MAX);
        }

        @Override
        public CompletionStage<Optional<Presence>> where(long clientId) {
            return stage(() -> memory.where(clientId));
        }

        @Override
        public CompletionStage<Page<Presence>> players(String serverId, String cursor, int max) {
            return stage(() -> memory.players(serverId, cursor, max));
        }
    }

    private final class Bans implements BanStore {
        @Override
        public CompletionStage<Optional<Presence>> ban(Ban ban) {
            return stage(() -> memory.ban(ban));
        }

        @Override
        public CompletionStage<Boolean> unban(long clientId) {
            return stage(() -> memory.unban(clientId));
        }

        @Override
        public CompletionStage<Optional<Ban>> find(long clientId) {
            return stage(() -> Optional.ofNullable(memory.ban(clientId)));
        }

        @Override
        public CompletionStage<Page<Ban>> bans(String cursor, int max) {
            return stage(() -> memory.bans(cursor, max));
        }
    }

    private final class Commands implements CommandQueue {
        @Override
        public CompletionStage<Void> queue(ServerStart server, ServerCommand command) {
            return stage(() -> {
                memory.queue(server, command);
                return null;
            });
        }

        @Override
        public CompletionStage<List<Queued>> next(
                ServerStart server, Collection<String> acknowledged) {
            return stage(() -> memory.next(server, acknowledged));
        }
    }

    /// How a store is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private @Nullable ServerRegistry registry;
        private int tokensMax = TOKENS_MAX_DEFAULT;
        private int playersMax = PLAYERS_MAX_DEFAULT;
        private int bansMax = BANS_MAX_DEFAULT;
        private LongSupplier monotonicClock = System::nanoTime;
        private WallClock wallClock = SystemClock.WALL_CLOCK;

        private Builder() {}

        /// Sets what knows the game servers, by default an [InMemoryServerRegistry].
        public Builder registry(ServerRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /// Sets how many used tokens it remembers, 1 to 100,000,000, 1,000,000 by default: as many
        /// as players come in within the longest lifetime of tokens and a minute.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder tokensMax(int tokens) {
            tokensMax = Ranges.check("tokensMax", tokens, 1, 100_000_000);
            return this;
        }

        /// Sets how many players may be present, 1 to 100,000,000, 1,000,000 by default.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder playersMax(int players) {
            playersMax = Ranges.check("playersMax", players, 1, 100_000_000);
            return this;
        }

        /// Sets how many bans it takes, 1 to 10,000,000, 100,000 by default. One more fails.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder bansMax(int bans) {
            bansMax = Ranges.check("bansMax", bans, 1, 10_000_000);
            return this;
        }

        /// Sets the clock for silence and marks, `System::nanoTime` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// Sets the clock by which tokens expire and bans end, [SystemClock#WALL_CLOCK] by default.
        public Builder wallClock(WallClock clock) {
            wallClock = Objects.requireNonNull(clock, "wallClock");
            return this;
        }

        /// {@return a store}
        public InMemoryFleetStore build() {
            return new InMemoryFleetStore(this);
        }
    }
}
