package dev.hawser.steam;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.spi.AbstractServer;
import dev.hawser.spi.ReceiveLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A server that Steam's networking connects to: by address, or by the Steam id of whoever runs it.
///
/// ```java
/// var server = SteamServer.builder(steam).virtualPort(0).maxClients(4).build();
/// server.start();
/// ```
///
/// Together with servers for everybody else it is a member of a [dev.hawser.multi.MultiServer].
///
/// **Who a client is.** Its id is the [ClientId.Steam] that Steam vouches for. What is not
/// certified, as everything over GameNetworkingSockets, is let in only with
/// [Builder#allowUnauthenticated()]: the id is then what the client says of itself. A peer without
/// any Steam id is refused, or with [Builder#allowWithoutSteamId()] gets an id of its own for each
/// connection ([#hasSteamId]).
///
/// **Payloads** travel unreliably by default, of up to 1200 bytes as over every other connection;
/// [Builder#sendMode] and [#send(ConnectedClient, ByteBuffer, SteamSendMode)] have other ways. A
/// client that sends faster than the game receives waits in Steam's buffer: nothing of it is
/// dropped here, and Steam drops what exceeds that buffer.
///
/// **Reasons** that the server gives reach the client and the other way round, the code and up to
/// 124 bytes of text. The end comes after what was sent reliably before; for that, [#stop()] waits
/// a quarter of a second at most.
///
/// Nothing is allocated per payload.
public final class SteamServer extends AbstractServer {
    private static final StatedReason SILENT = StatedReason.of(0, "nothing was heard");

    /// What a client sends in a second.
    private static final int MESSAGES_PER_UPDATE_PER_SLOT = 64;

    private static final int MESSAGES_PER_UPDATE_MIN = 8192;
    private static final int MAX_CLIENTS_MAX = 4096;

    /// Steam has nothing to wait on.
    private static final long AWAIT_NANOS_MAX = 1_000_000;

    /// How long a stop waits at most for what was sent reliably.
    private static final long LAST_WORDS_NANOS = 250_000_000;

    private static final int MILLIS_PER_SECOND = 1000;

    // EResult
    private static final int OK = 1;

    private final SteamApi steam;
    private final SteamPlace place;
    private final SteamOptions options;
    private final ReceiveLimit receiveLimit;
    private final int messagesPerUpdateMax;
    private final LongSupplier monotonicClock;

    private final Queue<StatusChange> changes = new ConcurrentLinkedQueue<>();
    private final SteamSlots slots;
    private final SteamPeers peers;
    private final SteamAdmission admission;
    private final SteamInbox inbox;
    private final SteamOutbox outbox;
    private final SteamWatch watch;

    /// To whom something was sent that may wait for more.
    private final List<SteamPeer> unflushed = new ArrayList<>();

    private int listener;
    private int listenSocket;
    private volatile List<NetAddress> localAddresses = List.of();
    private long nowNanos;

    private SteamServer(Builder builder) {
        super(builder.maxClients, builder.requestHandler);
        steam = builder.steam;
        options = builder.options;
        place =
                new SteamPlace(
                        builder.address,
                        builder.virtualPort,
                        builder.options,
                        builder.allowsUnauthenticated);
        receiveLimit = builder.receiveLimit;
        messagesPerUpdateMax =
                builder.messagesPerUpdateMax > 0
                        ? builder.messagesPerUpdateMax
                        : Math.max(
                                MESSAGES_PER_UPDATE_MIN,
                                MESSAGES_PER_UPDATE_PER_SLOT * builder.maxClients);
        monotonicClock = builder.monotonicClock;
        slots = new SteamSlots(builder.maxClients);
        peers = new SteamPeers(slots);
        admission =
                new SteamAdmission(
                        new Door(), peers, slots, builder.sameClient, builder.allowsWithoutSteamId);
        inbox = new SteamInbox(steam, slots, messagesPerUpdateMax);
        outbox = new SteamOutbox(steam, builder.sendMode);
        watch =
                new SteamWatch(
                        steam,
                        slots,
                        outbox,
                        this::fellSilent,
                        options.connectedTimeoutMillis(),
                        builder.livenessNanos);
    }

    /// {@return a builder, in which the place to listen at has to be set}
    public static Builder builder(SteamApi steam) {
        return new Builder(steam);
    }

