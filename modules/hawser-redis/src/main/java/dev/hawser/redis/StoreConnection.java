package dev.hawser.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The connection to the store, over which scripts run.
///
/// A command leaves once at most: what was on its way when a connection was lost has failed, and
/// without a connection commands fail at once. So an answer says what this very command did, and
/// without an answer nobody knows. One that does not answer is given up, and so is a connection
/// over which nothing comes any more: an address may have changed behind it.
///
/// Any thread may call it.
final class StoreConnection implements AutoCloseable {
    /// Reconnecting is tried so often at least. The driver's own default waits up to half a minute.
    private static final Duration RECONNECT_DELAY_MAX = Duration.ofMillis(500);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /// From a socket to a connection that knows its user: longer, for a machine that starts much at
    /// once.
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration REOPEN_INTERVAL = Duration.ofSeconds(2);
    private static final Duration TOPOLOGY_PERIOD = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /// More commands at a time are refused: a store that is slower than its callers must not fill
    /// their memory.
    private static final int COMMANDS_WAITING_MAX = 20_000;

    /// So many timeouts in a row, with no answer between them, make a connection one that is lost.
    private static final int TIMEOUTS_MAX = 3;

    /// How often, and after what time, a command is offered again that did not leave.
    private static final int REJECTIONS_MAX = 20;

    private static final int REJECTION_DELAY_MILLIS = 10;

    private final StoreAddress address;
    private final Duration commandTimeout;
    private final LongSupplier offsetMillis;
    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final StoreOutage outage;

    private final AtomicInteger timeoutsInARow = new AtomicInteger();
    private final AtomicLong reopenedAtNanos = new AtomicLong(System.nanoTime());
    private final LongAdder steps = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder scriptsSent = new LongAdder();

    private volatile boolean isClosed;
    private volatile @Nullable StatefulConnection<String, String> connection;

    StoreConnection(StoreSettings settings, StoreOutage outage) {
        address = settings.address();
        commandTimeout = settings.commandTimeout();
        offsetMillis = settings.offsetMillis();
        this.outage = outage;
        resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(2)
                        .computationThreadPoolSize(2)
                        .reconnectDelay(
                                Delay.exponential(
                                        Duration.ofMillis(10),
                                        RECONNECT_DELAY_MAX,
                                        2,
                                        TimeUnit.MILLISECONDS))
                        .build();
        List<RedisURI> uris = address.uris(settings.password(), HANDSHAKE_TIMEOUT);
        if (address.kind() == StoreAddress.Kind.CLUSTER) {
            RedisClusterClient cluster = RedisClusterClient.create(resources, uris);
            ClusterClientOptions.Builder options = ClusterClientOptions.builder();
            options.topologyRefreshOptions(
                    ClusterTopologyRefreshOptions.builder()
                            .enablePeriodicRefresh(TOPOLOGY_PERIOD)
                            .build());
            configure(options, settings);
            cluster.setOptions(options.build());
            client = cluster;
        } else {
            RedisClient single = RedisClient.create(resources, uris.getFirst());
            ClientOptions.Builder options = ClientOptions.builder();
            configure(options, settings);
            single.setOptions(options.build());
            client = single;
        }
    }

    private void configure(ClientOptions.Builder options, StoreSettings settings) {
        SslOptions.Builder tls = SslOptions.builder().jdkSslProvider();
        settings.trusted().ifPresent(authority -> tls.trustManager(authority.toFile()));
        options.sslOptions(tls.build())
                .autoReconnect(true)
                // Otherwise what was on its way when a connection was lost is sent again, done or
                // not.
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                // Of a product of Redis's maker; it would change timeouts, and needs SLF4J.
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .requestQueueSize(COMMANDS_WAITING_MAX)
                .timeoutOptions(TimeoutOptions.enabled(commandTimeout))
                .socketOptions(
                        SocketOptions.builder()
                                .connectTimeout(CONNECT_TIMEOUT)
                                .keepAlive(true)
                                .tcpNoDelay(true)
                                .build());
    }

    /// Connects, and waits for that.
    ///
    /// @throws RuntimeException of the driver
    void open() {
        connection = connect();
    }

    private StatefulConnection<String, String> connect() {
        return switch (client) {
            case RedisClusterClient cluster -> cluster.connect(StringCodec.UTF8);
            case RedisClient single -> single.connect(StringCodec.UTF8);
            default -> throw new AssertionError("made in the constructor");
        };
    }

    StoreAddress address() {
        return address;
    }

    // ---- Steps

