package dev.hawser.testkit.pair;

import dev.hawser.testkit.SeededRandom;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Lends datagrams and payloads to machines as a nasty transport would: at any offset of a larger
/// buffer, and overwritten as soon as the call is over, so that a machine that keeps one is caught.
final class LentBuffers {
    private static final int BUFFER_BYTES = 2048;
    private static final int OFFSET_MAX = 16;

    /// Of a seed that no pair is likely to have: keys that follow from the same one would be found
    /// in them.
    private static final long SCRIBBLES_SEED = 0x7363_7269_6262_6c65L;

    private static final byte[] SCRIBBLES = new SeededRandom(SCRIBBLES_SEED).bytes(BUFFER_BYTES);

    private final SeededRandom random;
    private boolean areDirect;

    /// One within another: a payload may be sent while a datagram is looked at.
    private final List<ByteBuffer> buffers = new ArrayList<>();

    private int lent;

    LentBuffers(SeededRandom random) {
        this.random = random;
    }

    void direct(boolean direct) {
        areDirect = direct;
        buffers.clear();
    }

    /// {@return a buffer with these bytes between position and limit}
    ByteBuffer lend(byte[] content) {
        if (lent == buffers.size()) {
            buffers.add(
                    areDirect
                            ? ByteBuffer.allocateDirect(BUFFER_BYTES)
                            : ByteBuffer.allocate(BUFFER_BYTES));
        }
        ByteBuffer buffer = buffers.get(lent++);
        int start = random.nextInt(OFFSET_MAX + 1);
        buffer.limit(start + content.length).position(start);
        buffer.put(start, content);
        return buffer;
    }

    /// Overwrites the buffer that was lent last.
    void takeBack() {
        buffers.get(--lent).clear().put(0, SCRIBBLES);
    }
}
