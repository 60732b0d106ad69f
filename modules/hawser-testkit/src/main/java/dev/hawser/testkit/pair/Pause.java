package dev.hawser.testkit.pair;

import dev.hawser.testkit.SimulatedPacket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/// A side that stands still: what comes meanwhile waits, as far as the system has room for it.
final class Pause {
    /// As small as the receive buffer of a busy socket: some of a long pause is lost.
    static final int PACKETS_WAITING_MAX = 64;

    /// What a side that looks seldom has listened for at most, from one look to the next.
    private static final long HEARD_OUT_NANOS_MAX = 1_000_000_000;

    private final Queue<SimulatedPacket> waiting = new ArrayDeque<>();
    private long number;
    private boolean isOn;

    boolean isOn() {
        return isOn;
    }

    /// Stands still until [#end] is called with what this returns.
    long begin() {
        isOn = true;
        return ++number;
    }

    /// Takes what has waited, if this pause is still the one that goes on.
    void end(long pause, Consumer<SimulatedPacket> taker) {
        if (isOn && pause == number) {
            isOn = false;
            while (!isOn && !waiting.isEmpty()) {
                taker.accept(waiting.remove());
            }
        }
    }

    /// Takes a packet that came; the system loses those that it has no room for.
    void queue(SimulatedPacket packet) {
        if (waiting.size() < PACKETS_WAITING_MAX) {
            waiting.add(packet);
        }
    }

    /// It is over, and nothing is left of it: the process is another one.
    void forget() {
        isOn = false;
        waiting.clear();
    }

    /// {@return since when somebody has listened in vain, once a look is as long ago as this}
    static long silentSince(long nowNanos, long sinceNanos, long sinceLookNanos) {
        long laterNanos = sinceNanos + Math.max(0, sinceLookNanos - HEARD_OUT_NANOS_MAX);
        return laterNanos - nowNanos > 0 ? nowNanos : laterNanos;
    }
}
