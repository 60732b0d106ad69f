package dev.hawser;

import java.util.Objects;
import java.util.OptionalDouble;

/// What a connection that measures the network itself says of it. A snapshot, a second old at most.
/// More figures may come with later versions.
public final class LinkStatus {
    private final int pingMillis;
    private final OptionalDouble qualityHere;
    private final OptionalDouble qualityThere;
    private final double packetsOutPerSecond;
    private final double bytesOutPerSecond;
    private final double packetsInPerSecond;
    private final double bytesInPerSecond;
    private final int sendRateBytesPerSecond;
    private final int pendingUnreliableBytes;
    private final int pendingReliableBytes;
    private final int unacknowledgedBytes;
    private final long queueNanos;

    private LinkStatus(Builder builder) {
        pingMillis = builder.pingMillis;
        qualityHere = builder.qualityHere;
        qualityThere = builder.qualityThere;
        packetsOutPerSecond = builder.packetsOutPerSecond;
        bytesOutPerSecond = builder.bytesOutPerSecond;
        packetsInPerSecond = builder.packetsInPerSecond;
        bytesInPerSecond = builder.bytesInPerSecond;
        sendRateBytesPerSecond = builder.sendRateBytesPerSecond;
        pendingUnreliableBytes = builder.pendingUnreliableBytes;
        pendingReliableBytes = builder.pendingReliableBytes;
        unacknowledgedBytes = builder.unacknowledgedBytes;
        queueNanos = builder.queueNanos;
    }

    /// {@return a builder in which nothing is known}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return there and back, in milliseconds; less than 0 where it is not known}
    public int pingMillis() {
        return pingMillis;
    }

    /// {@return the share of packets that arrive here in order, from 0 to 1; empty until it is
    /// known}
    public OptionalDouble qualityHere() {
        return qualityHere;
    }

    /// {@return the same, as the other side sees it}
    public OptionalDouble qualityThere() {
        return qualityThere;
    }

    /// {@return how many packets were sent of late, each second}
    public double packetsOutPerSecond() {
        return packetsOutPerSecond;
    }

    /// {@return the bytes of those packets}
    public double bytesOutPerSecond() {
        return bytesOutPerSecond;
    }

    /// {@return how many packets were received of late, each second}
    public double packetsInPerSecond() {
        return packetsInPerSecond;
    }

    /// {@return the bytes of those packets}
    public double bytesInPerSecond() {
        return bytesInPerSecond;
    }

    /// {@return how much may be sent, as far as the connection believes}
    public int sendRateBytesPerSecond() {
        return sendRateBytesPerSecond;
    }

    /// {@return how much of unreliable payloads is handed over and not yet sent}
    public int pendingUnreliableBytes() {
        return pendingUnreliableBytes;
    }

    /// {@return the same of reliable ones, with what has to be sent again}
    public int pendingReliableBytes() {
        return pendingReliableBytes;
    }

    /// {@return how much of reliable payloads is sent and not yet acknowledged}
    public int unacknowledgedBytes() {
        return unacknowledgedBytes;
    }

    /// {@return how long a payload would wait that was sent at that moment, in nanoseconds}
    public long queueNanos() {
        return queueNanos;
    }

    @Override
    public String toString() {
        return "LinkStatus[pingMillis="
                + pingMillis
                + ", qualityHere="
                + qualityHere
                + ", qualityThere="
                + qualityThere
                + ", packetsOutPerSecond="
                + packetsOutPerSecond
                + ", bytesOutPerSecond="
                + bytesOutPerSecond
                + ", packetsInPerSecond="
                + packetsInPerSecond
                + ", bytesInPerSecond="
                + bytesInPerSecond
                + ", sendRateBytesPerSecond="
                + sendRateBytesPerSecond
                + ", pendingUnreliableBytes="
                + pendingUnreliableBytes
                + ", pendingReliableBytes="
                + pendingReliableBytes
                + ", unacknowledgedBytes="
                + unacknowledgedBytes
                + ", queueNanos="
                + queueNanos
                + "]";
    }

    /// Collects a snapshot; also for tests of games. Each method replaces what was set before and
    /// returns the builder.
    public static final class Builder {
        private int pingMillis;
        private OptionalDouble qualityHere = OptionalDouble.empty();
        private OptionalDouble qualityThere = OptionalDouble.empty();
        private double packetsOutPerSecond;
        private double bytesOutPerSecond;
        private double packetsInPerSecond;
        private double bytesInPerSecond;
        private int sendRateBytesPerSecond;
        private int pendingUnreliableBytes;
        private int pendingReliableBytes;
        private int unacknowledgedBytes;
        private long queueNanos;

        private Builder() {}

        /// Sets [LinkStatus#pingMillis()].
        public Builder pingMillis(int pingMillis) {
            this.pingMillis = pingMillis;
            return this;
        }

        /// Sets [LinkStatus#qualityHere()].
        public Builder qualityHere(OptionalDouble qualityHere) {
            this.qualityHere = Objects.requireNonNull(qualityHere, "qualityHere");
            return this;
        }

        /// Sets [LinkStatus#qualityThere()].
        public Builder qualityThere(OptionalDouble qualityThere) {
            this.qualityThere = Objects.requireNonNull(qualityThere, "qualityThere");
            return this;
        }

        /// Sets [LinkStatus#packetsOutPerSecond()].
        public Builder packetsOutPerSecond(double packetsOutPerSecond) {
            this.packetsOutPerSecond = packetsOutPerSecond;
            return this;
        }

        /// Sets [LinkStatus#bytesOutPerSecond()].
        public Builder bytesOutPerSecond(double bytesOutPerSecond) {
            this.bytesOutPerSecond = bytesOutPerSecond;
            return this;
        }

        /// Sets [LinkStatus#packetsInPerSecond()].
        public Builder packetsInPerSecond(double packetsInPerSecond) {
            this.packetsInPerSecond = packetsInPerSecond;
            return this;
        }

        /// Sets [LinkStatus#bytesInPerSecond()].
        public Builder bytesInPerSecond(double bytesInPerSecond) {
            this.bytesInPerSecond = bytesInPerSecond;
            return this;
        }

        /// Sets [LinkStatus#sendRateBytesPerSecond()].
        public Builder sendRateBytesPerSecond(int sendRateBytesPerSecond) {
            this.sendRateBytesPerSecond = sendRateBytesPerSecond;
            return this;
        }

        /// Sets [LinkStatus#pendingUnreliableBytes()].
        public Builder pendingUnreliableBytes(int pendingUnreliableBytes) {
            this.pendingUnreliableBytes = pendingUnreliableBytes;
            return this;
        }

        /// Sets [LinkStatus#pendingReliableBytes()].
        public Builder pendingReliableBytes(int pendingReliableBytes) {
            this.pendingReliableBytes = pendingReliableBytes;
            return this;
        }

        /// Sets [LinkStatus#unacknowledgedBytes()].
        public Builder unacknowledgedBytes(int unacknowledgedBytes) {
            this.unacknowledgedBytes = unacknowledgedBytes;
            return this;
        }

        /// Sets [LinkStatus#queueNanos()].
        public Builder queueNanos(long queueNanos) {
            this.queueNanos = queueNanos;
            return this;
        }

        /// {@return the snapshot}
        public LinkStatus build() {
            return new LinkStatus(this);
        }
    }
}
