package dev.hawser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The payloads that wait for the application: copies, first in, first out, in memory that is
/// allocated once. One thread.
final class PayloadRing {
    /// Room for the records of payloads: one for so many bytes.
    private static final int BYTES_PER_RECORD = 64;

    private final int capacity;
    private final ByteBuffer bytes;

    /// What the application gets to see: the same memory, another position and limit.
    private final ByteBuffer view;

    private final int[] offsets;
    private final int[] lengths;
    private final @Nullable MemberClient[] senders;
    private int writeOffset;

    /// The record of the oldest payload. Whenever nothing waits, the next one begins in front
    /// again, bytes and record: a ring that is emptied each tick stays in the processor's cache,
    /// however large it is.
    private int oldest;

    private int waiting;
    private long removed;
    private boolean isLent;

    /// @param capacity in bytes
    PayloadRing(int capacity) {
        this.capacity = capacity;
        bytes = ByteBuffer.allocate(capacity);
        view = bytes.duplicate();
        int records = Math.max(1, capacity / BYTES_PER_RECORD);
        offsets = new int[records];
        lengths = new int[records];
        senders = new @Nullable MemberClient[records];
    }

    /// Copies the bytes between position and limit.
    ///
    /// @param sender null at a client, which has but one
    /// @return whether there was room; what waits already is never given up for what comes
    boolean add(@Nullable MemberClient sender, ByteBuffer payload) {
        int length = payload.remaining();
        int offset = isFull() ? -1 : freeOffset(length);
        if (offset < 0) {
            return false;
        }
        if (waiting == 0) {
            oldest = 0;
        }
        int record = record(waiting);
        bytes.put(offset, payload, payload.position(), length);
        offsets[record] = offset;
        lengths[record] = length;
        senders[record] = sender;
        writeOffset = offset + length;
        waiting++;
        return true;
    }

    private boolean isFull() {
        return waiting == offsets.length;
    }

    /// {@return where so many bytes fit in one piece, or -1}
    private int freeOffset(int length) {
        if (isEmpty()) {
            return length <= capacity ? 0 : -1;
        }
        int readOffset = offsets[oldest];
        if (writeOffset <= readOffset) {
            return length <= readOffset - writeOffset ? writeOffset : -1;
        }
        if (length <= capacity - writeOffset) {
            return writeOffset;
        }
        // The end is too short for it: it goes to the start.
        return length <= readOffset ? 0 : -1;
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

    /// {@return the oldest payload between position and limit, big-endian, until [#removeLent()]}
    ByteBuffer lend() {
        isLent = true;
        int offset = offsets[oldest];
        view.clear().order(ByteOrder.BIG_ENDIAN);
        return view.limit(offset + lengths[oldest]).position(offset);
    }

    /// {@return who sent the oldest payload}
    @Nullable MemberClient lentSender() {
        return senders[oldest];
    }

    void removeLent() {
        isLent = false;
        senders[oldest] = null;
        oldest = record(1);
        waiting--;
        removed++;
    }

    /// Forgets what waits, except for a payload that the application has in hand.
    void clear() {
        int kept = isLent ? 1 : 0;
        if (waiting > kept) {
            waiting = kept;
            MemberClient sender = senders[oldest];
            Arrays.fill(senders, null);
            if (isLent) {
                senders[oldest] = sender;
                writeOffset = offsets[oldest] + lengths[oldest];
            }
        }
    }

    /// {@return the record of the payload so many behind the oldest}
    private int record(int behind) {
        int record = oldest + behind;
        return record < offsets.length ? record : record - offsets.length;
    }
}
