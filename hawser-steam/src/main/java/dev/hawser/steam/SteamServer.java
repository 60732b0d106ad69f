package dev.hawser.steam;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.MemberClient;
import dev.hawser.MemberServer;
import dev.hawser.ReceiveLimit;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerConfig.SameClient;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A server that Steam's networking connects to: by address, or by the Steam id of whoever runs it.
///
/// ```java
/// var server = SteamServer.builder(steam).virtualPort(0).maxClients(4).build();
/// server.start();
/// ```
///
/// Together with servers for everybody else it is a member of a [dev.hawser.MultiServer].
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
public final class SteamServer extends MemberServer {
    private static final StatedReason STOPPED =
            StatedReason.of(StatedReason.SERVER_STOPPED, "the server has stopped");
    private static final StatedReason REPLACED =
            StatedReason.of(StatedReason.REPLACED, "the same player has connected again");
    private static final StatedReason SILENT = StatedReason.of(0, "nothing was heard");
    private static final StatedReason NO_STEAM_ID =
            StatedReason.of(StatedReason.REFUSED, "this server is for accounts of Steam");

    /// As over every other connection.
    private static final int PAYLOAD_BYTES_MAX = 1200;

    private static final int RECEIVE_QUEUE_BYTES_MIN = 512 << 10;
    private static final int RECEIVE_QUEUE_BYTES_PER_SLOT = 8 << 10;
    private static final int MAX_CLIENTS_MAX = 4096;

    /// How many messages are asked for at once, and how many in one update.
    private static final int BATCH_MESSAGES = 128;

    private static final int BATCHES_PER_UPDATE_MAX = 64;

    /// How many connections may be in the making for each slot.
    private static final int PENDING_PER_SLOT = 4;

    private static final long SAMPLE_NANOS = 1_000_000_000;

    /// Steam has nothing to wait on.
    private static final long AWAIT_NANOS_MAX = 1_000_000;

    /// How long a stop waits at most for what was sent reliably.
    private static final long LAST_WORDS_NANOS = 250_000_000;

    private static final int MILLIS_PER_SECOND = 1000;
    private static final int A_DAY_MILLIS = 86_400_000;

    /// No account has this bit, which stands in the universe.
    private static final long NO_ACCOUNT = Long.MIN_VALUE;

    // EResult
    private static final int OK = 1;
    private static final int LIMIT_EXCEEDED = 25;
    private static final int IGNORED = 41;

    private final SteamApi steam;
    private final SteamPlace place;
    private final SteamOptions options;
    private final boolean allowsWithoutSteamId;
    private final int maxClients;
    private final SameClient sameClient;
    private final ReceiveLimit receiveLimit;
    private final SteamSendMode sendMode;
    private final long livenessNanos;
    private final LongSupplier monotonicClock;
    private final Semaphore wakeups = new Semaphore(0);

    private final Queue<StatusChange> changes = new ConcurrentLinkedQueue<>();
    private final Map<Integer, SteamPeer> peers = new HashMap<>();
    private final Queue<SteamPeer> newcomers = new ArrayDeque<>();
    private final Queue<SteamPeer> paused = new ArrayDeque<>();
    private final List<SteamPeer> ending = new ArrayList<>();
    private final List<SteamPeer> unflushed = new ArrayList<>();
    private final SteamSlots slots;
    private final ByteBuffer lent = ByteBuffer.allocate(PAYLOAD_BYTES_MAX);

    private final MemorySegment messages = HeldMessages.array(Arena.ofAuto(), BATCH_MESSAGES);
    private final MemorySegment outgoing = Arena.ofAuto().allocate(PAYLOAD_BYTES_MAX);

    /// The same memory.
    private final ByteBuffer outgoingBytes = outgoing.asByteBuffer();

    private int listener;
    private int listenSocket;
    private int pollGroup;
    private volatile List<NetAddress> localAddresses = List.of();
    private int connected;
    private long denied;

    // Of the last change, for other threads.
    private volatile int connectedClients;
    private volatile int pendingConnections;
    private volatile long deniedConnections;

