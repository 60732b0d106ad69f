package dev.hawser.online.agones;

import dev.hawser.NetServer;
import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.JsonText;
import java.io.IOException;
import java.lang.System.Logger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The life of a game server under Agones, told to the sidecar that Agones puts beside it.
///
/// ```java
/// try (var agones = AgonesLifecycle.builder().listener(gameServer -> …).build()) {
///     NetAddress dialled = agones.awaitGameServer(Duration.ofMinutes(1)).publicAddress().get();
///     NetServer server = NetcodeServer.builder().identity(List.of(dialled)) … .build();
///     server.start();
///     while (isRunning) {
///         server.update();
///         agones.update(server);
///         …
///     }
/// }
/// ```
///
/// With a [dev.hawser.ServerRunner] the same call stands in its `onTick`.
///
/// - **Ready** once the server listens, and the game says so too ([Builder#readyWhen]); never
///   before.
/// - **Healthy** as long as [#update] is called. A tick that hangs makes no reports, so Agones
///   replaces the server; a sidecar that hangs does not hold up the tick. Reports begin with the
///   first update: a game that loads for long before that needs a larger `initialDelaySeconds`.
/// - **Allocated** by whoever sends players, with Agones' own means, or with the first player
///   ([Builder#allocateWithFirstPlayer()]).
/// - **Shut down** when the server drains and the last client has gone, when [#shutdown()] says so,
///   and on [#close()], if the server was ready. Until that is said, Agones keeps the pod of a
///   server that is to go for its whole `terminationGracePeriodSeconds`.
///
/// The listener hears of changes: an allocation, a fleet that becomes smaller. Agones sends SIGTERM
/// for the latter, on which a [dev.hawser.ServerRunner] can drain.
///
/// **The sidecar** may start after the server and start anew. What it has not acknowledged is asked
/// again, 0.1 to 5 s later, and the log has one line for each outage of more than 5 s. *Ready* is
/// asked for again only after a look at the GameServer, because it would take an allocation back.
/// An acknowledgement says that the sidecar has noted it: the listener hears when Kubernetes has.
///
/// **Threads.** [#update] and the listener belong to the thread of the server; other methods may be
/// called by any thread. Only [#awaitGameServer] and [#close()] wait; requests run on virtual
/// threads. When the process ends by a signal, a shutdown hook closes it.
///
/// Its tests run against a double of the sidecar, made after the source of Agones 1.57; it has not
/// run in a cluster.
public final class AgonesLifecycle implements AutoCloseable {
    /// The variable with the sidecar's port, which Agones sets.
    public static final String PORT_VARIABLE = "AGONES_SDK_HTTP_PORT";

    /// The sidecar's port where nobody says another.
    public static final int PORT_DEFAULT = 9358;

    static final Duration HEALTH_INTERVAL_AT_FIRST = Duration.ofSeconds(2);
    private static final Duration HEALTH_INTERVAL_MIN = Duration.ofMillis(500);
    private static final Duration HEALTH_INTERVAL_MAX = Duration.ofSeconds(30);

