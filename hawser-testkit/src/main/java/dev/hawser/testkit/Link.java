package dev.hawser.testkit;

/// How a [SimulatedNetwork] treats the packets of one direction. Fluent and mutable: a test may
/// change the weather at any time, for the packets that are sent from then on.
public final class Link {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private double loss;
    private double duplication;
    private double reordering;
    private long latencyNanos;
    private long jitterNanos;
    private boolean isCut;

    /// Creates a link that delivers everything at once, in order.
    public Link() {}

    /// Sets how many of the packets are lost, from 0 to 1.
    public Link loss(double probability) {
        loss = checked("loss", probability);
        return this;
    }

    /// Sets how many of the packets arrive twice, from 0 to 1; both copies are delayed and lost
    /// each for itself.
    public Link duplication(double probability) {
        duplication = checked("duplication", probability);
        return this;
    }

    /// Sets how many of the packets are held back until others have overtaken them, from 0 to 1:
    /// for up to twice latency and jitter, at least 20 milliseconds.
    public Link reordering(double probability) {
        reordering = checked("reordering", probability);
        return this;
    }

    /// Sets how long each packet travels.
    public Link latencyMillis(long millis) {
        latencyNanos = checked("latency", millis) * NANOS_PER_MILLI;
        return this;
    }

    /// Sets how much longer a packet may travel: a random time up to this one.
    public Link jitterMillis(long millis) {
        jitterNanos = checked("jitter", millis) * NANOS_PER_MILLI;
        return this;
    }

    /// Cuts the link, or joins it again: while it is cut, everything sent is lost.
    public Link cut(boolean cut) {
        isCut = cut;
        return this;
    }

    boolean loses(SeededRandom random) {
        return isCut || random.chance(loss);
    }

    boolean duplicates(SeededRandom random) {
        return random.chance(duplication);
    }

    long delayNanos(SeededRandom random) {
        long delay = latencyNanos + (jitterNanos == 0 ? 0 : random.nextLong(0, jitterNanos));
        if (random.chance(reordering)) {
            long heldBackMax = Math.max(20 * NANOS_PER_MILLI, 2 * (latencyNanos + jitterNanos));
            delay += random.nextLong(0, heldBackMax);
        }
        return delay;
    }

    private static double checked(String name, double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    name + " is " + probability + ", but must be from 0 to 1");
        }
        return probability;
    }

    private static long checked(String name, long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException(
                    name + " is " + millis + " ms, but must not be negative");
        }
        return millis;
    }

    @Override
    public String toString() {
        return "Link[loss "
                + loss
                + ", duplication "
                + duplication
                + ", reordering "
                + reordering
                + ", latency "
                + latencyNanos / NANOS_PER_MILLI
                + " ms, jitter "
                + jitterNanos / NANOS_PER_MILLI
                + " ms"
                + (isCut ? ", cut]" : "]");
    }
}