    /// {@return whether an id is that of an account of Steam, and not one that a server gave to a
    /// peer without}
    public static boolean hasSteamId(ClientId id) {
        return id instanceof ClientId.Steam && SteamAdmission.isAccount(id.value());
    }

    // ---- Life

    @Override
    protected void open() throws IOException {
        if (!steam.isAlive()) {
            throw new IOException(
                    steam
                            + " is closed, or Steam was shut down: initialise Steam, and make another"
                            + " SteamApi");
        }
        nowNanos = monotonicClock.getAsLong();
        listener = StatusCallbacks.add(changes::add);
        inbox.open();
        watch.open(nowNanos);
        try {
            SteamPlace.Opened opened = place.open(steam, listener);
            listenSocket = opened.listenSocket();
            localAddresses = opened.addresses();
        } catch (IOException e) {
            inbox.close();
            StatusCallbacks.remove(listener);
            throw e;
        }
        steam.retain();
    }

    @Override
    protected void shut() {
        if (steam.isAlive()) {
            peers.all().forEach(this::sayFarewell);
            awaitAcknowledgements();
            DisconnectReason stopped = new DisconnectReason.ServerStopped(STOPPED);
            for (SteamPeer peer : List.copyOf(peers.all())) {
                peer.held.releaseAll(steam.flatUnchecked());
                // It could not linger: what is left of it goes with the listen socket.
                steam.closeConnection(peer.connection, EndReason.of(STOPPED), false);
                peers.end(peer, stopped);
            }
            // Those whose first word waits here would otherwise hear nothing.
            steam.runCallbacks();
            closeUnseen();
            peers.ending().forEach(peer -> peer.held.releaseAll(steam.flatUnchecked()));
            steam.flatUnchecked().closeListenSocket(listenSocket);
            inbox.close();
        } else {
            loseAll();
        }
        finishEnding();
        clear();
    }

    /// What was sent reliably is to arrive before the end.
    private void awaitAcknowledgements() {
        long startNanos = System.nanoTime();
        for (SteamPeer peer : peers.all()) {
            while (watch.isUnacknowledged(peer)
                    && System.nanoTime() - startNanos < LAST_WORDS_NANOS) {
                LockSupport.parkNanos(AWAIT_NANOS_MAX);
            }
        }
    }

    private void closeUnseen() {
        StatusChange change = changes.poll();
        while (change != null) {
            if (change.state() == ConnectionStates.CONNECTING) {
                steam.closeConnection(change.connection(), EndReason.of(STOPPED), false);
            }
            change = changes.poll();
        }
    }

    private void clear() {
        StatusCallbacks.remove(listener);
        changes.clear();
        peers.clear();
        admission.clear();
        inbox.clear();
        unflushed.clear();
        localAddresses = List.of();
        steam.release();
    }

    // ---- A tick

    @Override
    protected void tick() {
        nowNanos = monotonicClock.getAsLong();
        if (!steam.isAlive()) {
            loseAll();
            finishEnding();
            return;
        }
        steam.runCallbacks();
        takeChanges();
        if (!inbox.receive(nowNanos)) {
            reachedLimit(nowNanos, "messagesPerUpdateMax", messagesPerUpdateMax);
        }
        finishEnding();
        admission.considerNewcomers();
        watch.look(nowNanos);
        flushNow();
    }

    /// Steam was shut down by somebody else: there is nothing left to call.
    private void loseAll() {
        DisconnectReason gone =
                new DisconnectReason.TransportFailed(
                        "Steam was shut down while the server ran: stop the server before");
        for (SteamPeer peer : List.copyOf(peers.all())) {
            peer.held.forgetAll();
            peers.end(peer, gone);
        }
        peers.ending().forEach(peer -> peer.held.forgetAll());
    }

    private void takeChanges() {
        StatusChange change = changes.poll();
        while (change != null) {
            take(change);
            change = changes.poll();
        }
    }

    private void take(StatusChange change) {
        SteamPeer peer = peers.of(change.connection());
        switch (change.state()) {
            case ConnectionStates.CONNECTING -> {
                if (peer == null && change.listenSocket() == listenSocket) {
                    admission.arrived(change, watch.liveness(nowNanos));
                }
            }
            case ConnectionStates.CONNECTED -> {
                if (peer != null && peer.client == null && peer.slot != SteamPeer.NO_SLOT) {
                    connected(peer);
                }
            }
            case ConnectionStates.CLOSED_BY_PEER, ConnectionStates.PROBLEM_DETECTED_LOCALLY -> {
                if (peer != null) {
                    lost(peer, change);
                }
            }
            // Finding its route, or an end of our own making.
            default -> {}
        }
    }

