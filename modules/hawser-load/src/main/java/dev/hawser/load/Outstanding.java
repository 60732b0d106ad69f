package dev.hawser.load;

/// The payloads of one client that have not come back: their numbers, which only grow, and when
/// they were sent. In a ring of fixed size.
final class Outstanding {
    /// Nothing of this number is outstanding.
    static final long UNKNOWN = Long.MIN_VALUE;

    private final long[] numbers;
    private final long[] sentNanos;
    private final int mask;

    /// Both only grow.
    private int first;

    private int end;

    private int count;

    /// @param capacity at least; the next power of two becomes the limit
    Outstanding(int capacity) {
        int size = Integer.highestOneBit(Math.max(1, capacity - 1)) << 1;
        numbers = new long[size];
        sentNanos = new long[size];
        mask = size - 1;
    }

    /// {@return how many are outstanding}
    int count() {
        return count;
    }

    /// {@return whether there is a place for one more}
    boolean hasRoom() {
        return end - first <= mask;
    }

    /// Notes that one was sent, the number of which is the largest yet.
    void add(long number, long nowNanos) {
        int index = end++ & mask;
        numbers[index] = number;
        sentNanos[index] = nowNanos;
        count++;
    }

    /// {@return when a payload was sent that has come back just now for the first time, or
    /// [#UNKNOWN]}
    long take(long number) {
        int low = first;
        int high = end;
        // Nearly always it is the first, where the search need not begin in the middle.
        if (low != high && numbers[low & mask] == number) {
            high = low;
        }
        while (low != high) {
            int middle = low + (high - low) / 2;
            if (numbers[middle & mask] < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int index = low & mask;
        if (low == end || numbers[index] != number || sentNanos[index] == UNKNOWN) {
            return UNKNOWN;
        }
        long nanos = sentNanos[index];
        sentNanos[index] = UNKNOWN;
        count--;
        skipTaken();
        return nanos;
    }

    /// Gives up those that were sent before a moment.
    ///
    /// @return how many
    int expire(long beforeNanos) {
        int expired = 0;
        while (first != end && sentNanos[first & mask] - beforeNanos < 0) {
            giveUpFirst();
            expired++;
        }
        return expired;
    }

    /// Gives up the oldest.
    void giveUpFirst() {
        sentNanos[first & mask] = UNKNOWN;
        count--;
        skipTaken();
    }

    private void skipTaken() {
        while (first != end && sentNanos[first & mask] == UNKNOWN) {
            first++;
        }
    }
}
