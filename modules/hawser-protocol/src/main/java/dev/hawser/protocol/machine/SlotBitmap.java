package dev.hawser.protocol.machine;

/// Which slots are free, and the lowest of them without a search: one bit a slot, and above them
/// one bit for each word that has a free slot.
final class SlotBitmap {
    private final long[] free;
    private final long[] wordsWithFree;

    /// Creates a bitmap in which the slots from 0 to `slots - 1` are free.
    SlotBitmap(int slots) {
        free = new long[(slots + 63) >>> 6];
        wordsWithFree = new long[(free.length + 63) >>> 6];
        for (int slot = 0; slot < slots; slot++) {
            release(slot);
        }
    }

    /// {@return the lowest free slot, or -1}
    int lowestFree() {
        for (int i = 0; i < wordsWithFree.length; i++) {
            if (wordsWithFree[i] != 0) {
                int word = (i << 6) + Long.numberOfTrailingZeros(wordsWithFree[i]);
                return (word << 6) + Long.numberOfTrailingZeros(free[word]);
            }
        }
        return -1;
    }

    void take(int slot) {
        int word = slot >>> 6;
        free[word] &= ~(1L << slot);
        if (free[word] == 0) {
            wordsWithFree[word >>> 6] &= ~(1L << word);
        }
    }

    void release(int slot) {
        int word = slot >>> 6;
        free[word] |= 1L << slot;
        wordsWithFree[word >>> 6] |= 1L << word;
    }
}
