package dev.hawser.spi;

import java.nio.ByteBuffer;

/// How large payloads are, and what waits of them, over connections of every kind.
public final class Payloads {
    /// The largest payload of netcode, and so of every kind: a game does not depend on the kind.
    public static final int BYTES_MAX = 1200;

    /// What one client may have waiting by default ([ReceiveLimit]).
    private static final int QUEUE_BYTES_PER_CLIENT = 64 << 10;

    private static final int QUEUE_BYTES_MIN = 2 << 20;

    /// The largest queue that nobody has asked for.
    static final int QUEUE_BYTES_MAX = 64 << 20;

    private Payloads() {}

    /// @throws IllegalArgumentException when the payload is empty or too large
    static void check(ByteBuffer payload, int bytesMax) {
        int bytes = payload.remaining();
        if (bytes >= 1 && bytes <= bytesMax) {
            return;
        }
        throw new IllegalArgumentException(
                bytes == 0
                        ? "an empty payload, but a payload has 1 to "
                                + bytesMax
                                + " bytes: send nothing, the connection keeps itself alive"
                        : "a payload of "
                                + bytes
                                + " bytes, but at most "
                                + bytesMax
                                + " fit a packet: split it");
    }

    /// {@return the size of a server's queue between update and receive that has room for what so
    /// many clients may have waiting, in bytes, at least 2 MiB and at most 64 MiB}
    public static int queueBytes(int maxClients) {
        return Math.clamp(
                (long) maxClients * QUEUE_BYTES_PER_CLIENT, QUEUE_BYTES_MIN, QUEUE_BYTES_MAX);
    }

    /// {@return the size of a queue, as it was set by `receiveQueueBytes`}
    ///
    /// @throws IllegalArgumentException when not even the largest payload fits
    public static int checkQueue(int bytes) {
        if (bytes < BYTES_MAX) {
            throw new IllegalArgumentException(
                    "receiveQueueBytes is "
                            + bytes
                            + ", but the largest payload takes "
                            + BYTES_MAX
                            + ": leave it out for the default, which suits the number of slots");
        }
        return bytes;
    }
}