    // ---- Who comes in

    @Override
    protected void refuseNewcomers(Refusal.Draining reason) {
        if (steam.isAlive()) {
            admission.refuseAll(reason.stated());
        }
    }

    @Override
    protected long monotonicNanos() {
        return monotonicClock.getAsLong();
    }

    /// What admission knows of this server.
    private final class Door implements SteamAdmission.Door {
        @Override
        public boolean takesNewcomers() {
            return takesEvents();
        }

        @Override
        public void ask(SteamPeer peer, Consumer<@Nullable Refusal> answer) {
            SteamServer.this.ask(peer.id, UserData.EMPTY, peer.address, answer);
        }

        @Override
        public @Nullable Refusal objection(ClientId id, SameClient policy, boolean isFull) {
            return SteamServer.this.objection(id, policy, isFull);
        }

        @Override
        public void replaceOlder(ClientId id) {
            SteamServer.this.replaceOlder(id);
        }

        @Override
        public boolean isOpen() {
            return isRunning() && steam.isAlive();
        }

        @Override
        public void deny(SteamPeer peer, StatedReason reason) {
            countDenied();
            close(peer, reason);
        }

        @Override
        public void close(SteamPeer peer, StatedReason reason) {
            SteamServer.this.close(peer, reason);
            peer.held.releaseAll(steam.flatUnchecked());
        }

        @Override
        public boolean accept(SteamPeer peer, int slot) {
            SteamFlat flat = steam.flatUnchecked();
            // Before it can send anything: its messages say by this whose they are.
            flat.setConnectionUserData(
                    peer.connection, StatusCallbacks.userData(listener, slot + 1));
            if (flat.acceptConnection(peer.connection) != OK) {
                return false;
            }
            inbox.add(peer);
            watch.accepted(peer);
            return true;
        }
    }

    private void connected(SteamPeer peer) {
        SteamConnectedClient client = new SteamConnectedClient(this, peer, receiveLimit);
        peers.connect(peer, client);
        addClient(client);
        watch.connected(peer, nowNanos);
        inbox.connected(peer);
    }

    // ---- Who goes

    /// The connection has ended at the other side or on the way; what has come before is delivered.
    private void lost(SteamPeer peer, StatusChange change) {
        EndReason end = new EndReason(change.endReason(), change.endText());
        if (peer.client == null) {
            peer.held.releaseAll(steam.flatUnchecked());
        } else {
            inbox.holdRest(peer, nowNanos);
        }
        steam.closeConnection(peer.connection, null, false);
        peers.end(peer, reason(end));
    }

    private DisconnectReason reason(EndReason end) {
        if (end.isStated()) {
            return new DisconnectReason.ClientLeft(end.stated());
        }
        return end.isTimeout()
                ? new DisconnectReason.TimedOut(
                        options.connectedTimeoutMillis() / MILLIS_PER_SECOND)
                : new DisconnectReason.TransportFailed(end.problem());
    }

    /// Those who left, as far as there is room for their ends.
    private void finishEnding() {
        List<SteamPeer> ending = peers.ending();
        while (!ending.isEmpty() && !(isRunning() && !takesEvents())) {
            SteamPeer peer = ending.getFirst();
            SteamConnectedClient client = peer.client;
            DisconnectReason reason = peer.ending;
            if (client == null || reason == null) {
                throw new AssertionError("a client ends that was not connected");
            }
            inbox.deliverLast(peer, client);
            peers.remove(peer);
            removeClient(client, reason);
        }
    }

    /// Nothing was heard of it for too long.
    private void fellSilent(SteamPeer peer) {
        close(peer, SILENT);
        peers.end(peer, watch.timedOut(peer));
    }

    private void close(SteamPeer peer, StatedReason stated) {
        sayFarewell(peer);
        steam.closeConnection(peer.connection, EndReason.of(stated), true);
    }

    private void sayFarewell(SteamPeer peer) {
        if (peer.liveness.isMutual() && peer.client != null && !peer.isGone) {
            outbox.sayFarewell(peer.connection);
        }
    }

    @Override
    public void suspendTimeouts() {
        checkOwner();
        watch.suspend(peers.all(), nowNanos);
    }

