package dev.hawser.redis;

import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.BanStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.RequestBudgets;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.keys.SecretFile;
import dev.hawser.keys.SecretReaders;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What the token services of a fleet share, in Redis 7 or later, or Valkey.
///
/// ```java
/// FleetStore store =
///         RedisFleetStore.builder("redis://store.internal:6379")
///                 .passwordFile(Path.of("store.secret"), SecretReaders.OWNER)
///                 .keyPrefix("arena")
///                 .open();
/// ```
///
/// **Steps.** Whatever must not be torn apart is one script in the store. A step leaves once: what
/// was on its way when the connection was lost has failed, and without a connection steps fail at
/// once. A stage that fails says that nobody knows whether the step was done; it may be asked for
/// again.
///
/// **Time** is the store's. Its clock should be kept right, as those of the services.
///
/// **Memory.** Everything has an end or a bound: a server's data goes when it is silent, a
/// reservation with its token, tokens a day after they were last asked for, presences when players
/// leave (those of a server that has crashed after a month), client ids 400 days after the last
/// login. The store must not push anything out by itself: [Builder#open] refuses one that may.
///
/// **Durability.** What an acknowledged step wrote can be lost by a store that does not keep it:
/// set `appendonly yes`, and where replicas follow `min-replicas-to-write 1`.
///
/// Any thread may call it. Stages complete on threads of the driver, which must not be kept.
public final class RedisFleetStore implements FleetStore {
    /// After how long in silence a server is dropped by default, in seconds.
    public static final int SERVER_TIMEOUT_SECONDS_DEFAULT = 15;

    /// How many servers it takes by default.
    public static final int SERVERS_MAX_DEFAULT = 10_000;

    /// After what time an answer is given up by default, in milliseconds.
    public static final int COMMAND_TIMEOUT_MILLIS_DEFAULT = 2000;

    private static final System.Logger LOGGER = System.getLogger("dev.hawser.redis");

    private final StoreConnection store;
    private final RedisServerRegistry registry;
    private final RedisCommandQueue commands;
    private final RedisAdmissionStore admissions;
    private final RedisBanStore bans;
    private final RedisRequestBudgets budgets;

    private RedisFleetStore(StoreConnection store, StoreSettings settings) {
        this.store = store;
        StorePresences presences = new StorePresences(store, settings);
        registry = new RedisServerRegistry(store, settings);
        commands = new RedisCommandQueue(store, settings);
        admissions = new RedisAdmissionStore(store, settings, presences, commands);
        bans = new RedisBanStore(store, settings, presences);
        budgets = new RedisRequestBudgets(store, settings);
    }

    /// {@return a builder with a default for everything else}
    ///
    /// @param url `redis://host:6379`, `redis-sentinel://host:26379,host:26379#master` or
    ///   `redis-cluster://host:6379,host:6379`, with `rediss` for TLS; it may have `user:password@`
    ///   and, but for a cluster, `/database`
    /// @throws IllegalArgumentException when it is something else
    public static Builder builder(String url) {
        return new Builder(StoreAddress.parse(url));
    }

    @Override
    public ServerRegistry registry() {
        return registry;
    }

    @Override
    public AdmissionStore admissions() {
        return admissions;
    }

    @Override
    public BanStore bans() {
        return bans;
    }

    @Override
    public CommandQueue commands() {
        return commands;
    }

    @Override
    public RequestBudgets budgets() {
        return budgets;
    }

    /// {@return what it has done since it was opened}
    public RedisFleetStoreStats stats() {
        return new RedisFleetStoreStats(
                store.steps(), store.failures(), store.scriptsSent(), commands.pushedOut());
    }

    @Override
    public void close() {
        store.close();
    }

    /// Where the store is, without the password.
    @Override
    public String toString() {
        return "RedisFleetStore[" + store.address() + "]";
    }

    /// {@return a stage that fails when what lies under the prefix is laid out in another way, or
    /// the store takes no writes}
    static CompletionStage<Void> checkFormat(StoreConnection store, StoreKeys keys) {
        return store.send(commands ->
                        commands.<String>eval(
                                Script.FORMAT.text(),
                                Script.FORMAT.output(),
                                new String[] {keys.format()},
                                StoreKeys.FORMAT_TEXT))
                .thenAccept(found -> {
                    if (!found.equals(StoreKeys.FORMAT_TEXT)) {
                        throw new ForeignDataException(keys.format(), found);
                    }
                });
    }

    /// What lies under the prefix is another one's.
    private static final class ForeignDataException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private static final int SHOWN_MAX = 40;

