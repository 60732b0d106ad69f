package dev.hawser.spi;

import dev.hawser.ClientStats;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.PayloadHandler;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ConnectionMeter;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What clients of all kinds have in common: a client belongs to one thread, checks and counts
/// payloads, keeps those that wait and delivers them one by one. For whoever makes a kind of
/// connection; a game uses [NetClient].
///
/// A kind says how connections are made and how payloads travel. What it receives it either gives
/// to [#queueOrDrop], and has it wait here, or keeps itself, and hands out one by one by [#poll()].
public abstract class AbstractClient implements NetClient {
    private final OwnerThread owner = new OwnerThread("client");
    private final PayloadCounters payloads = new PayloadCounters();

    /// Those of the present connection, or the last one.
    private volatile PayloadCounters connectionPayloads = new PayloadCounters();

    /// Takes the echoes that the game reports, of the present connection or the last one.
    private volatile ConnectionMeter meter = new ConnectionMeter();

    private volatile ConnectionState state =
            new ConnectionState.Disconnected(new DisconnectReason.NeverConnected());
    private boolean isClosed;

    /// Null for a kind that keeps what it receives itself.
    private final @Nullable PayloadRing received;

    private final PayloadLender lender = new PayloadLender();
    private boolean isDelivering;
    private long updatesAtLimit;
    private final DropLine limitLine = new DropLine();
    private final DropLine queueLine = new DropLine();

    /// Creates a client that belongs to no thread yet, of a kind that keeps what it receives
    /// itself.
    protected AbstractClient() {
        received = null;
    }

    /// Creates a client that belongs to no thread yet.
    ///
    /// @param receiveQueueBytes how large what waits for the application may get; memory is taken
    ///   as it is needed
    /// @throws IllegalArgumentException when not even the largest payload fits, or it is more than
    ///   1 GiB
    protected AbstractClient(int receiveQueueBytes) {
        received = new PayloadRing(Payloads.checkQueue(receiveQueueBytes));
    }

    // ---- What a kind does

    /// Takes away the oldest payload that has been received, for a kind that keeps them itself. One
    /// whose size is no payload's (1 to [Payloads#BYTES_MAX] bytes) is dropped and counted. After
    /// [#disconnect] and [#close()] there is none.
    ///
    /// @return its bytes between position and limit, which are copied before anything but [#copied]
    ///   is called; null when there is none
    protected @Nullable ByteBuffer poll() {
        return null;
    }

    /// What [#poll()] has returned is copied, and its memory may be used again. Does nothing unless
    /// a kind has something to do then.
    protected void copied() {}

    /// Sends a payload, whose size has been checked.
    protected abstract SendResult sendChecked(ByteBuffer payload);

    /// Gives everything back to the system: once, when the client is closed, after
    /// [#disconnect(StatedReason)]. Does nothing unless a kind holds something.
    protected void giveBack() {}

    // ---- For it to use: the state

    /// From now on the client stands there ([#state()]).
    protected final void enter(ConnectionState next) {
        state = Objects.requireNonNull(next, "next");
    }

    /// For the beginning of [#connect()], after the check of the thread.
    ///
    /// @throws IllegalStateException when the client is closed, or its kind promises larger
    ///   payloads than [Payloads#BYTES_MAX]
    protected final void checkNotClosed() {
        if (isClosed) {
            throw new IllegalStateException("this client is closed: make another one");
        }
        Payloads.checkMax(this, maxPayloadBytes());
    }

    // ---- For it to use: the thread

    /// Does nothing on the thread that owns the client, and where there is none.
    ///
    /// @throws IllegalStateException when another thread owns it
    protected final void checkOwner() {
        owner.check();
    }

    /// Makes the calling thread the owner, if there is none.
    ///
    /// @throws IllegalStateException when another thread is
    protected final void claimOwner() {
        owner.claim();
    }

    // ---- For it to use: what is received

    /// Puts a payload before the application: the bytes between position and limit are copied.
    /// Where there is no room, or the size is no payload's (1 to [Payloads#BYTES_MAX] bytes), it is
    /// dropped and counted.
    ///
    /// @throws IllegalStateException when this kind keeps what it receives itself
    protected final void queueOrDrop(ByteBuffer payload) {
        if (received == null) {
            throw new IllegalStateException(
                    this
                            + " has no queue here: give super(…) its size, or hand payloads out by"
                            + " poll()");
        }
        int bytes = payload.remaining();
        if (Payloads.isOne(payload) && received.add(null, payload)) {
            countIn(bytes);
        } else {
            dropped();
        }
    }

    /// Forgets what waits here for the application.
    protected final void clearQueue() {
        if (received != null) {
            received.clear();
        }
    }

    /// Counts a payload that was received and dropped.
    protected final void dropped() {
        payloads.dropped();
        connectionPayloads.dropped();
    }

    private void countIn(int bytes) {
        payloads.in(bytes);
        connectionPayloads.in(bytes);
    }

    // ---- For it to use: figures

    /// An update met more than it takes: that is counted ([ClientStats#updatesAtLimit()]) and said
    /// in the log, once a minute at most.
    ///
    /// @param setting the name of the limit
    /// @param value of the limit
    protected final void reachedLimit(long nowNanos, String setting, int value) {
        updatesAtLimit++;
        long updates = limitLine.due(nowNanos, updatesAtLimit);
        if (updates > 0) {
            Log.updatesAtLimit(logger(), "client", updates, setting, value);
        }
    }

