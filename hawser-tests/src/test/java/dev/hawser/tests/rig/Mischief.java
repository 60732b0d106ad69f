package dev.hawser.tests.rig;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a handler does that has not read what it may do with a payload that it is lent: everything
/// that can be done to a buffer, also to those that it was lent before and has kept.
public final class Mischief {
    private static final int KEPT = 16;

    private final ByteBuffer[] kept = new ByteBuffer[KEPT];
    private int handled;

    /// Ruins it.
    ///
    /// @throws AssertionError when it does not end where the payload ends
    public void on(ByteBuffer payload) {
        if (payload.capacity() != payload.limit()) {
            throw new AssertionError("a payload that does not end where it ends: " + payload);
        }
        payload.clear().order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (true) {
                payload.put((byte) 0xdb);
            }
        } catch (BufferOverflowException e) {
            payload.position(payload.capacity() / 2).mark().limit(payload.position());
        }
        kept[handled % KEPT] = payload;
        handled++;
        for (ByteBuffer former : kept) {
            if (former != null) {
                former.clear();
                former.put(new byte[former.capacity()]);
            }
        }
    }
}
