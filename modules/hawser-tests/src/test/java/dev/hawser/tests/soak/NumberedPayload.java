package dev.hawser.tests.soak;

import java.nio.ByteBuffer;

/// Payloads of which everything follows from who they belong to and their number, the length
/// included: one that was damaged, cut or swapped gives itself away.
final class NumberedPayload {
    static final int BYTES_MAX = 1200;

    /// Whose payloads are for everybody.
    static final int EVERYBODY = 0;

    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int USUAL_BYTES_MAX = 100;
    private static final int LARGE_ONES = 64;

    private NumberedPayload() {}

    /// Writes a payload from the beginning of `target` on, ready to be sent.
    ///
    /// @param owner who it comes from or goes to
    static ByteBuffer write(ByteBuffer target, int owner, int number) {
        long content = content(owner, number);
        target.clear().limit(length(content));
        target.putInt(owner).putInt(number);
        while (target.hasRemaining()) {
            target.put(filler(content, target.position()));
        }
        return target.flip();
    }

    static int owner(ByteBuffer payload) {
        return payload.getInt(payload.position());
    }

    static int number(ByteBuffer payload) {
        return payload.getInt(payload.position() + Integer.BYTES);
    }

    static boolean isIntact(ByteBuffer payload) {
        if (payload.remaining() < HEADER_BYTES) {
            return false;
        }
        long content = content(owner(payload), number(payload));
        if (payload.remaining() != length(content)) {
            return false;
        }
        for (int i = HEADER_BYTES; i < payload.remaining(); i++) {
            if (payload.get(payload.position() + i) != filler(content, i)) {
                return false;
            }
        }
        return true;
    }

    /// The last step of the generator SplitMix64: neighbours have nothing in common.
    private static long content(int owner, int number) {
        long mixed = ((long) owner << Integer.SIZE | number) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    private static int length(long content) {
        int chosen = (int) (content >>> 40);
        int max = chosen % LARGE_ONES == 0 ? BYTES_MAX : USUAL_BYTES_MAX;
        return HEADER_BYTES + (chosen >>> 8) % (max - HEADER_BYTES + 1);
    }

    /// By a multiplication: when this rotated `content` by `place`, the JDK's compiler (25.0.3) got
    /// three of four bytes wrong in one run of twenty, where it unrolled the loop that writes.
    private static byte filler(long content, int place) {
        return (byte) ((content * (2L * place + 1)) >>> 56);
    }
}
