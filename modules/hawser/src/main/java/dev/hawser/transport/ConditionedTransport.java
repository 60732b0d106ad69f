package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A transport with bad weather: it delays, loses, doubles and reorders what goes through another
/// one, on either side of a connection.
///
/// ```java
/// var transport = ConditionedTransport.builder(UdpTransport.anyPort())
///         .conditions(LinkConditions.NONE.latencyMillis(40).jitterMillis(10).loss(0.02))
///         .build();
/// …
/// transport.outbound(LinkConditions.NONE.cut(true)); // at any time, from any thread
/// ```
///
/// Each direction has conditions of its own. They apply to the packets that come after them: what
/// is under way arrives as it was decided. All peers share the two directions, as the players of a
/// server share its uplink: bandwidth and bursts are those of all together.
///
/// **Seed.** With the same seed, the same packets at the same times of the clock meet the same
/// fate. Each direction draws from its own sequence. Give the two ends of a connection different
/// seeds, or their losses go together.
///
/// **Time.** There is no thread behind it: packets move when the transport is called. One that was
/// sent leaves in the first [#send], [#flush()], [#receive] or [#await] after its time has come,
/// and [#await] ends for it. One that was received begins its way in the [#receive] that takes it
/// off the network, so on top of latency comes what is left of the caller's tick.
///
/// **Close.** What was sent and is still under way is handed to the wrapped transport at once, or
/// the packets with which a client says goodbye would never leave. What was received and not handed
/// over is forgotten, as in a socket that is closed. After [#open()] the link is empty.
///
/// Nothing is allocated per packet in steady state.
public final class ConditionedTransport extends ForwardingTransport {
    /// How many packets may be under way in each direction unless said otherwise: 256 players who
    /// send 60 packets a second over a link with a second of latency.
    public static final int PACKETS_UNDER_WAY_MAX_DEFAULT = 16_384;

    private static final int PACKETS_UNDER_WAY_LIMIT = 1 << 20;

    private final LongSupplier monotonicClock;
    private final long seed;
    private final LinkDirection outbound;
    private final LinkDirection inbound;
    private final DatagramHandler toWrapped;
    private final DatagramHandler intake = this::takeIn;

    /// Peers that nobody is connected to, in the order in which that was said.
    private final ArrayDeque<Release> releases = new ArrayDeque<>();

    /// Since when the wrapped transport speaks of a failure.
    private long failedAtNanos;

    private boolean hasFailed;

    /// When the present [#receive] began.
    private long receivedAtNanos;

    private ConditionedTransport(Builder builder) {
        super(builder.wrapped);
        monotonicClock = builder.monotonicClock;
        seed = builder.seed;
        toWrapped = wrapped::send;
        SplittableRandom random = new SplittableRandom(seed);
        outbound = direction(builder.outbound, random.split(), builder);
        inbound = direction(builder.inbound, random.split(), builder);
    }

    private static LinkDirection direction(
            LinkConditions conditions, SplittableRandom random, Builder builder) {
        return new LinkDirection(
                conditions,
                random,
                new DelayedPackets(builder.packetsUnderWayMax, builder.wrapped.maxPacketBytes()));
    }

    /// {@return a builder of a transport that changes nothing yet}
    ///
    /// @param wrapped what moves the packets; opened and closed by the new one, and nobody else's
    public static Builder builder(Transport wrapped) {
        return new Builder(wrapped);
    }

    // ---- The weather

    /// Sets what happens to packets that are sent from the next one on. Any thread may call it.
    public void outbound(LinkConditions conditions) {
        outbound.conditions(Objects.requireNonNull(conditions, "conditions"));
    }

    /// Sets what happens to packets that are received from the next one on. Any thread may call it.
    public void inbound(LinkConditions conditions) {
        inbound.conditions(Objects.requireNonNull(conditions, "conditions"));
    }

    /// Sets what happens to packets in both directions, in each for itself: latency and loss count
    /// twice for a packet and its answer. Any thread may call it.
    public void conditions(LinkConditions both) {
        outbound(both);
        inbound(both);
    }

    /// {@return what happens to packets that are sent}
    public LinkConditions outbound() {
        return outbound.conditions();
    }

    /// {@return what happens to packets that are received}
    public LinkConditions inbound() {
        return inbound.conditions();
    }

    /// {@return the seed, with which a run can be had again}
    public long seed() {
        return seed;
    }

    /// {@return what has become of the packets that were sent; any thread may ask}
    public LinkStats outboundStats() {
        return outbound.stats();
    }

    /// {@return what has become of the packets that were received; any thread may ask}
    public LinkStats inboundStats() {
        return inbound.stats();
    }

    // ---- The transport

