package dev.hawser.steam;

import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.spi.AbstractClient;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A client that connects through Steam's networking: to an address, or to the Steam id of whoever
/// runs the server.
///
/// ```java
/// try (var client = SteamClient.builder(steam).peer(friendSteamId, 0).build()) {
///     client.connect();
///     …
/// }
/// ```
///
/// It can connect again after a connection has ended. Nothing is allocated per payload.
public final class SteamClient extends AbstractClient {
    /// What a server that sends 600 payloads a second sends in six.
    private static final int MESSAGES_PER_UPDATE_MAX = 4096;

    private static final int BATCH_MESSAGES = 64;
    private static final long SAMPLE_NANOS = 1_000_000_000;
    private static final int MILLIS_PER_SECOND = 1000;
    private static final int A_DAY_MILLIS = 86_400_000;
    private static final int NONE = 0;

    private static final StatedReason SILENT = StatedReason.of(0, "nothing was heard");

    private final SteamApi steam;
    private final @Nullable NetAddress address;
    private final long steamId;
    private final int virtualPort;
    private final SteamOptions options;
    private final boolean allowsUnauthenticated;
    private final SteamOutbox outbox;
    private final StatusReader status;
    private final long livenessNanos;
    private final LongSupplier monotonicClock;

    private final Queue<StatusChange> changes = new ConcurrentLinkedQueue<>();
    private final int listener = StatusCallbacks.add(changes::add);
    private final MemorySegment messages = HeldMessages.array(Arena.ofAuto(), BATCH_MESSAGES);
    private final ByteBuffer taken = ByteBuffer.allocate(SteamOutbox.PAYLOAD_BYTES_MAX);
    private final int messagesPerUpdateMax;
    private final HeldMessages held = new HeldMessages();

    private volatile StatusReader.@Nullable Sample latest;

    private int connection = NONE;
    private Liveness liveness = new Liveness(0, 0);
    private @Nullable ClientId id;
    private boolean isUnflushed;
    private boolean areTimeoutsSuspended;
    private long nowNanos;
    private long lookAtNanos;
    private long sampleAtNanos;

    private SteamClient(Builder builder) {
        steam = builder.steam;
        address = builder.address;
        steamId = builder.steamId;
        virtualPort = builder.virtualPort;
        options = builder.options;
        allowsUnauthenticated = builder.allowsUnauthenticated;
        outbox = new SteamOutbox(steam, builder.sendMode);
        status = new StatusReader(steam);
        livenessNanos = builder.livenessNanos;
        messagesPerUpdateMax = builder.messagesPerUpdateMax;
        monotonicClock = builder.monotonicClock;
        steam.retain();
    }

    /// {@return a builder, in which the server has to be set}
    public static Builder builder(SteamApi steam) {
        return new Builder(steam);
    }

    // ---- Connecting

    /// {@inheritDoc}
    ///
    /// Payloads of an earlier connection that were not received are dropped.
    @Override
    public void connect() {
        checkOwner();
        checkNotClosed();
        disconnect(StatedReason.NONE);
        nowNanos = monotonicClock.getAsLong();
        countAnew();
        latest = null;
        changes.clear();
        if (!steam.isAlive()) {
            fail(
                    new DisconnectReason.TransportFailed(
                            "Steam is not initialised, or was shut down"));
            return;
        }
        id = steam.clientId().orElse(null);
        connection = dial(steam.flatUnchecked());
        if (connection == NONE) {
            fail(
                    new DisconnectReason.TransportFailed(
                            "Steam does not connect to "
                                    + target()
                                    + ": the library has no peer-to-peer connections, or does not"
                                    + " know one of "
                                    + options));
        } else {
            enter(new ConnectionState.Connecting());
        }
    }

    private int dial(SteamFlat flat) {
        try (Arena scratch = Arena.ofConfined()) {
            OptionArray array =
                    new OptionArray(
                            scratch,
                            options,
                            listener,
                            steam.authentication(allowsUnauthenticated));
            if (address != null) {
                MemorySegment struct = scratch.allocate(SteamLayouts.ADDRESS);
                SteamLayouts.writeAddress(struct, address);
                return flat.connectByIpAddress(struct, array.length(), array.array());
            }
            flat.initRelayNetworkAccess();
            MemorySegment struct = scratch.allocate(SteamLayouts.IDENTITY);
            SteamLayouts.writeIdentity(struct, new SteamIdentity.SteamId(steamId));
            return flat.connectP2p(struct, virtualPort, array.length(), array.array());
        }
    }