    private long withoutSteamId;
    private SteamSendMode mode;
    private boolean areTimeoutsSuspended;
    private long nowNanos;
    private long lookAtNanos;
    private long sampleAtNanos;

    private SteamServer(Builder builder) {
        super(builder.requestHandler);
        steam = builder.steam;
        options = builder.options;
        place =
                new SteamPlace(
                        builder.address,
                        builder.virtualPort,
                        builder.options,
                        builder.allowsUnauthenticated);
        allowsWithoutSteamId = builder.allowsWithoutSteamId;
        maxClients = builder.maxClients;
        sameClient = builder.sameClient;
        receiveLimit = builder.receiveLimit;
        sendMode = builder.sendMode;
        mode = sendMode;
        livenessNanos = builder.livenessNanos;
        monotonicClock = builder.monotonicClock;
        slots = new SteamSlots(maxClients);
    }

    /// {@return a builder, in which the place to listen at has to be set}
    public static Builder builder(SteamApi steam) {
        return new Builder(steam);
    }

    /// {@return whether an id is that of an account of Steam, and not one that a server gave to a
    /// peer without}
    public static boolean hasSteamId(ClientId id) {
        return id instanceof ClientId.Steam && (id.value() & NO_ACCOUNT) == 0;
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
        SteamFlat flat = steam.flatUnchecked();
        pollGroup = flat.createPollGroup();
        try {
            SteamPlace.Opened opened = place.open(steam, listener);
            listenSocket = opened.listenSocket();
            localAddresses = opened.addresses();
        } catch (IOException e) {
            flat.destroyPollGroup(pollGroup);
            StatusCallbacks.remove(listener);
            throw e;
        }
        steam.retain();
    }

    @Override
    protected void shut() {
        if (steam.isAlive()) {
            peers.values().forEach(this::sayFarewell);
            awaitAcknowledgements();
            DisconnectReason stopped = new DisconnectReason.ServerStopped(STOPPED);
            for (SteamPeer peer : List.copyOf(peers.values())) {
                // It could not linger: what is left of it goes with the listen socket.
                steam.closeConnection(peer.connection, EndReason.of(STOPPED), false);
                release(peer, stopped);
            }
            // Those whose first word waits here would otherwise hear nothing.
            steam.runCallbacks();
            closeUnseen();
            ending.forEach(peer -> peer.held.releaseAll(steam.flatUnchecked()));
            steam.flatUnchecked().closeListenSocket(listenSocket);
            steam.flatUnchecked().destroyPollGroup(pollGroup);
        } else {
            loseAll();
        }
        finishEnding();
        clear();
    }

    /// What was sent reliably is to arrive before the end.
    private void awaitAcknowledgements() {
        long startNanos = System.nanoTime();
        for (SteamPeer peer : peers.values()) {
            while (isUnacknowledged(peer) && System.nanoTime() - startNanos < LAST_WORDS_NANOS) {
                LockSupport.parkNanos(AWAIT_NANOS_MAX);
            }
        }
    }

    private boolean isUnacknowledged(SteamPeer peer) {
        StatusReader.Sample sample =
                peer.client == null
                        ? null
                        : StatusReader.sample(steam.flatUnchecked(), peer.connection);
        return sample != null
                && sample.link().pendingReliableBytes() + sample.link().unacknowledgedBytes() > 0;
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
        newcomers.clear();
        paused.clear();
        unflushed.clear();
        slots.clear();
        connected = 0;
        count();
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
        takePaused();
        receive();
        finishEnding();
        considerNewcomers();
        if (nowNanos - lookAtNanos >= 0) {
            lookAtNanos = nowNanos + Liveness.LOOK_NANOS;
            lookAfterPeers();
        }
        flushNow();
    }

    /// Steam was shut down by somebody else: there is nothing left to call.
    private void loseAll() {
        DisconnectReason gone =
                new DisconnectReason.TransportFailed(
                        "Steam was shut down while the server ran: stop the server before");
        for (SteamPeer peer : List.copyOf(peers.values())) {
            peer.held.forgetAll();
            release(peer, gone);
        }
        ending.forEach(peer -> peer.held.forgetAll());
    }

