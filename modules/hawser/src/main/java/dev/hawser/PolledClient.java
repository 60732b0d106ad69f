package dev.hawser;

import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.TransportStats;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What a client has to do whatever its kind is: it belongs to one thread, checks and counts
/// payloads, and delivers them one by one. For whoever makes a kind of connection; a game uses
/// [NetClient].
public abstract class PolledClient implements NetClient {
    private final OwnerThread owner = new OwnerThread("client");
    private final PayloadCounters payloads = new PayloadCounters();

    /// Those of the present connection, or the last one.
    private volatile PayloadCounters connectionPayloads = new PayloadCounters();

    private final PayloadDelivery.Source source = this::poll;
    private final PayloadDelivery delivery = new PayloadDelivery();
    private long updatesAtLimit;
    private final DropLine limitLine = new DropLine();

    /// Creates a client that belongs to no thread yet.
    protected PolledClient() {}

    // ---- What a kind does

    /// Takes away the oldest payload that has been received. After [#disconnect] and [#close()]
    /// there is none.
    ///
    /// @return its bytes between position and limit, which are copied before anything else is
    ///   called; null when there is none
    protected abstract @Nullable ByteBuffer poll();

    /// Sends a payload, whose size has been checked.
    protected abstract SendResult sendChecked(ByteBuffer payload);

    // ---- For it to use

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

    /// An update met more than it takes: that is counted ([ClientStats#updatesAtLimit()]) and said
    /// in the log, once a minute at most.
    ///
    /// @param setting the name of the limit
    /// @param value of the limit
    protected final void reachedLimit(long nowNanos, String setting, int value) {
        updatesAtLimit++;
        long updates = limitLine.due(nowNanos, updatesAtLimit);
        if (updates > 0) {
            Log.updatesAtLimit(Log.logger(), "client", updates, setting, value);
        }
    }

    /// A connection begins: [#connectionStats] counts anew.
    protected final void countAnew() {
        connectionPayloads = new PayloadCounters();
    }

    /// Counts a payload that was received and dropped.
    protected final void dropped() {
        payloads.dropped();
        connectionPayloads.dropped();
    }

    /// {@return what a kind that sees payloads and no packets knows of the present connection, or
    /// the last}
    ///
    /// @param link what it knows besides
    protected final ConnectionStats connectionStats(
            OptionalDouble inboundLoss,
            OptionalLong jitterNanos,
            OptionalLong roundTripNanos,
            Optional<LinkStatus> link) {
        return ConnectionStats.ofPayloads(
                connectionPayloads, inboundLoss, jitterNanos, roundTripNanos, link);
    }

    /// {@return why the server ended the connection, from what it stated}
    protected static DisconnectReason endedByServer(StatedReason stated) {
        return Reasons.endedByServer(stated);
    }

    // ---- Payloads

    @Override
    public final int receive(PayloadHandler handler) {
        owner.check();
        return delivery.deliver(source, handler);
    }

    private @Nullable ByteBuffer poll(PayloadLender lender) {
        ByteBuffer payload = poll();
        if (payload == null) {
            return null;
        }
        payloads.in(payload.remaining());
        connectionPayloads.in(payload.remaining());
        return lender.lend(payload);
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
    public final ClientStats stats() {
        return new ClientStats(
                payloads.out(),
                payloads.bytesOut(),
                payloads.in(),
                payloads.bytesIn(),
                payloads.notQueued(),
                updatesAtLimit,
                Map.of(),
                TransportStats.NONE);
    }
}