    private String target() {
        return address != null
                ? address.toString()
                : new SteamIdentity.SteamId(steamId) + " at virtual port " + virtualPort;
    }

    private void fail(DisconnectReason reason) {
        connection = NONE;
        enter(new ConnectionState.Disconnected(reason));
    }

    @Override
    public void disconnect(StatedReason reason) {
        checkOwner();
        dropHeld();
        if (connection != NONE) {
            if (steam.isAlive()) {
                sayFarewell();
                steam.closeConnection(connection, EndReason.of(reason), true);
            }
            fail(new DisconnectReason.ClientLeft(reason));
        }
    }

    private void sayFarewell() {
        if (liveness.mayBeMutual(nowNanos) && isConnected()) {
            outbox.sayFarewell(connection);
        }
    }

    private void dropHeld() {
        if (steam.isAlive()) {
            held.releaseAll(steam.flatUnchecked());
        } else {
            held.forgetAll();
        }
    }

    @Override
    protected void giveBack() {
        StatusCallbacks.remove(listener);
        changes.clear();
        steam.release();
    }

    // ---- A tick

    @Override
    public void update() {
        claimOwner();
        nowNanos = monotonicClock.getAsLong();
        if (connection == NONE) {
            return;
        }
        if (!steam.isAlive()) {
            held.forgetAll();
            fail(
                    new DisconnectReason.TransportFailed(
                            "Steam was shut down while the client was connected: disconnect"
                                    + " before"));
            return;
        }
        steam.runCallbacks();
        StatusChange end = takeChanges();
        receiveMessages(end != null);
        if (end != null) {
            ended(end);
        } else {
            lookAfterIt();
            flushNow();
        }
    }

    /// {@return the end of the connection, or null while it goes on}
    private @Nullable StatusChange takeChanges() {
        StatusChange end = null;
        StatusChange change = changes.poll();
        while (change != null) {
            if (change.connection() == connection) {
                switch (change.state()) {
                    case ConnectionStates.CONNECTED -> connected();
                    case ConnectionStates.CLOSED_BY_PEER,
                            ConnectionStates.PROBLEM_DETECTED_LOCALLY ->
                            end = change;
                    default -> {}
                }
            }
            change = changes.poll();
        }
        return end;
    }

    private void connected() {
        liveness = new Liveness(livenessNanos, nowNanos);
        lookAtNanos = nowNanos;
        sampleAtNanos = nowNanos;
        if (areTimeoutsSuspended) {
            steam.setConnectionTimeout(connection, A_DAY_MILLIS);
        }
        if (liveness.isOn()) {
            outbox.sayHello(connection);
            liveness.said(nowNanos);
        }
        enter(new ConnectionState.Connected());
    }

    /// What is more than an update takes waits in Steam's own buffer, which Steam bounds.
    ///
    /// @param all whether nothing can stay in Steam
    private void receiveMessages(boolean all) {
        SteamFlat flat = steam.flatUnchecked();
        while (all || !isFull()) {
            int most =
                    all
                            ? BATCH_MESSAGES
                            : Math.min(BATCH_MESSAGES, messagesPerUpdateMax - held.count());
            int count = flat.receiveMessagesOnConnection(connection, messages, most);
            for (int i = 0; i < count; i++) {
                hold(flat, HeldMessages.pointerAt(messages, i));
            }
            if (count < most) {
                return;
            }
        }
        reachedLimit(nowNanos, "messagesPerUpdateMax", messagesPerUpdateMax);
    }

    /// {@return whether as much waits for the game as an update takes}
    private boolean isFull() {
        return held.count() >= messagesPerUpdateMax;
    }

    private void hold(SteamFlat flat, long message) {
        int bytes = HeldMessages.bytes(message);
        liveness.heard(nowNanos, bytes == 0);
        if (bytes >= 1 && bytes <= SteamOutbox.PAYLOAD_BYTES_MAX) {
            held.add(message);
            return;
        }
        flat.releaseMessage(message);
        if (bytes > 0) {
            dropped();
        }
    }