    @Override
    public void resumeTimeouts() {
        checkOwner();
        nowNanos = monotonicClock.getAsLong();
        watch.resume(peers.all(), nowNanos);
    }

    // ---- Sending

    /// Sends a payload to a client in another way than the server's own.
    ///
    /// @param client one of this server; one whose connection has ended gives
    ///   [SendResult#NOT_CONNECTED]
    /// @param payload 1 to 1200 bytes between position and limit, both left as they are; taken
    ///   before the call returns
    /// @throws IllegalArgumentException when the payload is empty or too large, or the client is
    ///   another server's
    public SendResult send(ConnectedClient client, ByteBuffer payload, SteamSendMode mode) {
        checkOwner();
        outbox.mode(mode);
        try {
            return send(client, payload);
        } finally {
            outbox.usualMode();
        }
    }

    SendResult sendTo(SteamPeer peer, ByteBuffer payload) {
        if (peer.isGone || !steam.isAlive()) {
            return SendResult.NOT_CONNECTED;
        }
        SendResult result = outbox.send(peer.connection, payload);
        if (result == SendResult.SENT) {
            peer.liveness.said(nowNanos);
            if (outbox.waits() && !peer.isUnflushed) {
                peer.isUnflushed = true;
                unflushed.add(peer);
            }
        }
        return result;
    }

    @Override
    public void flush() {
        checkOwner();
        if (isRunning() && steam.isAlive()) {
            flushNow();
        }
    }

    private void flushNow() {
        for (int i = 0; i < unflushed.size(); i++) {
            SteamPeer peer = unflushed.get(i);
            peer.isUnflushed = false;
            if (!peer.isGone) {
                steam.flatUnchecked().flushMessagesOnConnection(peer.connection);
            }
        }
        unflushed.clear();
    }

    // ---- Commands

    /// @param stated what the client is told
    /// @param reason as the application is to see it
    void end(SteamConnectedClient client, StatedReason stated, DisconnectReason reason) {
        SteamPeer peer = client.peer;
        if (steam.isAlive()) {
            if (!peer.isGone) {
                close(peer, stated);
            }
            peer.held.releaseAll(steam.flatUnchecked());
        } else {
            peer.held.forgetAll();
        }
        peers.remove(peer);
        removeClient(client, reason);
    }

    @Override
    protected boolean waitsForPackets() {
        return true;
    }

    /// {@inheritDoc}
    ///
    /// Steam cannot be waited for, so it waits for a millisecond at most.
    @Override
    public void await(long timeoutNanos) {
        super.await(Math.min(timeoutNanos, AWAIT_NANOS_MAX));
    }

    // ---- Looks

    /// {@return the address that it listens at, none where it listens for peers; any thread may
    /// ask}
    @Override
    public List<NetAddress> localAddresses() {
        return localAddresses;
    }

    @Override
    public ServerStats stats() {
        return counted().pendingConnections(peers.pendingConnections()).build();
    }

    @Override
    public String toString() {
        return "SteamServer[" + place + "]";
    }

    /// How a server is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final SteamApi steam;
        private @Nullable NetAddress address;
        private int virtualPort = -1;
        private SteamOptions options = SteamOptions.DEFAULT;
        private boolean allowsUnauthenticated;
        private boolean allowsWithoutSteamId;
        private int maxClients = 32;
        private SameClient sameClient = SameClient.REFUSE;
        private ReceiveLimit receiveLimit = ReceiveLimit.DEFAULT;
        private SteamSendMode sendMode = SteamSendMode.UNRELIABLE;
        private int messagesPerUpdateMax;
        private long livenessNanos = Liveness.TIMEOUT.toNanos();
        private LongSupplier monotonicClock = System::nanoTime;
        private @Nullable ConnectionRequestHandler requestHandler;

        private Builder(SteamApi steam) {
            this.steam = Objects.requireNonNull(steam, "steam");
        }

        /// Listens at an address, and no longer at a virtual port.
        ///
        /// @param address `0.0.0.0` or `::` for every interface; the system chooses for port 0
        public Builder listen(NetAddress address) {
            this.address = Objects.requireNonNull(address, "listen");
            virtualPort = -1;
            return this;
        }

        /// Listens for peers who know the Steam id of this process, and no longer at an address.
        ///
        /// @param port 0 or more: tells several servers of one process apart
        /// @throws IllegalArgumentException when it is negative
        public Builder virtualPort(int port) {
            if (port < 0) {
                throw new IllegalArgumentException(
                        "virtualPort is "
                                + port
                                + ", but must be at least 0: both sides name the same");
            }
            virtualPort = port;
            address = null;
            return this;
        }

