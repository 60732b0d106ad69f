package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a client or a server has sent, received and dropped. A snapshot, which any thread may read.
/// More figures may come with later versions.
public abstract sealed class TrafficStats permits ClientStats, ServerStats {
    private final long payloadsOut;
    private final long payloadBytesOut;
    private final long payloadsIn;
    private final long payloadBytesIn;
    private final long payloadsNotQueued;
    private final long updatesAtLimit;
    private final Map<Drop, Long> drops;
    private final TransportStats transport;

    TrafficStats(Builder<?> builder) {
        payloadsOut = builder.payloadsOut;
        payloadBytesOut = builder.payloadBytesOut;
        payloadsIn = builder.payloadsIn;
        payloadBytesIn = builder.payloadBytesIn;
        payloadsNotQueued = builder.payloadsNotQueued;
        updatesAtLimit = builder.updatesAtLimit;
        drops = copyOf(builder.drops);
        transport = builder.transport;
    }

    /// {@return the same counts, which nobody can change, in the order of the reasons}
    private static Map<Drop, Long> copyOf(Map<Drop, Long> drops) {
        Map<Drop, Long> copy = new EnumMap<>(Drop.class);
        copy.putAll(drops);
        return Collections.unmodifiableMap(copy);
    }

    /// {@return how many payloads were handed to the transport}
    public final long payloadsOut() {
        return payloadsOut;
    }

    /// {@return the bytes of those payloads}
    public final long payloadBytesOut() {
        return payloadBytesOut;
    }

    /// {@return how many payloads were received and put into the queue for the application}
    public final long payloadsIn() {
        return payloadsIn;
    }

    /// {@return the bytes of those payloads}
    public final long payloadBytesIn() {
        return payloadBytesIn;
    }

    /// {@return how many payloads were received, and dropped because that queue was full; over a
    /// kind of connection that is not Hawser's, also those of an impossible size}
    public final long payloadsNotQueued() {
        return payloadsNotQueued;
    }

    /// {@return how many updates met more packets than one takes (`packetsPerUpdateMax`), or a
    /// transport's messages}
    public final long updatesAtLimit() {
        return updatesAtLimit;
    }

    /// {@return how many packets were dropped, by reason; only reasons that occurred}
    public final Map<Drop, Long> drops() {
        return drops;
    }

    /// {@return what the transport has moved and dropped}
    public final TransportStats transport() {
        return transport;
    }

    /// {@return these figures with their names, for `toString`}
    final String figures() {
        return "payloadsOut="
                + payloadsOut
                + ", payloadBytesOut="
                + payloadBytesOut
                + ", payloadsIn="
                + payloadsIn
                + ", payloadBytesIn="
                + payloadBytesIn
                + ", payloadsNotQueued="
                + payloadsNotQueued
                + ", updatesAtLimit="
                + updatesAtLimit
                + ", drops="
                + drops
                + ", transport="
                + transport;
    }

    /// Collects what a kind of connection knows; also for tests of games. Each method replaces what
    /// was set before and returns the builder.
    ///
    /// @param <B> the builder itself
    public abstract static sealed class Builder<B extends Builder<B>>
            permits ClientStats.Builder, ServerStats.Builder {
        private long payloadsOut = 0;
        private long payloadBytesOut = 0;
        private long payloadsIn = 0;
        private long payloadBytesIn = 0;
        private long payloadsNotQueued = 0;
        private long updatesAtLimit = 0;
        private Map<Drop, Long> drops = Map.of();
        private TransportStats transport = TransportStats.NONE;

        Builder() {}

        abstract B self();

        /// Sets [TrafficStats#payloadsOut()].
        public final B payloadsOut(long payloadsOut) {
            this.payloadsOut = payloadsOut;
            return self();
        }

        /// Sets [TrafficStats#payloadBytesOut()].
        public final B payloadBytesOut(long payloadBytesOut) {
            this.payloadBytesOut = payloadBytesOut;
            return self();
        }

        /// Sets [TrafficStats#payloadsIn()].
        public final B payloadsIn(long payloadsIn) {
            this.payloadsIn = payloadsIn;
            return self();
        }

        /// Sets [TrafficStats#payloadBytesIn()].
        public final B payloadBytesIn(long payloadBytesIn) {
            this.payloadBytesIn = payloadBytesIn;
            return self();
        }

        /// Sets [TrafficStats#payloadsNotQueued()].
        public final B payloadsNotQueued(long payloadsNotQueued) {
            this.payloadsNotQueued = payloadsNotQueued;
            return self();
        }

        /// Sets [TrafficStats#updatesAtLimit()].
        public final B updatesAtLimit(long updatesAtLimit) {
            this.updatesAtLimit = updatesAtLimit;
            return self();
        }

        /// Sets [TrafficStats#drops()].
        public final B drops(Map<Drop, Long> drops) {
            this.drops = drops;
            return self();
        }

        /// Sets [TrafficStats#transport()].
        public final B transport(TransportStats transport) {
            this.transport = transport;
            return self();
        }
    }
}