    /// {@inheritDoc}
    ///
    /// At most `packetsMax` packets are taken off the network, and at most `packetsMax` of those
    /// that have arrived are handed over; the larger number is returned.
    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        receivedAtNanos = monotonicClock.getAsLong();
        flushDue(receivedAtNanos);
        int taken = wrapped.receive(intake, packetsMax);
        int handedOver = inbound.handOverDue(receivedAtNanos, handler, packetsMax);
        // Where the handler has closed the transport, what was taken and not handed over is gone.
        return isOpen() ? Math.max(taken, handedOver) : handedOver;
    }

    private void takeIn(PeerAddress from, ByteBuffer datagram) {
        inbound.take(receivedAtNanos, from, datagram);
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        if (!isOpen() || packet.remaining() > maxPacketBytes()) {
            // It goes nowhere, and the wrapped transport counts why.
            wrapped.send(to, packet);
            return;
        }
        long nowNanos = monotonicClock.getAsLong();
        sendDue(nowNanos);
        outbound.take(nowNanos, to, packet);
        sendDue(nowNanos);
    }

    private int sendDue(long nowNanos) {
        int sent = outbound.handOverDue(nowNanos, toWrapped, Integer.MAX_VALUE);
        while (!releases.isEmpty() && releases.getFirst().dueNanos - nowNanos <= 0) {
            Release due = releases.removeFirst();
            wrapped.release(due.peer, due.reason);
        }
        return sent;
    }

    /// {@inheritDoc}
    ///
    /// What was sent before arrives first: the wrapped transport hears of it as much later as the
    /// longest way takes that a packet has at this moment.
    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        PeerAddress copy = new PeerAddress();
        copy.set(peer);
        LinkConditions conditions = outbound();
        long dueNanos =
                monotonicClock.getAsLong() + conditions.latencyNanos() + conditions.jitterNanos();
        releases.add(new Release(copy, reason, dueNanos));
        flush();
    }

    private record Release(PeerAddress peer, StatedReason reason, long dueNanos) {}

    @Override
    public void flush() {
        sendDue(monotonicClock.getAsLong());
        wrapped.flush();
    }

    /// {@inheritDoc}
    ///
    /// It ends too when a packet under way is due, in either direction; one that was sent has then
    /// left.
    @Override
    public void await(long timeoutNanos) {
        long nowNanos = monotonicClock.getAsLong();
        flushDue(nowNanos);
        long dueNanos = Math.min(inbound.nanosToNext(nowNanos), outbound.nanosToNext(nowNanos));
        if (dueNanos == 0) {
            return;
        }
        wrapped.await(Math.min(timeoutNanos, dueNanos));
        flushDue(monotonicClock.getAsLong());
    }

    private void flushDue(long nowNanos) {
        if (sendDue(nowNanos) > 0) {
            wrapped.flush();
        }
    }

    /// {@inheritDoc}
    ///
    /// It is said as much later as the longest way takes that a packet has at this moment, so that
    /// what came before it arrives before it.
    @Override
    public @Nullable TransportFailure failure(PeerAddress peer) {
        TransportFailure failure = wrapped.failure(peer);
        long nowNanos = monotonicClock.getAsLong();
        if (failure != null && !hasFailed) {
            failedAtNanos = nowNanos;
        }
        hasFailed = failure != null;
        LinkConditions conditions = inbound();
        long lateNanos = conditions.latencyNanos() + conditions.jitterNanos();
        return hasFailed && nowNanos - failedAtNanos >= lateNanos ? failure : null;
    }

    /// {@return what the wrapped transport has moved and dropped; for what became of packets here,
    /// see [#outboundStats()] and [#inboundStats()]}
    @Override
    public TransportStats stats() {
        return wrapped.stats();
    }

    @Override
    public void close() {
        if (isOpen()) {
            outbound.handOverAll(toWrapped);
            wrapped.flush();
        }
        wrapped.close();
        outbound.startAfresh();
        inbound.startAfresh();
        releases.clear();
    }

    @Override
    public String toString() {
        return "ConditionedTransport["
                + wrapped
                + ", seed "
                + seed
                + ", outbound "
                + outbound()
                + ", inbound "
                + inbound()
                + "]";
    }

    /// How a conditioned transport is set up. Each method replaces what was set before and returns
    /// the builder.
    public static final class Builder {
        private final Transport wrapped;
        private long seed = ThreadLocalRandom.current().nextLong();
        private LinkConditions outbound = LinkConditions.NONE;
        private LinkConditions inbound = LinkConditions.NONE;
        private LongSupplier monotonicClock = System::nanoTime;
        private int packetsUnderWayMax = PACKETS_UNDER_WAY_MAX_DEFAULT;

        private Builder(Transport wrapped) {
            this.wrapped = Objects.requireNonNull(wrapped, "wrapped");
        }

        /// Sets what all chance follows from; by default any number, which
        /// [ConditionedTransport#seed()] tells.
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /// Sets what happens to packets that are sent, [LinkConditions#NONE] by default.
        public Builder outbound(LinkConditions conditions) {
            outbound = Objects.requireNonNull(conditions, "outbound");
            return this;
        }

        /// Sets what happens to packets that are received, [LinkConditions#NONE] by default.
        public Builder inbound(LinkConditions conditions) {
            inbound = Objects.requireNonNull(conditions, "inbound");
            return this;
        }

        /// Sets what happens to packets in both directions, in each for itself.
        public Builder conditions(LinkConditions both) {
            Objects.requireNonNull(both, "conditions");
            return outbound(both).inbound(both);
        }

        /// Sets the clock by which packets travel: nanoseconds that never decrease,
        /// `System.nanoTime()` by default. It is read on the thread that uses the transport. On a
        /// clock that is not the real one, [ConditionedTransport#await] still waits in real time.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// Sets how many packets may be under way in each direction,
        /// [ConditionedTransport#PACKETS_UNDER_WAY_MAX_DEFAULT] by default; what comes on top is
        /// dropped and counted. Each takes the memory of a largest packet, from the first time that
        /// so many are under way.
        ///
        /// @throws IllegalArgumentException when it is outside 1..1048576
        public Builder packetsUnderWayMax(int packets) {
            if (packets < 1 || packets > PACKETS_UNDER_WAY_LIMIT) {
                throw new IllegalArgumentException(
                        "packetsUnderWayMax is "
                                + packets
                                + ", but must be from 1 to "
                                + PACKETS_UNDER_WAY_LIMIT
                                + "; the default is "
                                + PACKETS_UNDER_WAY_MAX_DEFAULT);
            }
            packetsUnderWayMax = packets;
            return this;
        }

        /// {@return the transport, not yet open}
        public ConditionedTransport build() {
            return new ConditionedTransport(this);
        }
    }
}