        /// Sets what Steam is told about the connections, [SteamOptions#DEFAULT] by default.
        public Builder options(SteamOptions options) {
            this.options = Objects.requireNonNull(options, "options");
            return this;
        }

        /// Lets peers in by address whose identity nobody has certified, so that their ids are what
        /// they say of themselves: for GameNetworkingSockets, for LAN games, for development. Peers
        /// by virtual port over Steam are always certified.
        public Builder allowUnauthenticated() {
            allowsUnauthenticated = true;
            return this;
        }

        /// Lets peers in that have no Steam id. Each connection gets an id of its own, so that
        /// nobody is recognised who comes back; [SteamServer#hasSteamId] tells those ids from
        /// accounts'.
        public Builder allowWithoutSteamId() {
            allowsWithoutSteamId = true;
            return this;
        }

        /// Sets the number of slots, 1 to 4096, 32 by default.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder maxClients(int slots) {
            if (slots < 1 || slots > MAX_CLIENTS_MAX) {
                throw new IllegalArgumentException(
                        "maxClients is "
                                + slots
                                + ", but a Steam server has from 1 to "
                                + MAX_CLIENTS_MAX
                                + " slots: leave it out for 32, or add another server");
            }
            maxClients = slots;
            return this;
        }

        /// Sets what happens when an account that is connected connects again, by default
        /// [SameClient#REFUSE]. A newcomer that is refused is told so.
        public Builder sameClient(SameClient policy) {
            sameClient = Objects.requireNonNull(policy, "sameClient");
            return this;
        }

        /// Sets how much of one client may wait between update and receive; what it sends beyond
        /// waits in Steam's own buffer. By default 256 payloads and 64 KiB.
        ///
        /// @throws IllegalArgumentException when one is less than 1
        public Builder receiveLimitPerClient(int payloads, int bytes) {
            receiveLimit = new ReceiveLimit(payloads, bytes);
            return this;
        }

        /// Sets how payloads are sent where nothing else is said, [SteamSendMode#UNRELIABLE] by
        /// default.
        public Builder sendMode(SteamSendMode mode) {
            sendMode = Objects.requireNonNull(mode, "sendMode");
            return this;
        }

        /// Sets how many messages one update takes: by default 64 for each slot, what a client
        /// sends in a second, but at least 8192. What is more waits in Steam's own buffers
        /// ([SteamOptions#receiveBuffer]), from which Steam drops what exceeds them;
        /// [dev.hawser.ServerStats#updatesAtLimit()] and the log say when that happened. The ends
        /// of connections never wait.
        ///
        /// @throws IllegalArgumentException when it is less than 1
        public Builder messagesPerUpdateMax(int messages) {
            messagesPerUpdateMax = SteamInbox.checkMessagesPerUpdate(messages);
            return this;
        }

        /// Sets how long nothing may be heard of a client, 10 seconds by default.
        ///
        /// Both sides send an empty message when they had nothing to say for a second, once they
        /// have got one: the client begins with one when it is connected. So this works between
        /// peers that are Hawser's; others get no empty messages, or just that one, and are left to
        /// Steam, which takes up to 10 seconds longer than [SteamOptions#connectedTimeout].
        ///
        /// @param timeout from 3 seconds to 1 hour; zero leaves it to Steam, and sends nothing
        /// @throws IllegalArgumentException when it is outside that range
        public Builder livenessTimeout(Duration timeout) {
            livenessNanos = Liveness.check(timeout);
            return this;
        }

        /// Sets who decides which clients may come in. Without one everybody may; a member of a
        /// [dev.hawser.multi.MultiServer] asks the handler of that one.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            requestHandler = Objects.requireNonNull(handler, "connectionRequests");
            return this;
        }

        /// Sets the clock of the liveness timer: nanoseconds that never decrease,
        /// `System.nanoTime()` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// {@return the server, not yet started}
        ///
        /// @throws IllegalStateException when neither an address nor a virtual port is set
        public SteamServer build() {
            if (address == null && virtualPort < 0) {
                throw new IllegalStateException(
                        "a server without a place: listen(address) or virtualPort(port)");
            }
            return new SteamServer(this);
        }
    }
}
