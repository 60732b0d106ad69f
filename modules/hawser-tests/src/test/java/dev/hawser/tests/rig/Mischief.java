package dev.hawser.tests.rig;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What a handler does that has not read what it may do with a payload that it is lent: everything
/// that can be done to a buffer, also to those that it was lent before and has kept.
public final class Mischief {
    private static final int KEPT = 16;
    private static final byte[] ZEROS = new byte[2_048];
    private static final byte[] RUINS = ruins();

    private final ByteBuffer[] kept = new ByteBuffer[KEPT];
    private int handled;

    private static byte[] ruins() {
        byte[] ruins = new byte[ZEROS.length];
        Arrays.fill(ruins, (byte) 0xdb);
        return ruins;
    }

    /// Ruins it.
    ///
    /// @throws AssertionError when it does not end where the payload ends
    public void on(ByteBuffer payload) {
        if (payload.capacity() != payload.limit()) {
            throw new AssertionError("a payload that does not end where it ends: " + payload);
        }
        payload.clear().order(ByteOrder.LITTLE_ENDIAN);
        fill(payload, RUINS);
        payload.position(payload.capacity() / 2).mark().limit(payload.position());
        kept[handled % KEPT] = payload;
        handled++;
        for (ByteBuffer former : kept) {
            if (former != null) {
                fill(former.clear(), ZEROS);
            }
        }
    }

    /// In one go where it can: soaks do this millions of times.
    private static void fill(ByteBuffer target, byte[] bytes) {
        while (target.hasRemaining()) {
            target.put(bytes, 0, Math.min(target.remaining(), bytes.length));
        }
    }
}
