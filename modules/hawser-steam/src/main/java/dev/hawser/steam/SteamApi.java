package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.hawser.ClientId;
import dev.hawser.steam.SteamLibrary.Accessors;
import dev.hawser.transport.LinkConditions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The way to Steam's networking: the Steamworks SDK's library, or GameNetworkingSockets, which is
/// the same without Steam.
///
/// A game that has Steam initialised, for example by steamworks4j, shares it:
///
/// ```java
/// try (SteamApi steam = SteamApi.user()) {
///     var server = SteamServer.builder(steam).virtualPort(0).build();
///     …
/// }
/// ```
///
/// No library of Valve's is in here: the Steamworks SDK allows a game to ship it, so the game does.
///
/// **Threads.** It may be used by servers and clients of several threads; the callbacks that
/// `update()` runs only take down what Steam says, so it does not matter who runs them. A game that
/// runs Steam's callbacks itself goes on doing so.
///
/// **The end.** [#close()] comes after the last server and client has stopped, and before the game
/// shuts Steam down. Where Steam is shut down underneath, the next update ends all connections, and
/// nothing more is called.
public final class SteamApi implements AutoCloseable {
    private static final int SCOPE_GLOBAL = 1;
    private static final int SCOPE_CONNECTION = 4;

    // ESteamNetworkingConfigValue
    private static final int FAKE_PACKET_LOSS_SEND = 2;
    private static final int FAKE_PACKET_LAG_SEND = 4;
    private static final int FAKE_PACKET_REORDER_SEND = 6;
    private static final int FAKE_PACKET_REORDER_TIME = 8;
    private static final int FAKE_PACKET_DUP_SEND = 26;

    /// Each direction has its own key: that of receiving follows that of sending.
    private static final int RECEIVE = 1;

    /// How long packets are held back that others are to overtake.
    private static final int REORDER_MILLIS = 15;

    private static final double PERCENT = 100;
    private static final long NANOS_PER_MILLI = 1_000_000;

    // IP_AllowWithoutAuth
    private static final int AUTH_REQUIRED = 0;
    private static final int AUTH_ATTEMPTED = 1;
    private static final int AUTH_OFF = 2;

    /// What a reason takes until it has left this machine: GameNetworkingSockets sends it from a
    /// thread of its own, and forgets it when it ends before.
    private static final long LAST_WORDS_NANOS = 250_000_000;

    private final String name;
    private final SteamFlat flat;
    private final MemorySegment sockets;
    private final Supplier<MemorySegment> socketsNow;
    private final Runnable callbacks;
    private final Runnable shutdown;
    private final boolean hasCertificates;
    private final AtomicInteger users = new AtomicInteger();
    private final Object callbackOrder = new Object();
    private volatile boolean isClosed;
    private volatile boolean hasClosedConnections;

    /// @param socketsNow returns the sockets as long as Steam is initialised, and then NULL
    /// @param callbacks run besides those of the sockets
    /// @param shutdown ends what a factory has begun
    /// @param hasCertificates whether peers can prove who they are
    private SteamApi(
            String name,
            SteamFlat flat,
            MemorySegment sockets,
            Supplier<MemorySegment> socketsNow,
            Runnable callbacks,
            Runnable shutdown,
            boolean hasCertificates) {
        this.name = name;
        this.flat = flat;
        this.sockets = sockets;
        this.socketsNow = socketsNow;
        this.callbacks = callbacks;
        this.shutdown = shutdown;
        this.hasCertificates = hasCertificates;
    }

    // ---- Factories

    /// Shares the interfaces of the player who is logged in, of the library that this process has
    /// loaded.
    ///
    /// @throws SteamUnavailableException when there is no such library, or Steam is not initialised
    public static SteamApi user() throws SteamUnavailableException {
        return shared("user", SteamLibrary.sdk(null), SteamLibrary.USER_SOCKETS);
    }

    /// Shares the interfaces of the player who is logged in.
    ///
    /// @param symbols of the library: for a game that has loaded it in another class loader
    /// @throws SteamUnavailableException when the functions are not there, or Steam is not
    ///   initialised
    public static SteamApi user(SymbolLookup symbols) throws SteamUnavailableException {
        return shared("user", given(symbols), SteamLibrary.USER_SOCKETS);
    }

