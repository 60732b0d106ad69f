package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Map;

/// What a client has sent, received and dropped since it was made. A snapshot, which any thread may
/// read. More figures may come with later versions.
public final class ClientStats {
    private final long payloadsOut;
    private final long payloadBytesOut;
    private final long payloadsIn;
    private final long payloadBytesIn;
    private final long payloadsNotQueued;
    private final long updatesAtLimit;
    private final Map<Drop, Long> drops;
    private final TransportStats transport;

    private ClientStats(Builder builder) {
        payloadsOut = builder.payloadsOut;
        payloadBytesOut = builder.payloadBytesOut;
        payloadsIn = builder.payloadsIn;
        payloadBytesIn = builder.payloadBytesIn;
        payloadsNotQueued = builder.payloadsNotQueued;
        updatesAtLimit = builder.updatesAtLimit;
        drops = ServerStats.copyOf(builder.drops);
        transport = builder.transport;
    }

    /// {@return a builder in which nothing has happened}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return how many payloads were handed to the transport}
    public long payloadsOut() {
        return payloadsOut;
    }

    /// {@return the bytes of those payloads}
    public long payloadBytesOut() {
        return payloadBytesOut;
    }

    /// {@return how many payloads were received and put into the queue for [NetClient#receive]}
    public long payloadsIn() {
        return payloadsIn;
    }

    /// {@return the bytes of those payloads}
    public long payloadBytesIn() {
        return payloadBytesIn;
    }

    /// {@return how many payloads were received, and dropped because that queue was full}
    public long payloadsNotQueued() {
        return payloadsNotQueued;
    }

    /// {@return how many updates met more packets than one takes (`packetsPerUpdateMax`), or a
    /// transport's messages}
    public long updatesAtLimit() {
        return updatesAtLimit;
    }

    /// {@return how many packets were dropped, by reason; only reasons that occurred}
    public Map<Drop, Long> drops() {
        return drops;
    }

    /// {@return what the transport has moved and dropped}
    public TransportStats transport() {
        return transport;
    }

    @Override
    public String toString() {
        return "ClientStats["
                + "payloadsOut="
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
                + transport
                + "]";
    }

    /// Collects what a kind of connection knows; also for tests of games. Each method replaces what
    /// was set before and returns the builder.
    public static final class Builder {
        private long payloadsOut = 0;
        private long payloadBytesOut = 0;
        private long payloadsIn = 0;
        private long payloadBytesIn = 0;
        private long payloadsNotQueued = 0;
        private long updatesAtLimit = 0;
        private Map<Drop, Long> drops = Map.of();
        private TransportStats transport = TransportStats.NONE;

        private Builder() {}

        /// Sets [ClientStats#payloadsOut()].
        public Builder payloadsOut(long payloadsOut) {
            this.payloadsOut = payloadsOut;
            return this;
        }

        /// Sets [ClientStats#payloadBytesOut()].
        public Builder payloadBytesOut(long payloadBytesOut) {
            this.payloadBytesOut = payloadBytesOut;
            return this;
        }

        /// Sets [ClientStats#payloadsIn()].
        public Builder payloadsIn(long payloadsIn) {
            this.payloadsIn = payloadsIn;
            return this;
        }

        /// Sets [ClientStats#payloadBytesIn()].
        public Builder payloadBytesIn(long payloadBytesIn) {
            this.payloadBytesIn = payloadBytesIn;
            return this;
        }

        /// Sets [ClientStats#payloadsNotQueued()].
        public Builder payloadsNotQueued(long payloadsNotQueued) {
            this.payloadsNotQueued = payloadsNotQueued;
            return this;
        }

        /// Sets [ClientStats#updatesAtLimit()].
        public Builder updatesAtLimit(long updatesAtLimit) {
            this.updatesAtLimit = updatesAtLimit;
            return this;
        }

        /// Sets [ClientStats#drops()].
        public Builder drops(Map<Drop, Long> drops) {
            this.drops = drops;
            return this;
        }

        /// Sets [ClientStats#transport()].
        public Builder transport(TransportStats transport) {
            this.transport = transport;
            return this;
        }

        /// {@return the snapshot}
        public ClientStats build() {
            return new ClientStats(this);
        }
    }
}
