package dev.hawser.protocol;

/// Arithmetic on the timestamps of tokens: Unix seconds, unsigned.
///
/// A token that never expires carries 2^64 - 1, which is -1 as a `long`: compared as signed numbers
/// it would have expired long ago. Whoever compares timestamps does it here.
public final class UnixTime {
    /// The expiry of a token that never expires: 2^64 - 1.
    public static final long NEVER = -1L;

    private UnixTime() {}

    /// {@return below 0, 0 or above 0, as `time` is earlier than `other`, the same or later}
    public static int compare(long time, long other) {
        return Long.compareUnsigned(time, other);
    }

    /// {@return whether `time` is later than `other`}
    public static boolean isAfter(long time, long other) {
        return compare(time, other) > 0;
    }

    /// {@return the time this many seconds after `time`, at most [#NEVER]}
    ///
    /// @param seconds not negative
    public static long plusClamped(long time, long seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException(
                    "cannot add " + seconds + " seconds to a timestamp: it must not be negative");
        }
        long sum = time + seconds;
        return isAfter(time, sum) ? NEVER : sum;
    }

    /// {@return the seconds from `start` to `end`: 0 when `end` is not later, and `Long.MAX_VALUE`
    /// when it is further away than a `long` can say}
    public static long secondsBetween(long start, long end) {
        if (!isAfter(end, start)) {
            return 0;
        }
        long seconds = end - start;
        return seconds < 0 ? Long.MAX_VALUE : seconds;
    }
}