    /// Initialises Steam for a game that has nobody else to do it, and takes the interfaces of the
    /// player who is logged in. [#close()] shuts Steam down; updates of servers and clients run all
    /// of Steam's callbacks.
    ///
    /// @param library the file of the Steamworks SDK for this system, which the game ships
    /// @throws SteamUnavailableException when there is no such library, or the Steam client does
    ///   not run or does not know the game; the message has Steam's own words
    public static SteamApi initUser(Path library) throws SteamUnavailableException {
        SteamLibrary found = SteamLibrary.sdk(library);
        SteamFlat.initSteam(found);
        Runnable shutdown = SteamFlat.steamShutdown(found);
        try {
            return of(
                    "user",
                    found,
                    SteamLibrary.USER_SOCKETS,
                    SteamLibrary.UTILS,
                    SteamFlat.steamCallbacks(found),
                    shutdown,
                    true);
        } catch (SteamUnavailableException e) {
            shutdown.run();
            throw e;
        }
    }

    /// Shares the interfaces of the game server that is logged on, of the library that this process
    /// has loaded.
    ///
    /// @throws SteamUnavailableException when there is no such library, or the game server is not
    ///   initialised
    public static SteamApi gameServer() throws SteamUnavailableException {
        return shared("game server", SteamLibrary.sdk(null), SteamLibrary.SERVER_SOCKETS);
    }

    /// Shares the interfaces of the game server that is logged on.
    ///
    /// @param symbols of the library: for a game that has loaded it in another class loader
    /// @throws SteamUnavailableException when the functions are not there, or the game server is
    ///   not initialised
    public static SteamApi gameServer(SymbolLookup symbols) throws SteamUnavailableException {
        return shared("game server", given(symbols), SteamLibrary.SERVER_SOCKETS);
    }

    /// Initialises GameNetworkingSockets: Steam's networking by address, with no Steam, no accounts
    /// and no relays. Once in a process at a time; [#close()] ends it.
    ///
    /// Nothing proves who a peer is, so servers must allow that
    /// ([SteamServer.Builder#allowUnauthenticated()]).
    ///
    /// @param library the file
    /// @param identity who this process says it is
    /// @throws SteamUnavailableException when it is no such library, or its start fails
    public static SteamApi gameNetworkingSockets(Path library, SteamIdentity identity)
            throws SteamUnavailableException {
        SteamLibrary found = SteamLibrary.file(library);
        Runnable kill = SteamFlat.initGameNetworkingSockets(found, identity);
        try {
            return of(
                    "GameNetworkingSockets",
                    found,
                    SteamLibrary.GNS_SOCKETS,
                    SteamLibrary.GNS_UTILS,
                    () -> {},
                    kill,
                    false);
        } catch (SteamUnavailableException e) {
            kill.run();
            throw e;
        }
    }

    private static SteamLibrary given(SymbolLookup symbols) {
        return new SteamLibrary(symbols, "the given lookup");
    }

    private static SteamApi shared(String name, SteamLibrary library, Accessors sockets)
            throws SteamUnavailableException {
        return of(name, library, sockets, SteamLibrary.UTILS, () -> {}, () -> {}, true);
    }

    private static SteamApi of(
            String name,
            SteamLibrary library,
            Accessors socketsOf,
            Accessors utilsOf,
            Runnable callbacks,
            Runnable shutdown,
            boolean hasCertificates)
            throws SteamUnavailableException {
        Supplier<MemorySegment> socketsNow = SteamFlat.accessor(library, socketsOf);
        MemorySegment sockets = notNull(library, socketsOf, socketsNow.get());
        MemorySegment utils = notNull(library, utilsOf, SteamFlat.accessor(library, utilsOf).get());
        return new SteamApi(
                name,
                new SteamFlat(library, sockets, utils),
                sockets,
                socketsNow,
                callbacks,
                shutdown,
                hasCertificates);
    }

