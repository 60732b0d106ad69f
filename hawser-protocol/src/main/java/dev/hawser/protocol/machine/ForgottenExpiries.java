package dev.hawser.protocol.machine;

import dev.hawser.protocol.UnixTime;

/// When the tokens expired that a history has forgotten: what never runs backwards. After a clock
/// was set back, a token of such a time has not expired, and may have been used.
///
/// It keeps a span of times for each stretch between two moves of the clock. So a clock that was an
/// hour ahead costs the tokens of that later hour alone, and not all that come before.
final class ForgottenExpiries {
    /// Of more spans, those that are closest to each other become one.
    static final int SPANS_MAX = 8;

    private final long[] firsts = new long[SPANS_MAX + 1];
    private final long[] lasts = new long[SPANS_MAX + 1];
    private int count;
    private boolean isSpanOver = true;

    /// The latest of all; meaningless while there is none.
    private long latest;

    /// The clock was moved: what is forgotten from here on belongs to other times.
    void endSpan() {
        isSpanOver = true;
    }

    void add(long expireTimestamp) {
        if (isSpanOver) {
            isSpanOver = false;
            firsts[count] = expireTimestamp;
            lasts[count] = expireTimestamp;
            count++;
            if (count > SPANS_MAX) {
                joinClosest();
            }
        } else {
            int last = count - 1;
            firsts[last] = earlier(firsts[last], expireTimestamp);
            lasts[last] = later(lasts[last], expireTimestamp);
        }
        latest = count == 1 ? lasts[0] : later(latest, expireTimestamp);
    }

    /// {@return whether a token that expires then may be one that was forgotten}
    boolean mayInclude(long expireTimestamp) {
        if (count == 0 || UnixTime.isAfter(expireTimestamp, latest)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!UnixTime.isAfter(firsts[i], expireTimestamp)
                    && !UnixTime.isAfter(expireTimestamp, lasts[i])) {
                return true;
            }
        }
        return false;
    }

    /// {@return the latest of all, or `otherwise` where nothing was forgotten}
    long latestOr(long otherwise) {
        return count == 0 ? otherwise : latest;
    }

    /// The span that is being added to stays the last one.
    private void joinClosest() {
        int one = 0;
        int other = 1;
        long smallest = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                long gap = gap(i, j);
                if (gap < smallest) {
                    smallest = gap;
                    one = i;
                    other = j;
                }
            }
        }
        firsts[other] = earlier(firsts[one], firsts[other]);
        lasts[other] = later(lasts[one], lasts[other]);
        count--;
        System.arraycopy(firsts, one + 1, firsts, one, count - one);
        System.arraycopy(lasts, one + 1, lasts, one, count - one);
    }

    private long gap(int i, int j) {
        return Math.max(
                UnixTime.secondsBetween(lasts[i], firsts[j]),
                UnixTime.secondsBetween(lasts[j], firsts[i]));
    }

    private static long earlier(long time, long other) {
        return UnixTime.isAfter(time, other) ? other : time;
    }

    private static long later(long time, long other) {
        return UnixTime.isAfter(time, other) ? time : other;
    }
}