    private void ended(StatusChange change) {
        EndReason end = new EndReason(change.endReason(), change.endText());
        boolean wasConnected = state() instanceof ConnectionState.Connected;
        steam.closeConnection(connection, null, false);
        fail(wasConnected ? lost(end) : notMade(end));
    }

    private DisconnectReason lost(EndReason end) {
        if (end.isStated()) {
            return DisconnectReason.endedByServer(end.stated());
        }
        return end.isTimeout()
                ? new DisconnectReason.TimedOut(
                        options.connectedTimeoutMillis() / MILLIS_PER_SECOND)
                : new DisconnectReason.TransportFailed(end.problem());
    }

    private DisconnectReason notMade(EndReason end) {
        if (end.isStated()) {
            return new DisconnectReason.Denied(end.stated());
        }
        return end.isTimeout()
                ? new DisconnectReason.RequestTimedOut(
                        serverAddress().stream().toList(),
                        options.initialTimeoutMillis() / MILLIS_PER_SECOND)
                : new DisconnectReason.TransportFailed(end.problem());
    }

    private void lookAfterIt() {
        if (!isConnected() || nowNanos - lookAtNanos < 0) {
            return;
        }
        lookAtNanos = nowNanos + Liveness.LOOK_NANOS;
        // With as much waiting as may wait, nothing is asked for, and so nothing heard.
        if (liveness.isDead(nowNanos) && !areTimeoutsSuspended && !isFull()) {
            steam.closeConnection(connection, EndReason.of(SILENT), false);
            fail(
                    new DisconnectReason.TimedOut(
                            (int) TimeUnit.NANOSECONDS.toSeconds(livenessNanos),
                            TimeUnit.NANOSECONDS.toMillis(liveness.pauseNanos())));
            return;
        }
        if (liveness.hasToSay(nowNanos)) {
            outbox.sayAlive(connection);
            liveness.said(nowNanos);
        }
        if (nowNanos - sampleAtNanos >= 0) {
            sampleAtNanos = nowNanos + SAMPLE_NANOS;
            StatusReader.Sample sample = status.sample(connection);
            latest = sample == null ? latest : sample;
        }
    }

    // ---- Payloads

    @Override
    protected @Nullable ByteBuffer poll() {
        if (held.isEmpty() || !steam.isAlive()) {
            return null;
        }
        long message = held.take();
        HeldMessages.copy(message, taken);
        steam.flatUnchecked().releaseMessage(message);
        return taken;
    }

