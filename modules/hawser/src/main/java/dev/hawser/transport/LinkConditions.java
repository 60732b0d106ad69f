package dev.hawser.transport;

import java.util.concurrent.TimeUnit;

/// What one direction of a link does to the packets that take it. Immutable: start from [#NONE] and
/// change what differs.
///
/// ```java
/// var wifi = LinkConditions.NONE.latencyMillis(30).jitterMillis(15).loss(0.01);
/// ```
///
/// Every number belongs to one direction: 40 milliseconds of latency each way are a ping of 80.
/// Probabilities are from 0 to 1 and apply to each packet, and where a packet is duplicated, to
/// each copy for itself. A packet is cut or lost first; what is left waits for the bandwidth, then
/// travels.
///
/// @param latencyNanos how long each packet travels, one way, in nanoseconds; at most an hour
/// @param jitterNanos how much longer a packet may travel, in nanoseconds; at most an hour. Each
///   packet draws a time from 0 to this one, all equally likely, so on average it adds half of it.
///   Packets that follow each other more closely than this overtake one another, as they do where a
///   path has several queues
/// @param loss the probability that a packet is lost, independent of all others
/// @param burstLoss losses that come in bursts
/// @param duplication the probability that a packet enters the link twice; each copy is then lost
///   and delayed for itself
/// @param reordering the probability that a packet is held back so that others overtake it: for a
///   time from 0 to twice latency and jitter together, or to 20 milliseconds where that is more
/// @param bytesPerSecond how much the link carries, packets only, without the headers of the layers
///   below; 0: no limit. A packet arrives when its last byte has passed, so this adds to latency
/// @param queueBytes how many bytes may wait for the bandwidth, those on the move included; a
///   packet that does not fit is dropped, unless it finds the link idle. Means nothing without
///   `bytesPerSecond`
/// @param isCut whether everything is lost that is sent
public record LinkConditions(
        long latencyNanos,
        long jitterNanos,
        double loss,
        BurstLoss burstLoss,
        double duplication,
        double reordering,
        int bytesPerSecond,
        int queueBytes,
        boolean isCut) {
    /// The largest latency and the largest jitter, in milliseconds: one hour.
    public static final long DELAY_MILLIS_MAX = 3_600_000;

    /// How many bytes wait for the bandwidth unless said otherwise, 64 KiB.
    public static final int QUEUE_BYTES_DEFAULT = 64 << 10;

    /// A link that delivers everything at once, in order.
    public static final LinkConditions NONE =
            new LinkConditions(0, 0, 0, BurstLoss.NONE, 0, 0, 0, QUEUE_BYTES_DEFAULT, false);

    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Losses in bursts, as radio and full queues make them: the model of Gilbert and Elliott. The
    /// link is good or in a burst, and before each packet it may change from one to the other.
    ///
    /// A burst lasts `1 / leave` packets on average, and `enter / (enter + leave)` of all packets
    /// meet one. Bursts count packets, not time.
    ///
    /// @param enter the probability that a burst begins with a packet; 0: there are none
    /// @param leave the probability that a burst is over before its next packet; more than 0
    /// @param loss the probability that a packet is lost in a burst, where it takes the place of
    ///   [LinkConditions#loss()]
    public record BurstLoss(double enter, double leave, double loss) {
        /// No bursts.
        public static final BurstLoss NONE = new BurstLoss(0, 1, 0);

        /// Checks the ranges.
        ///
        /// @throws IllegalArgumentException when one is outside 0 to 1, or `leave` is 0
        public BurstLoss {
            checkProbability("burstLoss enter", enter);
            checkProbability("burstLoss leave", leave);
            checkProbability("burstLoss loss", loss);
            if (leave == 0) {
                throw new IllegalArgumentException(
                        "burstLoss leave is 0, but must be more: a burst lasts 1 / leave packets on"
                                + " average; for one without end, cut(true)");
            }
        }
    }

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException when a number is outside its range
    public LinkConditions {
        checkDelay("latency", latencyNanos);
        checkDelay("jitter", jitterNanos);
        checkProbability("loss", loss);
        checkProbability("duplication", duplication);
        checkProbability("reordering", reordering);
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "bytesPerSecond is "
                            + bytesPerSecond
                            + ", but must be at least 0, which is no limit; to let nothing through,"
                            + " cut(true)");
        }
        if (queueBytes < 0) {
            throw new IllegalArgumentException(
                    "queueBytes is "
                            + queueBytes
                            + ", but must be at least 0, where no packet waits; the default is "
                            + QUEUE_BYTES_DEFAULT);
        }
    }

    /// {@return these conditions with another latency}
    ///
    /// @param millis one way, from 0 to 3,600,000
    public LinkConditions latencyMillis(long millis) {
        return with(TimeUnit.MILLISECONDS.toNanos(millis), jitterNanos);
    }

    /// {@return these conditions with another jitter: packets travel up to so much longer}
    ///
    /// @param millis from 0 to 3,600,000
    public LinkConditions jitterMillis(long millis) {
        return with(latencyNanos, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /// {@return these conditions with another probability of loss}
    ///
    /// @param probability from 0 to 1: 0.05 for five in a hundred
    public LinkConditions loss(double probability) {
        return with(probability, burstLoss, duplication, reordering);
    }

    /// {@return these conditions with bursts of losses}
    ///
    /// @param enter the probability that a burst begins with a packet, from 0 to 1; 0: none does
    /// @param leave the probability that it is over before its next packet, more than 0, up to 1
    /// @param lossInBurst the probability that a packet is lost in a burst, from 0 to 1
    public LinkConditions burstLoss(double enter, double leave, double lossInBurst) {
        return with(loss, new BurstLoss(enter, leave, lossInBurst), duplication, reordering);
    }

    /// {@return these conditions with another probability that a packet comes twice}
    ///
    /// @param probability from 0 to 1
    public LinkConditions duplication(double probability) {
        return with(loss, burstLoss, probability, reordering);
    }

    /// {@return these conditions with another probability that a packet is held back}
    ///
    /// @param probability from 0 to 1
    public LinkConditions reordering(double probability) {
        return with(loss, burstLoss, duplication, probability);
    }

    /// {@return these conditions with another bandwidth}
    ///
    /// @param bytes per second; 0: no limit
    public LinkConditions bytesPerSecond(int bytes) {
        return with(bytes, queueBytes, isCut);
    }

    /// {@return these conditions with another queue before the bandwidth}
    ///
    /// @param bytes that may wait, what is passing included
    public LinkConditions queueBytes(int bytes) {
        return with(bytesPerSecond, bytes, isCut);
    }

    /// {@return these conditions on a link that is cut, or joined again}
    public LinkConditions cut(boolean cut) {
        return with(bytesPerSecond, queueBytes, cut);
    }

    private LinkConditions with(long latencyNanos, long jitterNanos) {
        return new LinkConditions(
                latencyNanos,
                jitterNanos,
                loss,
                burstLoss,
                duplication,
                reordering,
                bytesPerSecond,
                queueBytes,
                isCut);
    }

    private LinkConditions with(
            double loss, BurstLoss burstLoss, double duplication, double reordering) {
        return new LinkConditions(
                latencyNanos,
                jitterNanos,
                loss,
                burstLoss,
                duplication,
                reordering,
                bytesPerSecond,
                queueBytes,
                isCut);
    }

    private LinkConditions with(int bytesPerSecond, int queueBytes, boolean isCut) {
        return new LinkConditions(
                latencyNanos,
                jitterNanos,
                loss,
                burstLoss,
                duplication,
                reordering,
                bytesPerSecond,
                queueBytes,
                isCut);
    }

    private static void checkProbability(String name, double probability) {
        // Put so that NaN is refused too.
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + probability
                            + ", but must be from 0 to 1: 0.05 for five packets in a hundred");
        }
    }

    private static void checkDelay(String name, long nanos) {
        if (nanos < 0 || nanos > DELAY_MILLIS_MAX * NANOS_PER_MILLI) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + nanos / (double) NANOS_PER_MILLI
                            + " ms, but must be from 0 to "
                            + DELAY_MILLIS_MAX
                            + "; to let nothing through, cut(true)");
        }
    }
}
