package dev.hawser.protocol.machine;

/// A fixed-size map from 160-bit keys to small numbers, for keys that an attacker may choose.
///
/// Addresses, client ids and token tags all come from outside. Their hash is SipHash-1-3 under a
/// random key that changes with every start, so nobody can aim for collisions. Open addressing with
/// linear probing at a load of at most one half; nothing is allocated after construction.
final class KeyedMap {
    static final int NONE = -1;

    /// An entry is three numbers side by side, since at many clients every line of memory that a
    /// lookup touches is one that the processor waits for: the two parts of the key, then its extra
    /// in the upper half of a number and the value plus one in the lower. A zero there is no entry.
    private static final int ENTRY = 3;

    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int EXTRA_AND_VALUE = 2;

    private final long hashKey0;
    private final long hashKey1;
    private final int mask;
    private final long[] entries;
    private int size;

    KeyedMap(int capacity, long hashKey0, long hashKey1) {
        this.hashKey0 = hashKey0;
        this.hashKey1 = hashKey1;
        int length = tableLength(capacity);
        mask = length - 1;
        entries = new long[length * ENTRY];
    }

    /// {@return a power of two, of which so many entries take at most one half}
    static int tableLength(int capacity) {
        return Integer.highestOneBit(Math.max(capacity, 2) * 2 - 1) * 2;
    }

    int size() {
        return size;
    }

    /// {@return the value of this key, or [#NONE]}
    int get(long high, long low, int extra) {
        return value(find(high, low, extra));
    }

    /// Adds a key or overwrites its value, which must not be negative.
    void put(long high, long low, int extra, int value) {
        int i = find(high, low, extra);
        if (value(i) == NONE) {
            assert size <= mask / 2 : "more keys than the map was made for";
            size++;
            entries[i * ENTRY + HIGH] = high;
            entries[i * ENTRY + LOW] = low;
        }
        entries[i * ENTRY + EXTRA_AND_VALUE] = (long) extra << Integer.SIZE | (value + 1L);
    }

    /// Removes a key if it is there.
    void remove(long high, long low, int extra) {
        int hole = find(high, low, extra);
        if (value(hole) == NONE) {
            return;
        }
        size--;
        // Keys behind the hole that probing would no longer reach move up into it.
        for (int i = (hole + 1) & mask; value(i) != NONE; i = (i + 1) & mask) {
            int home = slotOf(high(i), low(i), extra(i));
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                System.arraycopy(entries, i * ENTRY, entries, hole * ENTRY, ENTRY);
                hole = i;
            }
        }
        entries[hole * ENTRY + EXTRA_AND_VALUE] = 0;
    }

    private int find(long high, long low, int extra) {
        int i = slotOf(high, low, extra);
        while (value(i) != NONE && (low(i) != low || high(i) != high || extra(i) != extra)) {
            i = (i + 1) & mask;
        }
        return i;
    }

    private long high(int i) {
        return entries[i * ENTRY + HIGH];
    }

    private long low(int i) {
        return entries[i * ENTRY + LOW];
    }

    private int extra(int i) {
        return (int) (entries[i * ENTRY + EXTRA_AND_VALUE] >> Integer.SIZE);
    }

    private int value(int i) {
        return (int) entries[i * ENTRY + EXTRA_AND_VALUE] - 1;
    }

    private int slotOf(long high, long low, int extra) {
        return (int) sipHash13(hashKey0, hashKey1, high, low, extra) & mask;
    }

    /// SipHash with one compression round a word and three closing ones, over 24 bytes.
    static long sipHash13(long key0, long key1, long word0, long word1, long word2) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int i = 0; i < 7; i++) {
            long word =
                    switch (i) {
                        case 0 -> word0;
                        case 1 -> word1;
                        case 2 -> word2;
                        case 3 -> 24L << 56;
                        default -> 0;
                    };
            v3 ^= word;
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
            if (i == 3) {
                v2 ^= 0xff;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
