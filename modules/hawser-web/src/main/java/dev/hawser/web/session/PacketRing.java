package dev.hawser.web.session;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Packets on their way from one thread to one other, each with its session. All its memory is
/// taken at the start; a packet that finds no room is the caller's to count.
///
/// One thread adds and one takes; neither ever waits. Payloads leave some room for other packets,
/// so that the end of a connection finds its place behind however many payloads.
///
/// @param <T> a session
public final class PacketRing<T> {
    /// The type of payloads, in the lower half of a packet's first byte (netcode 1.02, "Payload
    /// Packet").
    private static final int PAYLOAD_TYPE = 5;

    /// How many places are no payload's; a quarter where there are few. A connection ends with ten
    /// packets.
    private static final int RESERVED_PACKETS = 64;

    private final int bytesMax;
    private final int mask;
    private final int reserved;
    private final ByteBuffer[] slots;
    private final @Nullable Object[] sessions;

    /// How many were added, and how many taken, since the start.
    private final AtomicLong added = new AtomicLong();

    private final AtomicLong taken = new AtomicLong();

    /// Creates an empty ring.
    ///
    /// @param packets how many it holds at least; rounded up to a power of two
    /// @param bytesMax the size of the largest
    public PacketRing(int packets, int bytesMax) {
        int size = Integer.highestOneBit(Math.max(1, packets - 1)) << 1;
        this.bytesMax = bytesMax;
        mask = size - 1;
        reserved = Math.min(RESERVED_PACKETS, size / 4);
        sessions = new @Nullable Object[size];
        slots = new ByteBuffer[size];
        for (int i = 0; i < size; i++) {
            slots[i] = ByteBuffer.allocate(bytesMax);
        }
    }

    /// {@return the buffer to fill, cleared, or null when there is no room; [#add(Object)] says
    /// that it is full}
    public @Nullable ByteBuffer free() {
        long next = added.getPlain();
        return next - taken.getAcquire() > mask ? null : slots[(int) next & mask].clear();
    }

    public static boolean isPayload(byte firstByte) {
        return (firstByte & 0xf) == PAYLOAD_TYPE;
    }

    /// {@return the buffer to fill, cleared, or null when there is no room for such a packet}
    public @Nullable ByteBuffer free(boolean isPayload) {
        return isPayload && size() > mask - reserved ? null : free();
    }

    /// Adds the packet that [#free()] was filled with, and flips it.
    public void add(T session) {
        long next = added.getPlain();
        slots[(int) next & mask].flip();
        sessions[(int) next & mask] = session;
        // Volatile, not just released: whoever adds looks for a sleeper next.
        added.set(next + 1);
    }

    /// {@return the session of the oldest packet, or null when there is none}
    @SuppressWarnings("unchecked")
    public @Nullable T session() {
        long next = taken.getPlain();
        return next == added.get() ? null : (T) sessions[(int) next & mask];
    }

    /// {@return the oldest packet, until [#remove()]}
    public ByteBuffer packet() {
        return slots[(int) taken.getPlain() & mask];
    }

    /// Makes room of the oldest packet.
    public void remove() {
        long next = taken.getPlain();
        sessions[(int) next & mask] = null;
        taken.setRelease(next + 1);
    }

    /// Drops everything; for the thread that takes.
    public void clear() {
        while (session() != null) {
            remove();
        }
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public int size() {
        return (int) (added.get() - taken.get());
    }

    /// {@return the memory that it holds, in bytes}
    public long bytes() {
        return (long) slots.length * bytesMax;
    }
}
