package dev.hawser.spi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The payloads that wait for the application: copies, first in, first out, in memory that grows to
/// its bound as it is needed. What waits is never given up for what comes. One thread.
final class PayloadRing {
    /// Room for the records of payloads: one for so many bytes.
    private static final int BYTES_PER_RECORD = 64;

    /// What is there at first: two hundred payloads of a usual size.
    private static final int BYTES_AT_FIRST = 64 << 10;

    private final int bytesMax;
    private byte[] bytes;

    /// The same memory, to be copied to.
    private ByteBuffer buffer;

    private int[] offsets;
    private int[] lengths;
    private @Nullable AbstractConnectedClient[] senders;
    private int writeOffset;

    /// The record of the oldest payload. Whenever nothing waits, the next one begins in front
    /// again, bytes and record: a ring that is emptied each tick stays in the processor's cache,
    /// however large it is.
    private int oldest;

    private int waiting;
    private long removed;

    /// @param bytesMax how large it gets
    PayloadRing(int bytesMax) {
        this.bytesMax = bytesMax;
        bytes = new byte[Math.min(bytesMax, BYTES_AT_FIRST)];
        buffer = ByteBuffer.wrap(bytes);
        offsets = new int[records(bytes.length)];
        lengths = new int[offsets.length];
        senders = new @Nullable AbstractConnectedClient[offsets.length];
    }

    private static int records(int bytes) {
        return Math.max(1, bytes / BYTES_PER_RECORD);
    }

    /// Copies the bytes between position and limit, at least one: where the next payload begins
    /// tells a full ring from an empty one.
    ///
    /// @param sender null at a client, which has but one
    /// @return whether there was room
    boolean add(@Nullable AbstractConnectedClient sender, ByteBuffer payload) {
        int length = payload.remaining();
        int offset = freeOffset(length);
        while (offset < 0) {
            if (bytes.length == bytesMax) {
                return false;
            }
            grow();
            offset = freeOffset(length);
        }
        if (waiting == 0) {
            oldest = 0;
        }
        int record = record(waiting);
        buffer.put(offset, payload, payload.position(), length);
        offsets[record] = offset;
        lengths[record] = length;
        senders[record] = sender;
        writeOffset = offset + length;
        waiting++;
        return true;
    }

    /// {@return where so many bytes fit in one piece, or -1}
    private int freeOffset(int length) {
        if (isEmpty()) {
            return length <= bytes.length ? 0 : -1;
        }
        if (waiting == offsets.length) {
            return -1;
        }
        int readOffset = offsets[oldest];
        if (writeOffset <= readOffset) {
            return length <= readOffset - writeOffset ? writeOffset : -1;
        }
        if (length <= bytes.length - writeOffset) {
            return writeOffset;
        }
        // The end is too short for it: it goes to the start.
        return length <= readOffset ? 0 : -1;
    }

    /// Doubles the memory; what waits stands in front then, in one piece.
    private void grow() {
        int size = (int) Math.min(bytesMax, 2L * bytes.length);
        byte[] newBytes = new byte[size];
        int[] newOffsets = new int[records(size)];
        int[] newLengths = new int[newOffsets.length];
        @Nullable AbstractConnectedClient[] newSenders =
                new @Nullable AbstractConnectedClient[newOffsets.length];
        int end = 0;
        for (int i = 0; i < waiting; i++) {
            int record = record(i);
            System.arraycopy(bytes, offsets[record], newBytes, end, lengths[record]);
            newOffsets[i] = end;
            newLengths[i] = lengths[record];
            newSenders[i] = senders[record];
            end += lengths[record];
        }
        bytes = newBytes;
        buffer = ByteBuffer.wrap(bytes);
        offsets = newOffsets;
        lengths = newLengths;
        senders = newSenders;
        writeOffset = end;
        oldest = 0;
    }

    boolean isEmpty() {
        return waiting == 0;
    }

    /// {@return how many have been added in all: an event that comes after them remembers it}
    long added() {
        return removed + waiting;
    }

    /// {@return how many of those have been removed}
    long removed() {
        return removed;
    }

    /// {@return the most that it holds, in bytes}
    int bytesMax() {
        return bytesMax;
    }

    /// {@return who sent the oldest payload}
    @Nullable AbstractConnectedClient sender() {
        return senders[oldest];
    }

    /// {@return the size of the oldest payload}
    int length() {
        return lengths[oldest];
    }

    /// Takes the oldest payload away.
    ///
    /// @return it, lent
    ByteBuffer take(PayloadLender lender) {
        ByteBuffer lent = lender.lend(bytes, offsets[oldest], lengths[oldest]);
        remove();
        return lent;
    }

    private void remove() {
        senders[oldest] = null;
        oldest = record(1);
        waiting--;
        removed++;
    }

    /// Forgets what waits.
    void clear() {
        Arrays.fill(senders, null);
        waiting = 0;
    }

    /// {@return the record of the payload so many behind the oldest}
    private int record(int behind) {
        int record = oldest + behind;
        return record < offsets.length ? record : record - offsets.length;
    }
}
