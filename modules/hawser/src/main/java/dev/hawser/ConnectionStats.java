package dev.hawser;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What one connection has moved, and how good it is. A snapshot, which any thread may read. More
/// figures may come with later versions.
///
/// What was never measured is empty, and nothing is guessed. netcode itself acknowledges nothing,
/// so that only what comes in can be judged. Between two peers that are both Hawser's, over a
/// connection that survives a changed address, the two sides tell each other the rest, twice a
/// second and without the game's help.
public final class ConnectionStats {
    private final long packetsIn;
    private final long bytesIn;
    private final long packetsOut;
    private final long bytesOut;
    private final long payloadsIn;
    private final long payloadsOut;
    private final long payloadsNotQueued;
    private final OptionalDouble inboundLoss;
    private final OptionalDouble outboundLoss;
    private final OptionalLong jitterNanos;
    private final OptionalLong roundTripNanos;
    private final Optional<LinkStatus> link;

    private ConnectionStats(Builder builder) {
        packetsIn = builder.packetsIn;
        bytesIn = builder.bytesIn;
        packetsOut = builder.packetsOut;
        bytesOut = builder.bytesOut;
        payloadsIn = builder.payloadsIn;
        payloadsOut = builder.payloadsOut;
        payloadsNotQueued = builder.payloadsNotQueued;
        inboundLoss = builder.inboundLoss;
        outboundLoss = builder.outboundLoss;
        jitterNanos = builder.jitterNanos;
        roundTripNanos = builder.roundTripNanos;
        link = builder.link;
    }

    /// {@return a builder in which nothing has happened}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return how many authentic packets were received, keep-alives included}
    public long packetsIn() {
        return packetsIn;
    }

    /// {@return the bytes of those packets, without the headers of the layers below}
    public long bytesIn() {
        return bytesIn;
    }

    /// {@return how many packets were sent, keep-alives included}
    public long packetsOut() {
        return packetsOut;
    }

    /// {@return the bytes of those packets, without the headers of the layers below}
    public long bytesOut() {
        return bytesOut;
    }

    /// {@return how many payloads were received and put into the queue for the application}
    public long payloadsIn() {
        return payloadsIn;
    }

    /// {@return how many payloads were handed to the transport}
    public long payloadsOut() {
        return payloadsOut;
    }

    /// {@return how many payloads were received and dropped, because the queue was full or this
    /// client had as much waiting as it may}
    public long payloadsNotQueued() {
        return payloadsNotQueued;
    }

    /// {@return how many of the packets that were sent to this side did not arrive, from 0 to 1,
    /// over the last one or two hundred, told by the gaps in their numbers}
    public OptionalDouble inboundLoss() {
        return inboundLoss;
    }

    /// {@return how many of the packets that this side sent did not arrive, from 0 to 1, over the
    /// last one or two hundred, as the other side tells; empty where it does not tell, as peers
    /// that are not Hawser's}
    public OptionalDouble outboundLoss() {
        return outboundLoss;
    }

    /// {@return how unevenly packets arrive: the smoothed difference of the intervals from their
    /// mean, with the sender's own unevenness and the grain of this side's updates in it}
    public OptionalLong jitterNanos() {
        return jitterNanos;
    }

    /// {@return there and back, smoothed, without the time that the other side held the answer:
    /// from what two of Hawser's peers tell each other. With any other peer it comes at a client
    /// from the handshake, where it was certain which packet answered which. What the game reports
    /// of its own echoes counts in either case}
    public OptionalLong roundTripNanos() {
        return roundTripNanos;
    }

    /// {@return what a connection knows besides that has its own view of the network, as those of
    /// Steam do}
    public Optional<LinkStatus> link() {
        return link;
    }

