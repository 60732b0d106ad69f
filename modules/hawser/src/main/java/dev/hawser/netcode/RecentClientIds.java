package dev.hawser.netcode;

import java.util.Arrays;

/// The ids of those who connected last, or left last, so that somebody who looks now and then
/// misses nobody. Of the server's thread.
final class RecentClientIds {
    private static final int PER_SLOT = 4;
    private static final int MIN = 64;

    private final long[] ids;
    private long count;

    RecentClientIds(int maxClients) {
        ids = new long[Math.max(MIN, PER_SLOT * maxClients)];
    }

    void add(long clientId) {
        ids[(int) (count % ids.length)] = clientId;
        count++;
    }

    /// {@return how many there were}
    long count() {
        return count;
    }

    /// {@return those after the first `count`, oldest first; the latest ones, if not all are known}
    long[] since(long count) {
        int wanted = Math.clamp(this.count - count, 0, ids.length);
        long[] since = new long[wanted];
        Arrays.setAll(since, i -> ids[(int) ((this.count - wanted + i) % ids.length)]);
        return since;
    }
}