    /// How often the GameServer is looked at besides the watch: the sidecar can lose a change that
    /// comes while a watch is being opened, and a stream that hangs says nothing.
    static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);

    private static final long RETRY_BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration RESERVE_MAX = Duration.ofDays(1);

    private final Sidecar sidecar;
    private final AgonesCounters counters = new AgonesCounters();
    private final AgonesLog log;
    private final AgonesListener listener;
    private final BooleanSupplier readyWhen;
    private final boolean allocatesWithFirstPlayer;
    private final @Nullable Duration healthInterval;
    private final Duration closeTimeout;
    private final LongSupplier monotonicClock;
    private final Backoff backoff;

    private final Lane health;
    private final Lane requests;
    private final SidecarWatch watch;
    private final Thread hook = new Thread(this::close, "hawser-agones-close");

    private final AtomicReference<@Nullable Wish> wish = new AtomicReference<>();
    private final Metadata metadata = new Metadata();

    /// What the sidecar said last, and what the listener has heard of it.
    private final AtomicReference<@Nullable AgonesGameServer> latest = new AtomicReference<>();

    private @Nullable AgonesGameServer told;
    private final CompletableFuture<AgonesGameServer> placed = new CompletableFuture<>();

    private boolean hasBegun;
    private boolean isClosed;
    private boolean hasWishedReady;
    private volatile boolean isReadyAcknowledged;
    private volatile boolean isAllocationAsked;
    private volatile boolean isShutdownAcknowledged;
    private boolean hasLooked;
    private long lookedNanos;

    /// What the call of the lane of requests is about; null for a look.
    private @Nullable Object asked;

    private AgonesLifecycle(Builder builder) {
        sidecar = new Sidecar(SidecarPort.of(builder.port), builder.requestTimeout);
        log = new AgonesLog(builder.logger, sidecar.endpoint());
        listener = builder.listener;
        readyWhen = builder.readyWhen;
        allocatesWithFirstPlayer = builder.allocatesWithFirstPlayer;
        healthInterval = builder.healthInterval;
        closeTimeout = builder.closeTimeout;
        monotonicClock = builder.monotonicClock;
        backoff = new Backoff(RETRY_BASE_NANOS, RETRY_MAX_NANOS, builder.random);
        long timeoutNanos = builder.requestTimeout.toNanos();
        health = new Lane(timeoutNanos, backoff);
        // The first ready is two requests.
        requests = new Lane(2 * timeoutNanos, backoff);
        watch = new SidecarWatch(sidecar, this::take, counters, backoff);
    }

    /// {@return whether this process runs under Agones, which says so in its environment}
    public static boolean isPresent() {
        return SidecarPort.isInEnvironment();
    }

    /// {@return a builder, which has a default for everything}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Before the server starts

    /// Waits until the GameServer has its public address, which is when its pod has a node, seconds
    /// after the process has started at most: for a server whose identity that is. Blocks, so it is
    /// for the time before the first tick.
    ///
    /// @param timeout how long to wait
    /// @return the GameServer, whose address is not empty
    /// @throws IOException when it is not known in time
    /// @throws InterruptedException when the thread is interrupted
    public AgonesGameServer awaitGameServer(Duration timeout)
            throws IOException, InterruptedException {
        begin();
        try {
            return placed.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "the Agones sidecar at "
                            + sidecar.endpoint()
                            + " has not said within "
                            + timeout.toMillis()
                            + " ms which address the GameServer has: without Agones, see"
                            + " isPresent(), do not ask; with it, look at the sidecar's log",
                    e);
        } catch (ExecutionException e) {
            throw new IOException("the lifecycle was closed", e);
        }
    }

    // ---- A tick

    /// Tells the sidecar what has become of the server, and the listener what has become of the
    /// GameServer; to be called after each update of the server.
    ///
    /// @param server always the same one; of a `MultiServer` the whole
    public void update(NetServer server) {
        AgonesGameServer changed;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            begin();
            long nowNanos = monotonicClock.getAsLong();
            look(server);
            reportHealth(nowNanos);
            request(nowNanos);
            log.noteLines(counters.linesRefused.sum());
            changed = latest.get();
            if (changed == null || changed.equals(told)) {
                return;
            }
            told = changed;
        }
        listener.onGameServer(changed);
    }

    private synchronized void begin() {
        if (!hasBegun && !isClosed) {
            hasBegun = true;
            watch.begin();
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    private void look(NetServer server) {
        boolean isUp = server.isRunning() && !server.isDraining();
        if (!hasWishedReady && isUp && readyWhen.getAsBoolean()) {
            hasWishedReady = true;
            wish.compareAndSet(null, Wish.FIRST_READY);
        }
        if (!hasWishedReady) {
            return;
        }
        boolean isEmpty = server.connectedClients().isEmpty();
        // After what is asked for already: a ready for the next match comes before its allocation.
        boolean mayAllocate = isReadyAcknowledged && !isAllocationAsked && wish.get() == null;
        if (allocatesWithFirstPlayer && mayAllocate && !isEmpty) {
            allocate();
        }
        if (server.isDraining() && isEmpty && !isShutdownAcknowledged) {
            shutdown();
        }
    }

    private void reportHealth(long nowNanos) {
        SidecarCall.Outcome outcome = health.poll(nowNanos);
        if (outcome != null) {
            note(nowNanos, outcome, true);
            health.pace(healthIntervalNanos());
        }
        if (health.isFree(nowNanos)) {
            health.begin(nowNanos, () -> sidecar.send("POST", "/health", Wish.NOTHING));
        }
    }

    /// A half of the time after which Agones misses a report, and less than that by a request.
    private long healthIntervalNanos() {
        if (healthInterval != null) {
            return healthInterval.toNanos();
        }
        AgonesGameServer gameServer = latest.get();
        if (gameServer == null || gameServer.healthPeriodSeconds() <= 0) {
            return HEALTH_INTERVAL_AT_FIRST.toNanos();
        }
        return Math.clamp(
                TimeUnit.SECONDS.toNanos(gameServer.healthPeriodSeconds()) / 2,
                HEALTH_INTERVAL_MIN.toNanos(),
                HEALTH_INTERVAL_MAX.toNanos());
    }

    private void request(long nowNanos) {
        SidecarCall.Outcome outcome = requests.poll(nowNanos);
        if (outcome != null) {
            note(nowNanos, outcome, false);
            takeAnswer(outcome);
        }
        if (!requests.isFree(nowNanos)) {
            return;
        }
        Wish wished = wish.get();
        Metadata.Entry entry = metadata.first();
        if (wished != null) {
            asked = wished;
            requests.begin(nowNanos, () -> wished.grant(sidecar));
        } else if (entry != null) {
            asked = entry;
            requests.begin(nowNanos, () -> entry.set(sidecar));
        } else if (!hasLooked || nowNanos - lookedNanos >= LOOK_INTERVAL.toNanos()) {
            hasLooked = true;
            lookedNanos = nowNanos;
            asked = null;
            requests.begin(nowNanos, () -> take(sidecar.gameServer()));
        }
    }

    private void note(long nowNanos, SidecarCall.Outcome outcome, boolean isHealth) {
        SidecarException failure = outcome.failure();
        if (failure == null) {
            (isHealth ? counters.healthReports : counters.requests).increment();
            log.noteSuccess(nowNanos);
        } else {
            (isHealth ? counters.healthReportsFailed : counters.requestsFailed).increment();
            log.noteFailure(nowNanos, failure);
        }
    }

    private void takeAnswer(SidecarCall.Outcome outcome) {
        SidecarException failure = outcome.failure();
        switch (asked) {
            case Wish granted when failure == null -> {
                wish.compareAndSet(granted, null);
                isReadyAcknowledged |= granted.kind() == Wish.Kind.READY;
                isShutdownAcknowledged |= granted.kind() == Wish.Kind.SHUTDOWN;
            }
            case Metadata.Entry entry when failure == null -> metadata.remove(entry);
            case Metadata.Entry entry when failure.isRefusal() -> {
                metadata.remove(entry);
                log.noteRefused(entry.describe(), failure);
            }
            case null, default -> {
                // A look has said what it has seen; the rest is asked again.
            }
        }
    }

    /// The sidecar has said what it knows; called by its threads.
    private void take(AgonesGameServer gameServer) {
        latest.accumulateAndGet(
                gameServer, (old, now) -> old != null && now.isOlderThan(old) ? old : now);
        if (!gameServer.address().isEmpty()) {
            placed.complete(gameServer);
        }
    }

    // ---- What the game asks for

    /// Makes the GameServer *Ready* again, for the next match of the same server. Before it was
    /// ready for the first time this does nothing: that is said by itself.
    public void ready() {
        if (isReadyAcknowledged) {
            isAllocationAsked = false;
            wish(Wish.READY);
        }
    }

    /// Makes the GameServer *Allocated*: players are on it, so Agones does not delete it to make
    /// the fleet smaller. Where players are sent by Agones' allocation, that has happened already.
    public void allocate() {
        isAllocationAsked = true;
        wish(Wish.ALLOCATED);
    }

    /// Makes the GameServer *Reserved*: neither allocated nor deleted for a while, after which it
    /// is *Ready* again.
    ///
    /// @param duration in whole seconds; zero for ever, a day at most
    /// @throws IllegalArgumentException when it is something else
    public void reserve(Duration duration) {
        if (duration.isNegative() || duration.compareTo(RESERVE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "duration is "
                            + duration
                            + ", but must be from zero, which is for ever, to "
                            + RESERVE_MAX.toHours()
                            + " hours");
        }
        isAllocationAsked = false;
        // 64 bits are strings in the JSON of Protocol Buffers.
        String seconds = Long.toString(duration.toSeconds());
        String body = JsonText.object(json -> json.writeStringField("seconds", seconds));
        wish(new Wish(Wish.Kind.RESERVED, body, false));
    }

    /// Has Agones delete the GameServer, and its pod with it; a fleet makes another one. SIGTERM
    /// follows. There is no way back.
    public void shutdown() {
        wish(Wish.SHUTDOWN);
    }

    /// The latest counts, but nothing follows a shutdown.
    private void wish(Wish wanted) {
        if (isShutdownAcknowledged) {
            return;
        }
        wish.accumulateAndGet(
                wanted,
                (waiting, now) ->
                        waiting != null && waiting.kind() == Wish.Kind.SHUTDOWN ? waiting : now);
    }

    /// Sets a label of the GameServer, `agones.dev/sdk-` and the key. Of a key the latest value
    /// counts.
    ///
    /// @param key 1 to 59 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends
    /// @param value likewise, up to 63, or empty
    /// @return false when 64 others wait for the sidecar already; it is not set then
    /// @throws IllegalArgumentException when Kubernetes would refuse them
    public boolean label(String key, String value) {
        return metadata.addLabel(key, value);
    }

    /// Sets an annotation of the GameServer, `agones.dev/sdk-` and the key. Of a key the latest
    /// value counts.
    ///
    /// @param key as with a label
    /// @param value up to 64 KiB of UTF-8
    /// @return false when 64 others wait for the sidecar already; it is not set then
    /// @throws IllegalArgumentException when they are something else
    public boolean annotation(String key, String value) {
        return metadata.addAnnotation(key, value);
    }

    // ---- A look

    /// {@return what the sidecar has said last of the GameServer; null before that}
    public @Nullable AgonesGameServer gameServer() {
        return latest.get();
    }

    /// {@return whether the sidecar has noted that the server is ready}
    public boolean isReadyAcknowledged() {
        return isReadyAcknowledged;
    }

    /// {@return what has gone between the server and its sidecar}
    public AgonesStats stats() {
        return new AgonesStats(counters);
    }

    /// {@return whether a request or a report is under way, or its answer has not been looked at}
    synchronized boolean isCalling() {
        return health.isCalling() || requests.isCalling();
    }

    /// {@return whether the watch has ended, within a time}
    boolean awaitWatchEnd(Duration timeout) throws InterruptedException {
        return watch.awaitEnd(timeout);
    }

    // ---- The end

    /// Ends the reports, has Agones shut the GameServer down if it was ready and that has not been
    /// said yet, and gives everything back: at most the close timeout later.
    @Override
    public void close() {
        SidecarCall last;
        boolean isLastShutdown;
        boolean isShutdownOwed;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            watch.stop();
            health.stop();
            last = requests.call();
            isLastShutdown = Wish.SHUTDOWN.equals(asked);
            isShutdownOwed = hasWishedReady && !isShutdownAcknowledged;
        }
        placed.completeExceptionally(new IllegalStateException("closed"));
        unhook();
        if (isShutdownOwed) {
            String why =
                    new LastWord(sidecar, counters, backoff, closeTimeout)
                            .say(last, isLastShutdown);
            if (why != null) {
                log.noteNotShutDown(why);
            }
        } else if (last != null) {
            last.stop();
        }
        sidecar.close();
    }

    private void unhook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends, and this may be the hook.
        }
    }

    @Override
    public String toString() {
        return "AgonesLifecycle[" + sidecar.endpoint() + "]";
    }

    /// How an [AgonesLifecycle] is set up. Each method replaces what was set before and returns the
    /// builder. For one thread.
    public static final class Builder {
        private static final Duration TIMEOUT_MAX = Duration.ofMinutes(1);

        private @Nullable Integer port;
        private AgonesListener listener = gameServer -> {};
        private BooleanSupplier readyWhen = () -> true;
        private boolean allocatesWithFirstPlayer;
        private @Nullable Duration healthInterval;
        private Duration requestTimeout = Duration.ofSeconds(2);
        private Duration closeTimeout = Duration.ofSeconds(2);
        private LongSupplier monotonicClock = System::nanoTime;
        private RandomGenerator random = new SecureRandom();
        private Logger logger = System.getLogger("dev.hawser");

        private Builder() {}

        /// Sets the sidecar's port on loopback; by default what the environment says
        /// ([AgonesLifecycle#PORT_VARIABLE]), or else [AgonesLifecycle#PORT_DEFAULT].
        ///
        /// @throws IllegalArgumentException when it is outside 1..65535
        public Builder port(int port) {
            SidecarPort.check(port);
            this.port = port;
            return this;
        }

        /// Sets who hears what becomes of the GameServer; by default nobody.
        public Builder listener(AgonesListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /// Sets what has to be true, besides that the server listens, before Agones hears that it
        /// is ready; asked with each update until then, so it answers at once. By default nothing.
        ///
        /// A server that has just started refuses connect tokens that live shorter than its
        /// `maxConnectTokenLifetime` for that long: `NetcodeServer.acceptsTokensOf` is a condition
        /// for here, so that no players are sent who would be refused.
        public Builder readyWhen(BooleanSupplier condition) {
            readyWhen = Objects.requireNonNull(condition, "condition");
            return this;
        }

        /// Makes the GameServer *Allocated* when the first player is connected, once after each
        /// *ready*: for games whose players do not come by Agones' allocation. By default it does
        /// not.
        public Builder allocateWithFirstPlayer() {
            allocatesWithFirstPlayer = true;
            return this;
        }

        /// Sets how often Agones hears that the server is healthy; by default twice in the
        /// GameServer's `health.periodSeconds`.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most a minute
        public Builder healthInterval(Duration interval) {
            healthInterval = checked("healthInterval", interval);
            return this;
        }

        /// Sets how long the sidecar may take for an answer, 2 s by default.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most a minute
        public Builder requestTimeout(Duration timeout) {
            requestTimeout = checked("requestTimeout", timeout);
            return this;
        }

        /// Sets how long [AgonesLifecycle#close()] may wait, 2 s by default.
        ///
        /// @throws IllegalArgumentException unless it is above zero and at most a minute
        public Builder closeTimeout(Duration timeout) {
            closeTimeout = checked("closeTimeout", timeout);
            return this;
        }

        private static Duration checked(String what, Duration value) {
            if (!value.isPositive() || value.compareTo(TIMEOUT_MAX) > 0) {
                throw new IllegalArgumentException(
                        what
                                + " is "
                                + value
                                + ", but must be above zero and at most "
                                + TIMEOUT_MAX.toSeconds()
                                + " s");
            }
            return value;
        }

        /// Sets the clock of reports and retries: nanoseconds that never decrease, those of the
        /// server, `System.nanoTime()` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        Builder random(RandomGenerator random) {
            this.random = random;
            return this;
        }

        /// {@return the lifecycle, which has told nobody yet}
        ///
        /// @throws IllegalStateException when the environment names no port but something else
        public AgonesLifecycle build() {
            return new AgonesLifecycle(this);
        }
    }
}