    /// Says in the log that payloads found no room here, where some did: once a minute at most.
    protected final void reportNotQueued(long nowNanos) {
        long notQueued = queueLine.due(nowNanos, payloads.notQueued());
        if (notQueued > 0 && received != null) {
            Log.payloadsNotQueued(logger(), "NetClient", notQueued, received.bytesMax());
        }
    }

    /// {@return where it logs}
    protected Logger logger() {
        return Log.logger();
    }

    /// A connection begins: [#connectionStats] counts anew.
    protected final void countAnew() {
        meter = new ConnectionMeter();
        connectionPayloads = new PayloadCounters();
    }

    /// {@return a snapshot of the client with what is counted here: payloads, updates at their
    /// limit. A kind adds what it knows, and builds it}
    protected final ClientStats.Builder counted() {
        return ClientStats.builder()
                .payloadsOut(payloads.out())
                .payloadBytesOut(payloads.bytesOut())
                .payloadsIn(payloads.in())
                .payloadBytesIn(payloads.bytesIn())
                .payloadsNotQueued(payloads.notQueued())
                .updatesAtLimit(updatesAtLimit);
    }

    /// {@return a snapshot of the present connection, or the last, with what is counted here: the
    /// payloads, which also stand for the packets until a kind sets those, and the round trip by
    /// the game's echoes. A kind adds what it knows, and builds it}
    protected final ConnectionStats.Builder countedOfConnection() {
        return connectionPayloads.ofConnection().roundTripNanos(meter.roundTripNanos());
    }

    // ---- Payloads

    /// {@inheritDoc}
    ///
    /// Each is asked for after the one before was handled: a handler that disconnects its client,
    /// which drops what waits, hears no more.
    @Override
    public final int receive(PayloadHandler handler) {
        owner.check();
        Objects.requireNonNull(handler, "handler");
        if (isDelivering) {
            throw new IllegalStateException(
                    "receive was called from inside its own handler: return, and call it again");
        }
        isDelivering = true;
        int delivered = 0;
        try {
            ByteBuffer payload = lendOldest();
            while (payload != null) {
                handler.onPayload(payload);
                delivered++;
                payload = lendOldest();
            }
        } finally {
            isDelivering = false;
        }
        return delivered;
    }

    private @Nullable ByteBuffer lendOldest() {
        if (received != null) {
            return received.isEmpty() ? null : received.take(lender);
        }
        ByteBuffer payload = poll();
        while (payload != null && !Payloads.isOne(payload)) {
            dropped();
            copied();
            payload = poll();
        }
        if (payload == null) {
            return null;
        }
        countIn(payload.remaining());
        ByteBuffer lent = lender.lend(payload);
        copied();
        return lent;
    }

    /// Disconnects with no reason stated, and gives everything back.
    @Override
    public final void close() {
        owner.inherit();
        if (!isClosed) {
            try {
                disconnect(StatedReason.NONE);
            } finally {
                isClosed = true;
                giveBack();
            }
        }
    }

    @Override
    public final void handOver() {
        owner.handOver();
    }

    @Override
    public final SendResult send(ByteBuffer payload) {
        owner.check();
        Payloads.check(payload, maxPayloadBytes());
        int bytes = payload.remaining();
        SendResult result = sendChecked(payload);
        if (result == SendResult.SENT) {
            payloads.out(bytes);
            connectionPayloads.out(bytes);
        }
        return result;
    }

    // ---- What a kind says where it has more

    /// Does nothing; a kind that gathers what it sends overrides it, and sends that.
    @Override
    public void flush() {
        checkOwner();
    }

    /// Does nothing; a kind whose connections follow to another network overrides it.
    @Override
    public void networkChanged() {
        checkOwner();
    }

    /// Does nothing; a kind whose connections time out overrides it, and lets none time out.
    @Override
    public void suspendTimeouts() {
        checkOwner();
    }

    /// Does nothing; a kind whose connections time out overrides it, and lets them time out again.
    @Override
    public void resumeTimeouts() {
        checkOwner();
    }

    /// Counts an echo; a kind that measures connections itself tells its own meter.
    @Override
    public void reportRoundTrip(long nanos) {
        checkOwner();
        meter.reportRoundTrip(nanos);
    }

    // ---- Looks

    @Override
    public final ConnectionState state() {
        return state;
    }

    /// {@return empty: a kind that receives at an address says which}
    @Override
    public Optional<NetAddress> localAddress() {
        return Optional.empty();
    }

    /// {@return empty: a kind that dials an address says which}
    @Override
    public Optional<NetAddress> serverAddress() {
        return Optional.empty();
    }

    /// {@return what netcode's packets carry, so that a game does not depend on the kind; less
    /// where a kind cannot carry that}
    @Override
    public int maxPayloadBytes() {
        return Payloads.BYTES_MAX;
    }

    /// {@return what is counted here; a kind that knows more overrides it}
    @Override
    public ConnectionStats connectionStats() {
        return countedOfConnection().build();
    }

    @Override
    public ClientStats stats() {
        return counted().build();
    }
}
