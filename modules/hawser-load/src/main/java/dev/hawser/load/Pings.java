package dev.hawser.load;

import dev.hawser.protocol.measure.PingClock;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The pings that a server of Hawser sends to clients whose tokens survive moves, and when each is
/// answered: as a player's client does, at most twice a second.
final class Pings {
    private final PingClock[] clocks;
    private final boolean[] isAsked;
    private final long[] answeredNanos;
    private final int[] receivedCount;
    private final long[] receivedSequence;

    Pings(int clients, long nowNanos) {
        clocks = new PingClock[clients];
        Arrays.setAll(clocks, _ -> new PingClock());
        isAsked = new boolean[clients];
        answeredNanos = new long[clients];
        Arrays.fill(answeredNanos, nowNanos - PingClock.INTERVAL_NANOS);
        receivedCount = new int[clients];
        receivedSequence = new long[clients];
    }

    /// Counts a packet of the types under a replay window, which the server's loss is told from. It
    /// need not have been opened: that is left out by choice.
    void count(int client, long sequence) {
        boolean isFirst = receivedCount[client]++ == 0;
        if (isFirst || sequence - receivedSequence[client] > 0) {
            receivedSequence[client] = sequence;
        }
    }

    /// Takes a ping that has opened.
    void handle(int client, long nowNanos, long sequence, ByteBuffer body) {
        clocks[client].received(nowNanos, sequence, body);
        isAsked[client] = true;
    }

    /// {@return whether a client is to answer}
    boolean isDue(int client, long nowNanos) {
        return isAsked[client] && nowNanos - answeredNanos[client] >= PingClock.INTERVAL_NANOS;
    }

    /// Puts the body of an answer at the position of a packet.
    void put(int client, long nowNanos, ByteBuffer packet) {
        isAsked[client] = false;
        answeredNanos[client] = nowNanos;
        clocks[client].put(nowNanos, receivedCount[client], receivedSequence[client], packet);
    }
}
