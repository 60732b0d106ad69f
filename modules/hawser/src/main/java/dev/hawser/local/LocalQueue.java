package dev.hawser.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// Payloads on their way from one thread to another, or to the same: copies, first in, first out,
/// in memory that is allocated once. One thread offers, one takes, none waits.
final class LocalQueue {
    private static final VarHandle OFFERED;
    private static final VarHandle TAKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OFFERED = lookup.findVarHandle(LocalQueue.class, "offered", long.class);
            TAKEN = lookup.findVarHandle(LocalQueue.class, "taken", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What stands before a payload: its length. Records begin where an int fits.
    private static final int HEADER_BYTES = Integer.BYTES;

    /// Instead of a length: the rest up to the end is left out, since the payload did not fit there
    /// in one piece.
    private static final int SKIP = -1;

    private final int capacity;
    private final ByteBuffer bytes;

    /// What the taker copies from: the same memory, another position and limit. Never the
    /// application's: whoever writes here writes into lengths.
    private final ByteBuffer view;

    // How many bytes have been used in all; modulo the capacity they are places. Each is written by
    // one side, after the memory that it gives to the other.
    private long offered;
    private long taken;

    /// @param capacity in bytes; a power of two. What fits into half of it with its length fits
    ///   into an empty queue wherever that stands
    LocalQueue(int capacity) {
        this.capacity = capacity;
        bytes = ByteBuffer.allocate(capacity);
        view = bytes.duplicate();
    }

    // ---- The side that offers

    /// {@return whether there was room; the bytes between position and limit are copied}
    boolean offer(ByteBuffer payload) {
        int length = payload.remaining();
        long start = offered;
        int place = place(start);
        int needed = recordBytes(length);
        int skipped = needed <= capacity - place ? 0 : capacity - place;
        long end = start + skipped + needed;
        if (end - (long) TAKEN.getAcquire(this) > capacity) {
            return false;
        }
        if (skipped > 0) {
            bytes.putInt(place, SKIP);
            place = 0;
        }
        bytes.putInt(place, length);
        bytes.put(place + HEADER_BYTES, payload, payload.position(), length);
        OFFERED.setRelease(this, end);
        return true;
    }

    // ---- The side that takes

    /// {@return a mark behind all that has been offered so far: see [#hasBefore]}
    long mark() {
        return (long) OFFERED.getAcquire(this);
    }

    /// {@return whether a payload waits that was offered before the mark was taken}
    boolean hasBefore(long mark) {
        return mark - taken > 0;
    }

    /// {@return the oldest payload between position and limit, to be copied before [#take()]; there
    /// must be one}
    ByteBuffer oldest() {
        int place = place(taken);
        int length = bytes.getInt(place);
        if (length == SKIP) {
            // What was left out is given back as payloads are: after it was read.
            TAKEN.setRelease(this, taken + capacity - place);
            place = 0;
            length = bytes.getInt(place);
        }
        int start = place + HEADER_BYTES;
        return view.limit(start + length).position(start);
    }

    /// Takes away the oldest payload, after [#oldest()].
    void take() {
        int length = bytes.getInt(place(taken));
        TAKEN.setRelease(this, taken + recordBytes(length));
    }

    private int place(long position) {
        return (int) (position & capacity - 1);
    }

    private static int recordBytes(int length) {
        return HEADER_BYTES + length + HEADER_BYTES - 1 & -HEADER_BYTES;
    }
}