    @Override
    public String toString() {
        return "ConnectionStats["
                + "packetsIn="
                + packetsIn
                + ", bytesIn="
                + bytesIn
                + ", packetsOut="
                + packetsOut
                + ", bytesOut="
                + bytesOut
                + ", payloadsIn="
                + payloadsIn
                + ", payloadsOut="
                + payloadsOut
                + ", payloadsNotQueued="
                + payloadsNotQueued
                + ", inboundLoss="
                + inboundLoss
                + ", outboundLoss="
                + outboundLoss
                + ", jitterNanos="
                + jitterNanos
                + ", roundTripNanos="
                + roundTripNanos
                + ", link="
                + link
                + "]";
    }

    /// Collects what a kind of connection knows; also for tests of games. Each method replaces what
    /// was set before and returns the builder.
    public static final class Builder {
        private long packetsIn = 0;
        private long bytesIn = 0;
        private long packetsOut = 0;
        private long bytesOut = 0;
        private long payloadsIn = 0;
        private long payloadsOut = 0;
        private long payloadsNotQueued = 0;
        private OptionalDouble inboundLoss = OptionalDouble.empty();
        private OptionalDouble outboundLoss = OptionalDouble.empty();
        private OptionalLong jitterNanos = OptionalLong.empty();
        private OptionalLong roundTripNanos = OptionalLong.empty();
        private Optional<LinkStatus> link = Optional.empty();

        private Builder() {}

        /// Sets [ConnectionStats#packetsIn()].
        public Builder packetsIn(long packetsIn) {
            this.packetsIn = packetsIn;
            return this;
        }

        /// Sets [ConnectionStats#bytesIn()].
        public Builder bytesIn(long bytesIn) {
            this.bytesIn = bytesIn;
            return this;
        }

        /// Sets [ConnectionStats#packetsOut()].
        public Builder packetsOut(long packetsOut) {
            this.packetsOut = packetsOut;
            return this;
        }

        /// Sets [ConnectionStats#bytesOut()].
        public Builder bytesOut(long bytesOut) {
            this.bytesOut = bytesOut;
            return this;
        }

        /// Sets [ConnectionStats#payloadsIn()].
        public Builder payloadsIn(long payloadsIn) {
            this.payloadsIn = payloadsIn;
            return this;
        }

        /// Sets [ConnectionStats#payloadsOut()].
        public Builder payloadsOut(long payloadsOut) {
            this.payloadsOut = payloadsOut;
            return this;
        }

        /// Sets [ConnectionStats#payloadsNotQueued()].
        public Builder payloadsNotQueued(long payloadsNotQueued) {
            this.payloadsNotQueued = payloadsNotQueued;
            return this;
        }

        /// Adds to [ConnectionStats#payloadsNotQueued()].
        public Builder morePayloadsNotQueued(long more) {
            payloadsNotQueued += more;
            return this;
        }

        /// Sets [ConnectionStats#inboundLoss()].
        public Builder inboundLoss(OptionalDouble inboundLoss) {
            this.inboundLoss = Objects.requireNonNull(inboundLoss, "inboundLoss");
            return this;
        }

        /// Sets [ConnectionStats#outboundLoss()].
        public Builder outboundLoss(OptionalDouble outboundLoss) {
            this.outboundLoss = Objects.requireNonNull(outboundLoss, "outboundLoss");
            return this;
        }

        /// Sets [ConnectionStats#jitterNanos()].
        public Builder jitterNanos(OptionalLong jitterNanos) {
            this.jitterNanos = Objects.requireNonNull(jitterNanos, "jitterNanos");
            return this;
        }

        /// Sets [ConnectionStats#roundTripNanos()].
        public Builder roundTripNanos(OptionalLong roundTripNanos) {
            this.roundTripNanos = Objects.requireNonNull(roundTripNanos, "roundTripNanos");
            return this;
        }

        /// Sets [ConnectionStats#link()].
        public Builder link(Optional<LinkStatus> link) {
            this.link = Objects.requireNonNull(link, "link");
            return this;
        }

        /// {@return the snapshot}
        public ConnectionStats build() {
            return new ConnectionStats(this);
        }
    }
}