    private static MemorySegment notNull(
            SteamLibrary library, Accessors accessors, MemorySegment pointer)
            throws SteamUnavailableException {
        // A call with a NULL interface would end the process.
        if (pointer.equals(MemorySegment.NULL)) {
            throw library.isNull(accessors);
        }
        return pointer;
    }

    /// For tests: interfaces that somebody else has made.
    ///
    /// @param socketsNow returns the sockets as long as they may be called, and then NULL
    static SteamApi of(
            SteamLibrary library, Supplier<MemorySegment> socketsNow, MemorySegment utils)
            throws SteamUnavailableException {
        MemorySegment sockets = notNull(library, SteamLibrary.USER_SOCKETS, socketsNow.get());
        return new SteamApi(
                "test",
                new SteamFlat(library, sockets, utils),
                sockets,
                socketsNow,
                () -> {},
                () -> {},
                true);
    }

    // ---- Looks

    /// {@return who this process is to Steam; empty while Steam does not know, for example before
    /// the game server is logged on}
    ///
    /// @throws IllegalStateException when this is closed, or Steam is shut down
    public Optional<SteamIdentity> identity() {
        SteamFlat flat = flat();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SteamLayouts.IDENTITY);
            return flat.identity(struct)
                    ? Optional.of(SteamLayouts.readIdentity(struct))
                    : Optional.empty();
        }
    }

    /// {@return the Steam id of this process, as servers see it}
    Optional<ClientId> clientId() {
        return identity()
                .filter(SteamIdentity.SteamId.class::isInstance)
                .map(id -> new ClientId.Steam(((SteamIdentity.SteamId) id).value()));
    }

    /// {@return whether Steam can be called}
    boolean isAlive() {
        return !isClosed && socketsNow.get().equals(sockets);
    }

    // ---- The relays

    /// Makes contact with Steam's relays, which takes a few seconds: a game that is going to
    /// connect to peers does it at its start. Listening for peers and connecting to one do it too.
    ///
    /// @return false where the library has no relays
    /// @throws IllegalStateException when this is closed, or Steam is shut down
    public boolean initRelayNetworkAccess() {
        return flat().initRelayNetworkAccess();
    }

    /// {@return where Steam stands with its relays: 100 when they can be used, 1 before
    /// [#initRelayNetworkAccess()], less than 0 when there is a problem
    /// (`ESteamNetworkingAvailability`); empty where the library has no relays}
    ///
    /// @throws IllegalStateException when this is closed, or Steam is shut down
    public Optional<Integer> relayNetworkStatus() {
        int status = flat().relayNetworkStatus();
        return status == 0 ? Optional.empty() : Optional.of(status);
    }

    // ---- Bad weather

    /// Makes the network of this process worse, for playtests: of all connections through the
    /// library, also the game's own. [LinkConditions#NONE] both ways ends it.
    ///
    /// @param out what this process sends: its latency, loss, duplication and reordering
    /// @param in what it receives, the same
    /// @throws IllegalArgumentException when the conditions have something else: Steam fakes no
    ///   jitter, bursts, bandwidth or cuts that all its versions know
    /// @throws IllegalStateException when this is closed, or Steam is shut down or refuses
    public void fakeNetwork(LinkConditions out, LinkConditions in) {
        checkCanBeFaked(out);
        checkCanBeFaked(in);
        fakeNetwork(out, 0);
        fakeNetwork(in, RECEIVE);
        setGlobalInt(FAKE_PACKET_REORDER_TIME, REORDER_MILLIS);
    }

    private void fakeNetwork(LinkConditions conditions, int direction) {
        setGlobalFloat(FAKE_PACKET_LOSS_SEND + direction, conditions.loss() * PERCENT);
        setGlobalInt(
                FAKE_PACKET_LAG_SEND + direction,
                (int) (conditions.latencyNanos() / NANOS_PER_MILLI));
        setGlobalFloat(FAKE_PACKET_REORDER_SEND + direction, conditions.reordering() * PERCENT);
        setGlobalFloat(FAKE_PACKET_DUP_SEND + direction, conditions.duplication() * PERCENT);
    }

    private static void checkCanBeFaked(LinkConditions conditions) {
        LinkConditions faked =
                LinkConditions.NONE
                        .latencyMillis(conditions.latencyNanos() / NANOS_PER_MILLI)
                        .loss(conditions.loss())
                        .duplication(conditions.duplication())
                        .reordering(conditions.reordering());
        if (!conditions.equals(faked)) {
            throw new IllegalArgumentException(
                    conditions
                            + " has more than Steam can fake: set only latency (in whole"
                            + " milliseconds), loss, duplication and reordering");
        }
    }

    private void setGlobalInt(int key, int value) {
        try (Arena arena = Arena.ofConfined()) {
            setGlobal(key, SteamLayouts.OPTION_INT, arena.allocateFrom(JAVA_INT, value));
        }
    }

    private void setGlobalFloat(int key, double value) {
        try (Arena arena = Arena.ofConfined()) {
            setGlobal(
                    key, SteamLayouts.OPTION_FLOAT, arena.allocateFrom(JAVA_FLOAT, (float) value));
        }
    }

    private void setGlobal(int key, int type, MemorySegment value) {
        if (!flat().setConfigValue(key, SCOPE_GLOBAL, 0, type, value)) {
            throw new IllegalStateException(
                    "Steam refuses its option " + key + ": its library is too old for it");
        }
    }

    // ---- For servers and clients

    /// {@return what to call}
    ///
    /// @throws IllegalStateException when this is closed, or Steam is shut down
    SteamFlat flat() {
        if (!isAlive()) {
            throw new IllegalStateException(
                    this
                            + (isClosed ? " is closed" : ": Steam was shut down")
                            + ": make another one, after Steam is initialised");
        }
        return flat;
    }

    /// {@return what to call, for whoever has asked [#isAlive()] in this update}
    SteamFlat flatUnchecked() {
        return flat;
    }

    void setConnectionTimeout(int connection, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            flat.setConfigValue(
                    SteamOptions.TIMEOUT_CONNECTED,
                    SCOPE_CONNECTION,
                    connection,
                    SteamLayouts.OPTION_INT,
                    arena.allocateFrom(JAVA_INT, millis));
        }
    }

    /// Runs the callbacks, one thread at a time so that they stay in order.
    void runCallbacks() {
        synchronized (callbackOrder) {
            callbacks.run();
            flat.runCallbacks();
        }
    }

    /// {@return the `IP_AllowWithoutAuth` that fits this library}
    int authentication(boolean allowsUnauthenticated) {
        if (!allowsUnauthenticated) {
            return AUTH_REQUIRED;
        }
        return hasCertificates ? AUTH_ATTEMPTED : AUTH_OFF;
    }

    boolean hasCertificates() {
        return hasCertificates;
    }

    /// A server or client has begun to use it.
    void retain() {
        users.incrementAndGet();
    }

    /// One uses it no longer.
    void release() {
        users.decrementAndGet();
    }

    /// Ends a connection.
    ///
    /// @param lingers whether reliable payloads that wait are sent before
    void closeConnection(int connection, @Nullable EndReason reason, boolean lingers) {
        try (Arena arena = Arena.ofConfined()) {
            flat.closeConnection(
                    connection,
                    reason == null ? 0 : reason.code(),
                    reason == null ? MemorySegment.NULL : arena.allocateFrom(reason.text()),
                    lingers);
        }
        hasClosedConnections = true;
    }

    // ---- The end

    /// Gives Steam up: nothing is called any more. Steam itself is shut down only where a factory
    /// of this class has initialised it. Does nothing when it is closed.
    ///
    /// @throws IllegalStateException while servers or clients use it
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        if (users.get() > 0) {
            throw new IllegalStateException(
                    this
                            + " is used by "
                            + users.get()
                            + " servers and clients: stop and close them first");
        }
        boolean wasAlive = isAlive();
        if (wasAlive) {
            if (!hasCertificates && hasClosedConnections) {
                LockSupport.parkNanos(LAST_WORDS_NANOS);
            }
            runCallbacks();
        }
        isClosed = true;
        if (wasAlive) {
            shutdown.run();
        }
    }

    @Override
    public String toString() {
        return "SteamApi[" + name + "]";
    }
}