    /// Runs a script. The stage fails with a [StoreFailure] when nobody knows what it did.
    ///
    /// @param key that says on which node, and that the script begins its keys with
    /// @param arguments behind the offset of the time
    <T> CompletionStage<T> run(Script script, String key, List<String> arguments) {
        String[] keys = {key};
        String[] values = new String[arguments.size() + 1];
        values[0] = Long.toString(offsetMillis.getAsLong());
        for (int i = 0; i < arguments.size(); i++) {
            values[i + 1] = arguments.get(i);
        }
        return send(commands ->
                recovered(
                        commands.<T>evalsha(script.sha(), script.output(), keys, values),
                        () -> {
                            // A store that was started anew has forgotten its scripts. It has not
                            // run this one, so it is no second time.
                            scriptsSent.increment();
                            return commands.eval(script.text(), script.output(), keys, values);
                        }));
    }

    private static <T> CompletionStage<T> recovered(
            RedisFuture<T> first, java.util.function.Supplier<CompletionStage<T>> second) {
        return first.handle(
                        (answer, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedStage(answer);
                            }
                            return cause(failure) instanceof RedisNoScriptException
                                    ? second.get()
                                    : CompletableFuture.<T>failedStage(failure);
                        })
                .thenCompose(Function.identity());
    }

    /// Sends a command of the driver.
    <T> CompletionStage<T> send(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>>
                    command) {
        steps.increment();
        CompletableFuture<T> outcome = new CompletableFuture<>();
        send(command, outcome, 0);
        return outcome;
    }

    private <T> void send(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>>
                    command,
            CompletableFuture<T> outcome,
            int rejections) {
        StatefulConnection<String, String> present = connection;
        CompletionStage<T> sent;
        try {
            sent =
                    present == null
                            ? CompletableFuture.failedStage(
                                    new StoreFailure("there is no connection to the store"))
                            : command.apply(commands(present));
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedStage(e);
        }
        var _ =
                sent.whenComplete((answer, failure) -> {
                    if (failure == null) {
                        timeoutsInARow.set(0);
                        outage.noteAnswer();
                        outcome.complete(answer);
                    } else if (rejections < REJECTIONS_MAX && isRejected(cause(failure))) {
                        var _ =
                                resources
                                        .eventExecutorGroup()
                                        .schedule(
                                                () -> send(command, outcome, rejections + 1),
                                                REJECTION_DELAY_MILLIS,
                                                TimeUnit.MILLISECONDS);
                    } else {
                        outcome.completeExceptionally(failed(cause(failure)));
                    }
                });
    }

    /// Whether a command has not left, because the connection to a node of a cluster is only just
    /// being made: the driver makes it for the first command to that node, and then rejects this
    /// very command.
    private boolean isRejected(Throwable cause) {
        return address.kind() == StoreAddress.Kind.CLUSTER
                && String.valueOf(cause.getMessage()).startsWith("Currently not connected");
    }

    private static RedisClusterAsyncCommands<String, String> commands(
            StatefulConnection<String, String> connection) {
        return switch (connection) {
            case StatefulRedisClusterConnection<String, String> cluster -> cluster.async();
            case StatefulRedisConnection<String, String> single -> single.async();
            default -> throw new AssertionError("made by connect()");
        };
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private StoreFailure failed(Throwable cause) {
        failures.increment();
        String sentence = StoreOutage.sentence(cause);
        if (!isClosed) {
            outage.noteFailure(sentence);
            if (cause instanceof RedisCommandTimeoutException
                    && timeoutsInARow.incrementAndGet() >= TIMEOUTS_MAX) {
                reopen();
            } else if (StoreOutage.isOfFormerMaster(cause)
                    && address.kind() == StoreAddress.Kind.SENTINEL) {
                reopen();
            }
        }
        return new StoreFailure("the store at " + address + " " + sentence, cause);
    }

    /// Gives up a connection over which nothing comes, or that leads to who is no master any more,
    /// and makes another one. The driver does so only when the system says that a connection is
    /// gone, which for a cut cable is after many minutes.
    private void reopen() {
        long before = reopenedAtNanos.get();
        long nowNanos = System.nanoTime();
        if (nowNanos - before < REOPEN_INTERVAL.toNanos()
                || !reopenedAtNanos.compareAndSet(before, nowNanos)) {
            return;
        }
        timeoutsInARow.set(0);
        Thread.ofVirtual()
                .name("hawser-redis-reopen")
                .start(() -> {
                    try {
                        StatefulConnection<String, String> fresh = connect();
                        StatefulConnection<String, String> former = connection;
                        connection = fresh;
                        if (former != null) {
                            former.close();
                        }
                        if (isClosed) {
                            fresh.close();
                        }
                    } catch (RuntimeException e) {
                        outage.noteFailure(StoreOutage.sentence(e));
                    }
                });
    }

    long steps() {
        return steps.sum();
    }

    long failures() {
        return failures.sum();
    }

    long scriptsSent() {
        return scriptsSent.sum();
    }

    @Override
    public void close() {
        isClosed = true;
        StatefulConnection<String, String> present = connection;
        connection = null;
        if (present != null) {
            present.close();
        }
        client.shutdown(Duration.ZERO, CLOSE_TIMEOUT);
        resources
                .shutdown(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    }
}