        ForeignDataException(String key, String found) {
            super(
                    "has '"
                            + found.substring(0, Math.min(found.length(), SHOWN_MAX))
                            + "' under the key "
                            + key
                            + ", but this version lays out '"
                            + StoreKeys.FORMAT_TEXT
                            + "': run the version that wrote it, or set another key prefix");
        }
    }

    /// How a store is reached. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final StoreAddress address;
        private StoreKeys keys = new StoreKeys(StoreKeys.PREFIX_DEFAULT);
        private @Nullable SecretFile passwordFile;
        private @Nullable Path trusted;
        private Duration commandTimeout = Duration.ofMillis(COMMAND_TIMEOUT_MILLIS_DEFAULT);
        private Duration serverTimeout = Duration.ofSeconds(SERVER_TIMEOUT_SECONDS_DEFAULT);
        private int serversMax = SERVERS_MAX_DEFAULT;
        private WallClock wallClock = SystemClock.WALL_CLOCK;
        private LongSupplier offsetMillis = () -> 0;

        private Builder(StoreAddress address) {
            this.address = address;
        }

        /// Sets what the names of all keys begin with, `hawser` by default: one for each game that
        /// uses the store. All services of a game have the same.
        ///
        /// @throws IllegalArgumentException when it is not 1 to 64 letters, digits, `-`, `_` and
        ///   `.`
        public Builder keyPrefix(String prefix) {
            keys = new StoreKeys(prefix);
            return this;
        }

        /// Sets a file with the password. It is read for each new connection, so the password can
        /// be changed while the service runs. It takes the place of the password in the URL.
        ///
        /// @param readers who may be able to read it
        public Builder passwordFile(Path file, SecretReaders readers) {
            passwordFile =
                    SecretFile.at(
                            Objects.requireNonNull(file, "file"),
                            Objects.requireNonNull(readers, "readers"));
            return this;
        }

        /// Sets a PEM file with the authorities that vouch for the certificate of the store, in
        /// place of those that Java knows.
        public Builder trusted(Path authorities) {
            trusted = Objects.requireNonNull(authorities, "trusted");
            return this;
        }

        /// Sets after what time an answer is given up, 10 milliseconds to 4 seconds, 2 seconds by
        /// default. A request waits for several answers, one after the other, for five seconds each
        /// at most.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder commandTimeout(Duration timeout) {
            commandTimeout =
                    checked(
                            "commandTimeout",
                            timeout,
                            Duration.ofMillis(10),
                            Duration.ofSeconds(4));
            return this;
        }

        /// Sets after how long in silence a server is dropped, 1 second to 1 hour, 15 seconds by
        /// default. All services of a fleet should have the same.
        ///
        /// @throws IllegalArgumentException when it is shorter or longer
        public Builder serverTimeout(Duration timeout) {
            serverTimeout =
                    checked("serverTimeout", timeout, Duration.ofSeconds(1), Duration.ofHours(1));
            return this;
        }

        private static Duration checked(
                String name, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        name
                                + " is "
                                + value.toMillis()
                                + " ms, but must be from "
                                + least.toMillis()
                                + " to "
                                + most.toMillis()
                                + ": leave it out for the default");
            }
            return value;
        }

        /// Sets how many servers it takes, 1 to 1,000,000, 10,000 by default. One more fails to
        /// announce itself.
        ///
        /// @throws IllegalArgumentException when it is outside these
        public Builder serversMax(int servers) {
            if (servers < 1 || servers > 1_000_000) {
                throw new IllegalArgumentException(
                        "serversMax is "
                                + servers
                                + ", but must be from 1 to 1000000: leave it out for the default");
            }
            serversMax = servers;
            return this;
        }

        /// Sets the clock by which tokens are made, [SystemClock#WALL_CLOCK] by default: that of
        /// the token service. Only how long tokens live is taken from it.
        public Builder wallClock(WallClock clock) {
            wallClock = Objects.requireNonNull(clock, "wallClock");
            return this;
        }

        /// For tests: what is added to the store's time, and a timeout of any length.
        Builder ofTests(LongSupplier addedMillis, Duration patience) {
            offsetMillis = addedMillis;
            commandTimeout = patience;
            return this;
        }

        /// Connects, and looks at what is there. Waits for that, for some seconds at most.
        ///
        /// @return the store, which is to be closed
        /// @throws IOException when it cannot be reached, refuses the password, is no Redis, is too
        ///   old, may push data out, or has data of another game or version under the prefix; when
        ///   the password file cannot be read. The message is one sentence and says what to do
        public RedisFleetStore open() throws IOException {
            Path authorities = trusted;
            if (authorities != null && !Files.isReadable(authorities)) {
                throw new IOException(
                        authorities
                                + " cannot be read: it should be the PEM file of who vouches for the"
                                + " store's certificate");
            }
            StoreSettings settings =
                    new StoreSettings(
                            address,
                            keys,
                            password(),
                            Optional.ofNullable(authorities),
                            commandTimeout,
                            serverTimeout,
                            serversMax,
                            wallClock,
                            offsetMillis);
            StoreConnection store =
                    new StoreConnection(
                            settings, new StoreOutage(LOGGER, address, System::nanoTime));
            try {
                store.open();
                join(checkFormat(store, keys));
                StoreMemory.check(join(store.send(commands -> commands.info("memory"))));
                return new RedisFleetStore(store, settings);
            } catch (RuntimeException e) {
                store.close();
                Throwable cause =
                        e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                throw new IOException(
                        cause instanceof StoreFailure
                                ? cause.getMessage()
                                : "the store at "
                                        + address
                                        + " "
                                        + (cause instanceof ForeignDataException
                                                        || cause
                                                                instanceof StoreMemory.LostException
                                                ? cause.getMessage()
                                                : StoreOutage.sentence(cause)),
                        cause);
            }
        }

        private Optional<StorePassword> password() throws IOException {
            SecretFile file = passwordFile;
            if (file != null) {
                return Optional.of(StorePassword.in(file, address.user()));
            }
            return address.password().isEmpty()
                    ? Optional.empty()
                    : Optional.of(StorePassword.of(address.user(), address.password()));
        }

        private static <T> T join(CompletionStage<T> stage) {
            return stage.toCompletableFuture().join();
        }
    }
}
