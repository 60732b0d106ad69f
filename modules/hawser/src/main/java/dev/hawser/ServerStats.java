package dev.hawser;

import dev.hawser.protocol.Drop;
import dev.hawser.transport.TransportStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// What a server has sent, received and dropped. A snapshot, which any thread may read; counts of
/// packets begin with the last start, those of payloads and of the transport with the server. More
/// figures may come with later versions.
public final class ServerStats {
    private final int maxClients;
    private final int connectedClients;
    private final int pendingConnections;
    private final int rememberedTokens;
    private final long deniedConnections;
    private final Map<Integer, Long> refusals;
    private final long payloadsOut;
    private final long payloadBytesOut;
    private final long payloadsIn;
    private final long payloadBytesIn;
    private final long payloadsNotQueued;
    private final long updatesAtLimit;
    private final Map<Drop, Long> drops;
    private final TransportStats transport;

    private ServerStats(Builder builder) {
        maxClients = builder.maxClients;
        connectedClients = builder.connectedClients;
        pendingConnections = builder.pendingConnections;
        rememberedTokens = builder.rememberedTokens;
        deniedConnections = builder.deniedConnections;
        refusals = Map.copyOf(builder.refusals);
        payloadsOut = builder.payloadsOut;
        payloadBytesOut = builder.payloadBytesOut;
        payloadsIn = builder.payloadsIn;
        payloadBytesIn = builder.payloadBytesIn;
        payloadsNotQueued = builder.payloadsNotQueued;
        updatesAtLimit = builder.updatesAtLimit;
        drops = copyOf(builder.drops);
        transport = builder.transport;
    }

    /// {@return a builder in which nothing has happened}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return the number of slots}
    public int maxClients() {
        return maxClients;
    }

    /// {@return how many of them are taken}
    public int connectedClients() {
        return connectedClients;
    }

    /// {@return how many connections are being made}
    public int pendingConnections() {
        return pendingConnections;
    }

    /// {@return how many connect tokens are remembered until they expire}
    public int rememberedTokens() {
        return rememberedTokens;
    }

    /// {@return how many times a client was told that it is denied}
    public long deniedConnections() {
        return deniedConnections;
    }

    /// {@return how many newcomers the application has refused since the server was made, by the
    /// code that they were told: [dev.hawser.protocol.StatedReason#BANNED] and the others}
    public Map<Integer, Long> refusals() {
        return refusals;
    }

    /// {@return how many payloads were handed to the transport}
    public long payloadsOut() {
        return payloadsOut;
    }

    /// {@return the bytes of those payloads}
    public long payloadBytesOut() {
        return payloadBytesOut;
    }

    /// {@return how many payloads were received and put into the queue for [NetServer#receive]}
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

    /// {@return what two servers have together}
    ///
    /// @param other a server that shares its memory of tokens with this one, if both remember any
    public ServerStats plus(ServerStats other) {
        return builder()
                .maxClients(maxClients + other.maxClients)
                .connectedClients(connectedClients + other.connectedClients)
                .pendingConnections(pendingConnections + other.pendingConnections)
                .rememberedTokens(Math.max(rememberedTokens, other.rememberedTokens))
                .deniedConnections(deniedConnections + other.deniedConnections)
                .refusals(sum(refusals, other.refusals))
                .payloadsOut(payloadsOut + other.payloadsOut)
                .payloadBytesOut(payloadBytesOut + other.payloadBytesOut)
                .payloadsIn(payloadsIn + other.payloadsIn)
                .payloadBytesIn(payloadBytesIn + other.payloadBytesIn)
                .payloadsNotQueued(payloadsNotQueued + other.payloadsNotQueued)
                .updatesAtLimit(updatesAtLimit + other.updatesAtLimit)
                .drops(sum(drops, other.drops))
                .transport(transport.plus(other.transport))
                .build();
    }

    private static <K> Map<K, Long> sum(Map<K, Long> some, Map<K, Long> others) {
        Map<K, Long> sum = new HashMap<>(some);
        others.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return sum;
    }

