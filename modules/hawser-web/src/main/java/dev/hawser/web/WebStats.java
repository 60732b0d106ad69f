package dev.hawser.web;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// What a web transport knows besides [dev.hawser.transport.TransportStats]. A snapshot. More
/// figures may come with later versions.
public final class WebStats {
    private final int sessions;
    private final int connections;
    private final long sessionsOpened;
    private final Map<SessionRefusal, Long> refusals;
    private final Map<SessionCut, Long> cuts;
    private final Map<WebDrop, Long> drops;
    private final long addressChecks;
    private final long protocolErrors;
    private final long queueBytes;
    private final long networkBytes;

    private WebStats(Builder builder) {
        sessions = builder.sessions;
        connections = builder.connections;
        sessionsOpened = builder.sessionsOpened;
        refusals = copy(SessionRefusal.class, builder.refusals);
        cuts = copy(SessionCut.class, builder.cuts);
        drops = copy(WebDrop.class, builder.drops);
        addressChecks = builder.addressChecks;
        protocolErrors = builder.protocolErrors;
        queueBytes = builder.queueBytes;
        networkBytes = builder.networkBytes;
    }

    /// {@return a builder in which nothing is known}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return how many sessions are open at this moment}
    public int sessions() {
        return sessions;
    }

    /// {@return how many connections of the network are open at this moment, with those that have
    /// no session}
    public int connections() {
        return connections;
    }

    /// {@return how many sessions were opened since the transport was made}
    public long sessionsOpened() {
        return sessionsOpened;
    }

    /// {@return how many sessions were not opened, by reason; only reasons that occurred}
    public Map<SessionRefusal, Long> refusals() {
        return refusals;
    }

    /// {@return how many sessions and connections the server ended and their peers did not, by
    /// reason; only reasons that occurred}
    public Map<SessionCut, Long> cuts() {
        return cuts;
    }

    /// {@return how many packets were dropped, by reason; only reasons that occurred}
    public Map<WebDrop, Long> drops() {
        return drops;
    }

    /// {@return how often somebody had to prove its address before a WebTransport server kept
    /// anything of it, since many connections were half open: one more round trip for an honest
    /// peer}
    public long addressChecks() {
        return addressChecks;
    }

    /// {@return how many connections and streams broke the rules of their protocol, or broke off}
    public long protocolErrors() {
        return protocolErrors;
    }

    /// {@return the memory of the queues between the owner's thread and the network's}
    public long queueBytes() {
        return queueBytes;
    }

    /// {@return the memory outside the heap that Netty's buffers take in this process}
    public long networkBytes() {
        return networkBytes;
    }

    private static <E extends Enum<E>> Map<E, Long> copy(Class<E> type, Map<E, Long> counts) {
        Map<E, Long> copy = new EnumMap<>(type);
        copy.putAll(counts);
        return Collections.unmodifiableMap(copy);
    }

    /// {@return how many packets were dropped, for whatever reason}
    public long packetsDropped() {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
        return "WebStats[sessions="
                + sessions
                + ", connections="
                + connections
                + ", sessionsOpened="
                + sessionsOpened
                + ", refusals="
                + refusals
                + ", cuts="
                + cuts
                + ", drops="
                + drops
                + ", addressChecks="
                + addressChecks
                + ", protocolErrors="
                + protocolErrors
                + ", queueBytes="
                + queueBytes
                + ", networkBytes="
                + networkBytes
                + "]";
    }

    /// Collects a snapshot; also for tests of games. Each method replaces what was set before and
    /// returns the builder.
    public static final class Builder {
        private int sessions;
        private int connections;
        private long sessionsOpened;
        private Map<SessionRefusal, Long> refusals = Map.of();
        private Map<SessionCut, Long> cuts = Map.of();
        private Map<WebDrop, Long> drops = Map.of();
        private long addressChecks;
        private long protocolErrors;
        private long queueBytes;
        private long networkBytes;

        private Builder() {}

        /// Sets [WebStats#sessions()].
        public Builder sessions(int sessions) {
            this.sessions = sessions;
            return this;
        }

        /// Sets [WebStats#connections()].
        public Builder connections(int connections) {
            this.connections = connections;
            return this;
        }

        /// Sets [WebStats#sessionsOpened()].
        public Builder sessionsOpened(long sessionsOpened) {
            this.sessionsOpened = sessionsOpened;
            return this;
        }

        /// Sets [WebStats#refusals()].
        public Builder refusals(Map<SessionRefusal, Long> refusals) {
            this.refusals = Objects.requireNonNull(refusals, "refusals");
            return this;
        }

        /// Sets [WebStats#cuts()].
        public Builder cuts(Map<SessionCut, Long> cuts) {
            this.cuts = Objects.requireNonNull(cuts, "cuts");
            return this;
        }

        /// Sets [WebStats#drops()].
        public Builder drops(Map<WebDrop, Long> drops) {
            this.drops = Objects.requireNonNull(drops, "drops");
            return this;
        }

        /// Sets [WebStats#addressChecks()].
        public Builder addressChecks(long addressChecks) {
            this.addressChecks = addressChecks;
            return this;
        }

        /// Sets [WebStats#protocolErrors()].
        public Builder protocolErrors(long protocolErrors) {
            this.protocolErrors = protocolErrors;
            return this;
        }

        /// Sets [WebStats#queueBytes()].
        public Builder queueBytes(long queueBytes) {
            this.queueBytes = queueBytes;
            return this;
        }

        /// Sets [WebStats#networkBytes()].
        public Builder networkBytes(long networkBytes) {
            this.networkBytes = networkBytes;
            return this;
        }

        /// {@return the snapshot}
        public WebStats build() {
            return new WebStats(this);
        }
    }
}
