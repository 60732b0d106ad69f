package dev.hawser.spi;

import dev.hawser.ClientStats;
import dev.hawser.ConnectionStats;
import dev.hawser.NetClient;
import dev.hawser.PayloadHandler;
import dev.hawser.SendResult;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
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
    protected AbstractClient(int receiveQueueBytes) {
        received = new PayloadRing(receiveQueueBytes);
    }

    // ---- What a kind does

    /// Takes away the oldest payload that has been received, for a kind that keeps them itself.
    /// After [#disconnect] and [#close()] there is none.
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

    /// Makes the calling thread the owner if the owner has terminated: for [#close()].
    ///
    /// @throws IllegalStateException when another thread is the owner, and lives
    protected final void inheritOwner() {
        owner.inherit();
    }

    // ---- For it to use: what is received

    /// Puts a payload before the application, or drops it where there is no room, and counts it:
    /// the bytes between position and limit are copied.
    protected final void queueOrDrop(ByteBuffer payload) {
        int bytes = payload.remaining();
        if (received != null && received.add(null, payload)) {
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

    /// {@return a snapshot of the present connection, or the last, with what is counted here, the
    /// payloads, which also stand for the packets until a kind sets those. A kind adds what it
    /// knows, and builds it}
    protected final ConnectionStats.Builder countedOfConnection() {
        return connectionPayloads.ofConnection();
    }

    // ---- Payloads

    /// {@inheritDoc}
    ///
    /// Each is asked for after the one before was handled: a handler that disconnects its client,
    /// which drops what waits, hears no more.
    @Override
    public final int receive(PayloadHandler handler) {
        owner.check();
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
        if (payload == null) {
            return null;
        }
        countIn(payload.remaining());
        ByteBuffer lent = lender.lend(payload);
        copied();
        return lent;
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

    // ---- Looks

    @Override
    public ClientStats stats() {
        return counted().build();
    }
}
