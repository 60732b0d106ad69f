package dev.hawser.protocol.machine;

import dev.hawser.protocol.UnixTime;

/// When the tokens expired that a history has forgotten: what never runs backwards. After a clock
/// was set back, a token of such a time has not expired, and may have been used.
///
/// It keeps a span of times for each stretch between two moves of the clock, and within a stretch
/// one for times that lie together. So a clock that was an hour ahead costs the tokens of that
/// later hour alone, and not those that come before, although it made both expire in one stretch.
final class ForgottenExpiries {
    /// Of more spans, those that are closest to each other become one.
    static final int SPANS_MAX = 8;

    /// Times with no more between them are of one span: about two lifetimes of a token.
    static final long NEAR_SECONDS = 60;

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
        int near = isSpanOver ? -1 : spanNear(expireTimestamp);
        isSpanOver = false;
        if (near < 0) {
            firsts[count] = expireTimestamp;
            lasts[count] = expireTimestamp;
            count++;
            if (count > SPANS_MAX) {
                joinClosest();
            }
        } else {
            firsts[near] = earlier(firsts[near], expireTimestamp);
            lasts[near] = later(lasts[near], expireTimestamp);
        }
        latest = count == 1 ? lasts[0] : later(latest, expireTimestamp);
    }

    /// {@return the span that a time lies in or close to, or -1}
    private int spanNear(long expireTimestamp) {
        for (int i = count - 1; i >= 0; i--) {
            if (UnixTime.secondsBetween(lasts[i], expireTimestamp) <= NEAR_SECONDS
                    && UnixTime.secondsBetween(expireTimestamp, firsts[i]) <= NEAR_SECONDS) {
                return i;
            }
        }
        return -1;
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