    private void takeChanges() {
        StatusChange change = changes.poll();
        while (change != null) {
            take(change);
            change = changes.poll();
        }
    }

    private void take(StatusChange change) {
        SteamPeer peer = peers.get(change.connection());
        switch (change.state()) {
            case ConnectionStates.CONNECTING -> {
                if (peer == null && change.listenSocket() == listenSocket) {
                    begin(change);
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

    private void begin(StatusChange change) {
        ClientId id = idOf(change.identity());
        SteamPeer peer =
                new SteamPeer(
                        change.connection(),
                        id,
                        SteamAddresses.known(change.address()),
                        new Liveness(livenessNanos, nowNanos));
        peers.put(peer.connection, peer);
        count();
        if (!hasSteamId(id) && !allowsWithoutSteamId) {
            deny(peer, NO_STEAM_ID);
        } else if (newcomers.size() >= maxClients * PENDING_PER_SLOT) {
            deny(peer, new Refusal.Full(0).stated());
        } else {
            newcomers.add(peer);
        }
    }

    private ClientId idOf(SteamIdentity identity) {
        if (identity instanceof SteamIdentity.SteamId(long value) && (value & NO_ACCOUNT) == 0) {
            return new ClientId.Steam(value);
        }
        withoutSteamId++;
        return new ClientId.Steam(NO_ACCOUNT | withoutSteamId);
    }

    /// A newcomer is never forgotten: with as much waiting as may wait, it stays where it is.
    private void considerNewcomers() {
        while (takesEvents()) {
            SteamPeer peer = newcomers.poll();
            if (peer == null) {
                return;
            }
            if (!peer.isGone) {
                consider(peer);
            }
        }
    }

    private void consider(SteamPeer peer) {
        Refusal objection = objection(peer);
        ConnectionRequestHandler handler = requestHandler();
        if (objection != null) {
            deny(peer, objection.stated());
        } else if (handler == null) {
            accept(peer);
        } else {
            ask(handler, peer.id, UserData.EMPTY, peer.address, answer -> answered(peer, answer));
        }
    }

    /// {@return why it cannot come in as things stand, or null}
    private @Nullable Refusal objection(SteamPeer peer) {
        MemberClient older = connectedAs(peer.id);
        boolean isAccepted = slots.accepted(peer.id) != null;
        if ((older != null || isAccepted) && sameClient == SameClient.REFUSE) {
            return new Refusal.AlreadyConnected();
        }
        boolean freesSlot = (older != null && older.server() == this) || isAccepted;
        return slots.isFull() && !freesSlot ? new Refusal.Full(0) : null;
    }

    private void answered(SteamPeer peer, @Nullable Refusal answer) {
        if (peer.isGone || !isRunning() || !steam.isAlive()) {
            return;
        }
        Refusal refusal = answer == null ? objection(peer) : answer;
        if (refusal == null) {
            accept(peer);
        } else {
            deny(peer, refusal.stated());
        }
    }

    private void deny(SteamPeer peer, StatedReason stated) {
        denied++;
        close(peer, stated);
        forget(peer);
    }

    private void accept(SteamPeer peer) {
        MemberClient older = connectedAs(peer.id);
        if (older != null) {
            replaceAtItsServer(older);
        }
        SteamPeer accepted = slots.accepted(peer.id);
        if (accepted != null) {
            close(accepted, REPLACED);
            forget(accepted);
        }
        int slot = slots.free();
        SteamFlat flat = steam.flatUnchecked();
        // Before it can send anything: its messages say by this whose they are.
        flat.setConnectionUserData(peer.connection, StatusCallbacks.userData(listener, slot + 1));
        if (flat.acceptConnection(peer.connection) != OK) {
            // It has given up meanwhile.
            close(peer, StatedReason.NONE);
            forget(peer);
            return;
        }
        flat.setConnectionPollGroup(peer.connection, pollGroup);
        slots.take(peer, slot);
        if (areTimeoutsSuspended) {
            steam.setConnectionTimeout(peer.connection, A_DAY_MILLIS);
        }
    }

    private void connected(SteamPeer peer) {
        SteamConnectedClient client = new SteamConnectedClient(this, peer, receiveLimit);
        peer.client = client;
        peer.liveness.heard(nowNanos, false);
        connected++;
        count();
        addClient(client);
        sayAlive(peer);
    }

    // ---- Who goes

    /// The connection has ended at the other side or on the way; what has come before is delivered.
    private void lost(SteamPeer peer, StatusChange change) {
        EndReason end = new EndReason(change.endReason(), change.endText());
        SteamFlat flat = steam.flatUnchecked();
        if (peer.client != null) {
            int count = flat.receiveMessagesOnConnection(peer.connection, messages, BATCH_MESSAGES);
            while (count > 0) {
                for (int i = 0; i < count; i++) {
                    hold(peer, HeldMessages.pointerAt(messages, i));
                }
                count = flat.receiveMessagesOnConnection(peer.connection, messages, BATCH_MESSAGES);
            }
        }
        steam.closeConnection(peer.connection, null, false);
        release(peer, reason(end));
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

    /// There is no such connection any more: its client ends after what is held of it.
    private void release(SteamPeer peer, DisconnectReason reason) {
        boolean wasConnected = peer.client != null;
        peer.isGone = true;
        peers.remove(peer.connection);
        if (wasConnected) {
            peer.ending = reason;
            ending.add(peer);
        } else {
            slots.release(peer);
        }
        count();
    }

    /// Those who left, as far as there is room for what they have said.
    private void finishEnding() {
        for (int i = 0; i < ending.size(); i++) {
            SteamPeer peer = ending.get(i);
            SteamConnectedClient client = peer.client;
            DisconnectReason reason = peer.ending;
            if (client == null || reason == null) {
                throw new AssertionError("a client ends that was not connected");
            }
            boolean canEnd = !isRunning() || (offerHeld(peer) && takesEvents());
            if (canEnd) {
                ending.remove(i);
                i--;
                slots.release(peer);
                connected--;
                removeClient(client, reason);
                count();
            }
        }
    }

    /// A newcomer that has come no further.
    private void forget(SteamPeer peer) {
        peer.isGone = true;
        peers.remove(peer.connection);
        slots.release(peer);
        count();
    }

    private void close(SteamPeer peer, StatedReason stated) {
        sayFarewell(peer);
        steam.closeConnection(peer.connection, EndReason.of(stated), true);
    }

    private void count() {
        connectedClients = connected;
        pendingConnections = peers.size() - (connected - ending.size());
        deniedConnections = denied;
    }

    // ---- Receiving

    private void receive() {
        SteamFlat flat = steam.flatUnchecked();
        for (int batch = 0; batch < BATCHES_PER_UPDATE_MAX; batch++) {
            int count = flat.receiveMessagesOnPollGroup(pollGroup, messages, BATCH_MESSAGES);
            for (int i = 0; i < count; i++) {
                take(HeldMessages.pointerAt(messages, i));
            }
            if (count < BATCH_MESSAGES) {
                return;
            }
        }
    }

    private void take(long message) {
        int slot = HeldMessages.own(message) - 1;
        SteamPeer peer = slots.at(slot);
        if (peer == null
                || peer.client == null
                || peer.connection != HeldMessages.connection(message)) {
            // Of a connection that was ended here.
            steam.flatUnchecked().releaseMessage(message);
            return;
        }
        hold(peer, message);
        if (!offerHeld(peer) && !peer.isPaused) {
            peer.isPaused = true;
            steam.flatUnchecked().setConnectionPollGroup(peer.connection, 0);
        }
    }

    /// Notes that something was heard, and keeps what is a payload.
    private void hold(SteamPeer peer, long message) {
        int bytes = HeldMessages.bytes(message);
        peer.liveness.heard(nowNanos, bytes == 0);
        if (bytes >= 1 && bytes <= PAYLOAD_BYTES_MAX) {
            peer.held.add(message);
            return;
        }
        steam.flatUnchecked().releaseMessage(message);
        SteamConnectedClient client = peer.client;
        if (bytes > 0 && client != null) {
            client.countDropped();
        }
    }

    /// {@return whether nothing is held any more}
    private boolean offerHeld(SteamPeer peer) {
        SteamConnectedClient client = peer.client;
        while (client != null && !peer.held.isEmpty()) {
            HeldMessages.copy(peer.held.oldest(), lent);
            if (!client.offer(lent)) {
                return false;
            }
            steam.flatUnchecked().releaseMessage(peer.held.take());
        }
        return true;
    }

    /// The application has taken something of a client that had as much waiting as it may.
    void roomAgain(SteamPeer peer) {
        if (peer.isPaused) {
            paused.add(peer);
        }
    }

    private void takePaused() {
        SteamPeer peer = paused.poll();
        while (peer != null) {
            if (peer.isPaused && !peer.isGone && offerHeld(peer)) {
                peer.isPaused = false;
                steam.flatUnchecked().setConnectionPollGroup(peer.connection, pollGroup);
            }
            peer = paused.poll();
        }
    }

    // ---- Liveness

    private void lookAfterPeers() {
        boolean samples = nowNanos - sampleAtNanos >= 0;
        if (samples) {
            sampleAtNanos = nowNanos + SAMPLE_NANOS;
        }
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            SteamPeer peer = slots.at(slot);
            SteamConnectedClient client = peer == null ? null : peer.client;
            if (peer == null || client == null || peer.isGone) {
                continue;
            }
            if (peer.liveness.isDead(nowNanos) && !areTimeoutsSuspended && !peer.isPaused) {
                close(peer, SILENT);
                release(
                        peer,
                        new DisconnectReason.TimedOut(
                                (int) TimeUnit.NANOSECONDS.toSeconds(livenessNanos)));
                continue;
            }
            if (peer.liveness.hasToSay(nowNanos)) {
                sayAlive(peer);
            }
            if (samples) {
                client.sampled(StatusReader.sample(steam.flatUnchecked(), peer.connection));
            }
        }
    }

    private void sayAlive(SteamPeer peer) {
        if (livenessNanos > 0) {
            steam.flatUnchecked()
                    .sendMessageToConnection(
                            peer.connection, outgoing, 0, SteamSendMode.UNRELIABLE_NO_NAGLE.flags);
            peer.liveness.said(nowNanos);
        }
    }

    /// An end drops what waits to be sent unreliably, and waits for what is reliable: so the last
    /// message is reliable, and comes after all others.
    private void sayFarewell(SteamPeer peer) {
        if (livenessNanos > 0 && peer.client != null && !peer.isGone) {
            steam.flatUnchecked()
                    .sendMessageToConnection(
                            peer.connection, outgoing, 0, SteamSendMode.RELIABLE_NO_NAGLE.flags);
        }
    }

    @Override
    public void suspendTimeouts() {
        checkOwner();
        areTimeoutsSuspended = true;
        setTimeouts(A_DAY_MILLIS);
    }

    @Override
    public void resumeTimeouts() {
        checkOwner();
        areTimeoutsSuspended = false;
        nowNanos = monotonicClock.getAsLong();
        setTimeouts(options.connectedTimeoutMillis());
    }

    private void setTimeouts(int millis) {
        if (isRunning() && steam.isAlive()) {
            for (SteamPeer peer : peers.values()) {
                steam.setConnectionTimeout(peer.connection, millis);
                peer.liveness.heard(nowNanos, false);
            }
        }
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
        this.mode = mode;
        try {
            return send(client, payload);
        } finally {
            this.mode = sendMode;
        }
    }

    @Override
    protected SendResult sendTo(MemberClient client, ByteBuffer payload) {
        SteamPeer peer = ((SteamConnectedClient) client).peer;
        if (peer.isGone || !steam.isAlive()) {
            return SendResult.NOT_CONNECTED;
        }
        int bytes = payload.remaining();
        outgoingBytes.put(0, payload, payload.position(), bytes);
        int result =
                steam.flatUnchecked()
                        .sendMessageToConnection(peer.connection, outgoing, bytes, mode.flags);
        if (result == OK) {
            peer.liveness.said(nowNanos);
            if (mode.waits() && !peer.isUnflushed) {
                peer.isUnflushed = true;
                unflushed.add(peer);
            }
        }
        return sent(result);
    }

    static SendResult sent(int result) {
        return switch (result) {
            case OK -> SendResult.SENT;
            case LIMIT_EXCEEDED, IGNORED -> SendResult.QUEUE_FULL;
            default -> SendResult.NOT_CONNECTED;
        };
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

    @Override
    protected void end(MemberClient client, StatedReason reason) {
        end((SteamConnectedClient) client, reason, endedByServer(reason));
    }

    @Override
    protected void replace(MemberClient client) {
        end((SteamConnectedClient) client, REPLACED, new DisconnectReason.Replaced());
    }

    private void end(SteamConnectedClient client, StatedReason stated, DisconnectReason reason) {
        SteamPeer peer = client.peer;
        if (steam.isAlive()) {
            if (!peer.isGone) {
                close(peer, stated);
            }
            peer.held.releaseAll(steam.flatUnchecked());
        } else {
            peer.held.forgetAll();
        }
        peer.client = null;
        ending.remove(peer);
        connected--;
        forget(peer);
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
        if (!isRunning()) {
            return;
        }
        claimOwner();
        long nanos = Math.min(Math.max(0, timeoutNanos), AWAIT_NANOS_MAX);
        try {
            if (wakeups.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                wakeups.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void wakeup() {
        if (wakeups.availablePermits() == 0) {
            wakeups.release();
        }
    }

    // ---- Looks

    /// {@return the address that it listens at, none where it listens for peers; any thread may
    /// ask}
    @Override
    public List<NetAddress> localAddresses() {
        return localAddresses;
    }

    @Override
    public int maxPayloadBytes() {
        return PAYLOAD_BYTES_MAX;
    }

    @Override
    protected int receiveQueueBytes() {
        return Math.max(RECEIVE_QUEUE_BYTES_MIN, maxClients * RECEIVE_QUEUE_BYTES_PER_SLOT);
    }

    @Override
    protected int eventsMax() {
        return 64 + 4 * maxClients;
    }

    @Override
    public ServerStats stats() {
        return stats(maxClients, connectedClients, pendingConnections, deniedConnections);
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
        private long livenessNanos = Liveness.TIMEOUT.toNanos();
        private LongSupplier monotonicClock = System::nanoTime;
        private @Nullable ConnectionRequestHandler requestHandler;

        private Builder(SteamApi steam) {
            this.steam = steam;
        }

        /// Listens at an address, and no longer at a virtual port.
        ///
        /// @param address `0.0.0.0` or `::` for every interface; the system chooses for port 0
        public Builder listen(NetAddress address) {
            this.address = address;
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
                        "virtualPort is " + port + ", but must be at least 0");
            }
            virtualPort = port;
            address = null;
            return this;
        }

        /// Sets what Steam is told about the connections, [SteamOptions#DEFAULT] by default.
        public Builder options(SteamOptions options) {
            this.options = options;
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
                                + " slots");
            }
            maxClients = slots;
            return this;
        }

        /// Sets what happens when an account that is connected connects again, by default
        /// [SameClient#REFUSE]. A newcomer that is refused is told so.
        public Builder sameClient(SameClient policy) {
            sameClient = policy;
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
            sendMode = mode;
            return this;
        }

        /// Sets how long nothing may be heard of a client, 10 seconds by default.
        ///
        /// Both sides send an empty message when they had nothing to say for a second, and who has
        /// once got one expects more. So this works between peers that are Hawser's; others are
        /// left to Steam, which takes up to 10 seconds longer than [SteamOptions#connectedTimeout].
        ///
        /// @param timeout from 3 seconds to 1 hour; zero leaves it to Steam, and sends nothing
        /// @throws IllegalArgumentException when it is outside that range
        public Builder livenessTimeout(Duration timeout) {
            livenessNanos = Liveness.check(timeout);
            return this;
        }

        /// Sets who decides which clients may come in. Without one everybody may; a member of a
        /// [dev.hawser.MultiServer] asks the handler of that one.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            requestHandler = handler;
            return this;
        }

        /// Sets the clock of the liveness timer: nanoseconds that never decrease,
        /// `System.nanoTime()` by default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = nanos;
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
