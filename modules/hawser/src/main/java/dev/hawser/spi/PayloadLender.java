package dev.hawser.spi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Lends payloads to the application, one at a time. One thread.
///
/// What is lent is a copy, in a buffer that ends where the payload ends: a handler that clears it,
/// moves its limit or writes behind its end meets that end, and neither the payloads that wait nor
/// the queue that they wait in. A handler that keeps the buffer sees what is lent later.
///
/// The buffers lie over the same memory, one for each length that has occurred, so nothing is
/// allocated for a payload.
final class PayloadLender {
    private final byte[] memory = new byte[Payloads.BYTES_MAX];

    /// By length; made when it occurs first.
    private final @Nullable ByteBuffer[] windows = new @Nullable ByteBuffer[memory.length + 1];

    /// Lends the bytes between position and limit, which stay as they are.
    ///
    /// @return a copy from 0 to its capacity, big-endian, until the next one is lent
    ByteBuffer lend(ByteBuffer payload) {
        int length = payload.remaining();
        payload.get(payload.position(), memory, 0, length);
        return window(length);
    }

    /// Lends a part of an array.
    ///
    /// @return a copy from 0 to its capacity, big-endian, until the next one is lent
    ByteBuffer lend(byte[] bytes, int offset, int length) {
        System.arraycopy(bytes, offset, memory, 0, length);
        return window(length);
    }

    private ByteBuffer window(int length) {
        ByteBuffer window = windows[length];
        if (window == null) {
            window = ByteBuffer.wrap(memory, 0, length).slice();
            windows[length] = window;
        }
        return window.clear().order(ByteOrder.BIG_ENDIAN);
    }
}
