package dev.hawser.spi;

import dev.hawser.ConnectionStats;

/// Counts payloads. Written by the owner's thread; other threads see each count at some recent
/// value.
final class PayloadCounters {
    private long out;
    private long bytesOut;
    private long in;
    private long bytesIn;
    private long notQueued;

    void out(int bytes) {
        out++;
        bytesOut += bytes;
    }

    void in(int bytes) {
        in++;
        bytesIn += bytes;
    }

    void dropped() {
        notQueued++;
    }

    long out() {
        return out;
    }

    long bytesOut() {
        return bytesOut;
    }

    long in() {
        return in;
    }

    long bytesIn() {
        return bytesIn;
    }

    long notQueued() {
        return notQueued;
    }

    /// {@return a snapshot of a connection that moves each payload as a packet}
    ConnectionStats.Builder ofConnection() {
        return ConnectionStats.builder()
                .packetsIn(in)
                .bytesIn(bytesIn)
                .packetsOut(out)
                .bytesOut(bytesOut)
                .payloadsIn(in)
                .payloadsOut(out)
                .payloadsNotQueued(notQueued);
    }
}
