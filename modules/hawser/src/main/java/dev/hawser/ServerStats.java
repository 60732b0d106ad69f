package dev.hawser;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// What a server has sent, received and dropped. A snapshot, which any thread may read; counts of
/// packets begin with the last start, those of payloads and of the transport with the server. More
/// figures may come with later versions.
public final class ServerStats extends TrafficStats {
    private final int maxClients;
    private final int connectedClients;
    private final int suspendedClients;
    private final int pendingConnections;
    private final int rememberedTokens;
    private final long deniedConnections;
    private final Map<Integer, Long> refusals;

    private ServerStats(Builder builder) {
        super(builder);
        maxClients = builder.maxClients;
        connectedClients = builder.connectedClients;
        suspendedClients = builder.suspendedClients;
        pendingConnections = builder.pendingConnections;
        rememberedTokens = builder.rememberedTokens;
        deniedConnections = builder.deniedConnections;
        refusals = Map.copyOf(builder.refusals);
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

    /// {@return how many slots are kept for clients that fell silent ([ServerHandler#onSuspend])}
    public int suspendedClients() {
        return suspendedClients;
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

    /// {@return what two servers have together}
    ///
    /// @param other a server that shares its memory of tokens with this one, if both remember any
    public ServerStats plus(ServerStats other) {
        return builder()
                .maxClients(maxClients + other.maxClients)
                .connectedClients(connectedClients + other.connectedClients)
                .suspendedClients(suspendedClients + other.suspendedClients)
                .pendingConnections(pendingConnections + other.pendingConnections)
                .rememberedTokens(Math.max(rememberedTokens, other.rememberedTokens))
                .deniedConnections(deniedConnections + other.deniedConnections)
                .refusals(sum(refusals, other.refusals))
                .payloadsOut(payloadsOut() + other.payloadsOut())
                .payloadBytesOut(payloadBytesOut() + other.payloadBytesOut())
                .payloadsIn(payloadsIn() + other.payloadsIn())
                .payloadBytesIn(payloadBytesIn() + other.payloadBytesIn())
                .payloadsNotQueued(payloadsNotQueued() + other.payloadsNotQueued())
                .updatesAtLimit(updatesAtLimit() + other.updatesAtLimit())
                .drops(sum(drops(), other.drops()))
                .transport(transport().plus(other.transport()))
                .build();
    }

    private static <K> Map<K, Long> sum(Map<K, Long> some, Map<K, Long> others) {
        Map<K, Long> sum = new HashMap<>(some);
        others.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return sum;
    }

    @Override
    public String toString() {
        return "ServerStats["
                + "maxClients="
                + maxClients
                + ", connectedClients="
                + connectedClients
                + ", suspendedClients="
                + suspendedClients
                + ", pendingConnections="
                + pendingConnections
                + ", rememberedTokens="
                + rememberedTokens
                + ", deniedConnections="
                + deniedConnections
                + ", refusals="
                + refusals
                + ", "
                + figures()
                + "]";
    }

    /// Collects what a kind of connection knows; also for tests of games. Each method replaces what
    /// was set before and returns the builder.
    public static final class Builder extends TrafficStats.Builder<Builder> {
        private int maxClients = 0;
        private int connectedClients = 0;
        private int suspendedClients = 0;
        private int pendingConnections = 0;
        private int rememberedTokens = 0;
        private long deniedConnections = 0;
        private Map<Integer, Long> refusals = Map.of();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /// Sets [ServerStats#maxClients()].
        public Builder maxClients(int maxClients) {
            this.maxClients = maxClients;
            return this;
        }

        /// Sets [ServerStats#suspendedClients()].
        public Builder suspendedClients(int suspendedClients) {
            this.suspendedClients = suspendedClients;
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
            this.refusals = Objects.requireNonNull(refusals, "refusals");
            return this;
        }

        /// {@return the snapshot}
        public ServerStats build() {
            return new ServerStats(this);
        }
    }
}