    /// {@return the same counts, which nobody can change, in the order of the reasons}
    static Map<Drop, Long> copyOf(Map<Drop, Long> drops) {
        Map<Drop, Long> copy = new EnumMap<>(Drop.class);
        copy.putAll(drops);
        return Collections.unmodifiableMap(copy);
    }

    @Override
    public String toString() {
        return "ServerStats["
                + "maxClients="
                + maxClients
                + ", connectedClients="
                + connectedClients
                + ", pendingConnections="
                + pendingConnections
                + ", rememberedTokens="
                + rememberedTokens
                + ", deniedConnections="
                + deniedConnections
                + ", refusals="
                + refusals
                + ", payloadsOut="
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
        private int maxClients = 0;
        private int connectedClients = 0;
        private int pendingConnections = 0;
        private int rememberedTokens = 0;
        private long deniedConnections = 0;
        private Map<Integer, Long> refusals = Map.of();
        private long payloadsOut = 0;
        private long payloadBytesOut = 0;
        private long payloadsIn = 0;
        private long payloadBytesIn = 0;
        private long payloadsNotQueued = 0;
        private long updatesAtLimit = 0;
        private Map<Drop, Long> drops = Map.of();
        private TransportStats transport = TransportStats.NONE;

        private Builder() {}

        /// Sets [ServerStats#maxClients()].
        public Builder maxClients(int maxClients) {
            this.maxClients = maxClients;
            return this;
        }

        /// Sets [ServerStats#connectedClients()].
        public Builder connectedClients(int connectedClients) {
            this.connectedClients = connectedClients;
            return this;
        }

        /// Sets [ServerStats#pendingConnections()].
        public Builder pendingConnections(int pendingConnections) {
            this.pendingConnections = pendingConnections;
            return this;
        }

        /// Sets [ServerStats#rememberedTokens()].
        public Builder rememberedTokens(int rememberedTokens) {
            this.rememberedTokens = rememberedTokens;
            return this;
        }

        /// Sets [ServerStats#deniedConnections()].
        public Builder deniedConnections(long deniedConnections) {
            this.deniedConnections = deniedConnections;
            return this;
        }

        /// Sets [ServerStats#refusals()].
        public Builder refusals(Map<Integer, Long> refusals) {
            this.refusals = refusals;
            return this;
        }

        /// Sets [ServerStats#payloadsOut()].
        public Builder payloadsOut(long payloadsOut) {
            this.payloadsOut = payloadsOut;
            return this;
        }

        /// Sets [ServerStats#payloadBytesOut()].
        public Builder payloadBytesOut(long payloadBytesOut) {
            this.payloadBytesOut = payloadBytesOut;
            return this;
        }

        /// Sets [ServerStats#payloadsIn()].
        public Builder payloadsIn(long payloadsIn) {
            this.payloadsIn = payloadsIn;
            return this;
        }

        /// Sets [ServerStats#payloadBytesIn()].
        public Builder payloadBytesIn(long payloadBytesIn) {
            this.payloadBytesIn = payloadBytesIn;
            return this;
        }

        /// Sets [ServerStats#payloadsNotQueued()].
        public Builder payloadsNotQueued(long payloadsNotQueued) {
            this.payloadsNotQueued = payloadsNotQueued;
            return this;
        }

        /// Sets [ServerStats#updatesAtLimit()].
        public Builder updatesAtLimit(long updatesAtLimit) {
            this.updatesAtLimit = updatesAtLimit;
            return this;
        }

        /// Sets [ServerStats#drops()].
        public Builder drops(Map<Drop, Long> drops) {
            this.drops = drops;
            return this;
        }

        /// Sets [ServerStats#transport()].
        public Builder transport(TransportStats transport) {
            this.transport = transport;
            return this;
        }

        /// {@return the snapshot}
        public ServerStats build() {
            return new ServerStats(this);
        }
    }
}