    /// Sends a payload to the server in another way than this client's own.
    ///
    /// @param payload 1 to 1200 bytes between position and limit, both left as they are; taken
    ///   before the call returns
    /// @throws IllegalArgumentException when it is empty or too large
    public SendResult send(ByteBuffer payload, SteamSendMode mode) {
        checkOwner();
        outbox.mode(mode);
        try {
            return send(payload);
        } finally {
            outbox.usualMode();
        }
    }

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        if (!isConnected() || !steam.isAlive()) {
            return SendResult.NOT_CONNECTED;
        }
        SendResult result = outbox.send(connection, payload);
        if (result == SendResult.SENT) {
            liveness.said(nowNanos);
            isUnflushed |= outbox.waits();
        }
        return result;
    }

    @Override
    public void flush() {
        checkOwner();
        if (connection != NONE && steam.isAlive()) {
            flushNow();
        }
    }

    private void flushNow() {
        if (isUnflushed && connection != NONE) {
            steam.flatUnchecked().flushMessagesOnConnection(connection);
        }
        isUnflushed = false;
    }

    @Override
    public void suspendTimeouts() {
        checkOwner();
        areTimeoutsSuspended = true;
        setTimeout(A_DAY_MILLIS);
    }

    @Override
    public void resumeTimeouts() {
        checkOwner();
        areTimeoutsSuspended = false;
        liveness.resume(monotonicClock.getAsLong());
        setTimeout(options.connectedTimeoutMillis());
    }

    private void setTimeout(int millis) {
        if (connection != NONE && steam.isAlive()) {
            steam.setConnectionTimeout(connection, millis);
        }
    }

    // ---- Looks

    /// {@return the Steam id of this process, as it was at the last connect; empty before, or where
    /// it has none}
    @Override
    public Optional<ClientId> id() {
        return Optional.ofNullable(id);
    }

    /// {@return the server's address; empty where it is a peer with a Steam id}
    @Override
    public Optional<NetAddress> serverAddress() {
        return Optional.ofNullable(address);
    }

    @Override
    public ConnectionStats connectionStats() {
        return StatusReader.stats(countedOfConnection(), latest);
    }

    @Override
    public String toString() {
        return "SteamClient[to " + target() + "]";
    }

    /// How a client is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final SteamApi steam;
        private @Nullable NetAddress address;
        private long steamId;
        private int virtualPort = -1;
        private SteamOptions options = SteamOptions.DEFAULT;
        private boolean allowsUnauthenticated;
        private SteamSendMode sendMode = SteamSendMode.UNRELIABLE;
        private int messagesPerUpdateMax = MESSAGES_PER_UPDATE_MAX;
        private long livenessNanos = Liveness.TIMEOUT.toNanos();
        private LongSupplier monotonicClock = System::nanoTime;

        private Builder(SteamApi steam) {
            this.steam = Objects.requireNonNull(steam, "steam");
        }

        /// Connects to an address.
        public Builder server(NetAddress address) {
            this.address = Objects.requireNonNull(address, "server");
            virtualPort = -1;
            return this;
        }

        /// Connects to whoever has this Steam id: a player who hosts, or a game server.
        ///
        /// @param steamId unsigned
        /// @param virtualPort the server's, 0 or more
        /// @throws IllegalArgumentException when the port is negative
        public Builder peer(long steamId, int virtualPort) {
            if (virtualPort < 0) {
                throw new IllegalArgumentException(
                        "virtualPort is "
                                + virtualPort
                                + ", but must be at least 0: both sides name the same");
            }
            this.steamId = steamId;
            this.virtualPort = virtualPort;
            address = null;
            return this;
        }

        /// Sets what Steam is told about the connection, [SteamOptions#DEFAULT] by default.
        public Builder options(SteamOptions options) {
            this.options = Objects.requireNonNull(options, "options");
            return this;
        }

        /// Connects by address also where nobody certifies who this client and the server are: for
        /// GameNetworkingSockets, for LAN games, for development.
        public Builder allowUnauthenticated() {
            allowsUnauthenticated = true;
            return this;
        }

        /// Sets how payloads are sent where nothing else is said, [SteamSendMode#UNRELIABLE] by
        /// default.
        public Builder sendMode(SteamSendMode mode) {
            sendMode = Objects.requireNonNull(mode, "sendMode");
            return this;
        }

        /// Sets how many messages one update takes, and how many wait for the game at most, 4096 by
        /// default. What is more waits in Steam's own buffer ([SteamOptions#receiveBuffer]), from
        /// which Steam drops what exceeds it; [dev.hawser.ClientStats#updatesAtLimit()] and the log
        /// say when that happened. The end of the connection never waits.
        ///
        /// @throws IllegalArgumentException when it is less than 1
        public Builder messagesPerUpdateMax(int messages) {
            messagesPerUpdateMax = SteamInbox.checkMessagesPerUpdate(messages);
            return this;
        }

        /// Sets how long nothing may be heard of the server, 10 seconds by default: see
        /// [SteamServer.Builder#livenessTimeout].
        ///
        /// @param timeout from 3 seconds to 1 hour; zero leaves it to Steam, and sends nothing
        /// @throws IllegalArgumentException when it is outside that range
        public Builder livenessTimeout(Duration timeout) {
            livenessNanos = Liveness.check(timeout);
            return this;
        }

        /// Sets the clock of the liveness timer: nanoseconds that never decrease,
        /// `System.nanoTime()` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// {@return the client, not yet connected}
        ///
        /// @throws IllegalStateException when no server is set
        public SteamClient build() {
            if (address == null && virtualPort < 0) {
                throw new IllegalStateException(
                        "a client without a server: server(address) or peer(steamId, virtualPort)");
            }
            return new SteamClient(this);
        }
    }
}
