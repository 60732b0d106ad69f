package dev.hawser.protocol.measure;

/// The round trip between a client's requests and the challenges that answer them, where it can be
/// told without guessing.
///
/// A server answers each request with a packet of its own, and does not say which request it
/// answers. When as many answers have come as requests went out, none was lost, and the n-th answer
/// is taken for that to the n-th request. The smallest difference is the round trip: should
/// requests have overtaken each other, it is too large rather than too small. While answers are
/// missing there is no telling. One thing is not noticed, that the network loses one request and
/// doubles another.
public final class HandshakeTimer {
    /// The round trip cannot be told.
    public static final long UNKNOWN = -1;

    /// With more requests than this, a second and a half has passed and answers are missing.
    public static final int REQUESTS_MAX = 16;

    private final long[] sentNanos = new long[REQUESTS_MAX];
    private int requests;
    private int challenges;
    private long newestChallenge;
    private long smallestNanos;

    /// Starts anew with another server.
    public void reset() {
        requests = 0;
        challenges = 0;
    }

    public void requestSent(long nowNanos) {
        if (requests < REQUESTS_MAX) {
            sentNanos[requests] = nowNanos;
        }
        requests++;
    }

    /// Takes note of a challenge that has opened.
    ///
    /// @param sequence of the packet, which grows with every answer of a server; one that does not
    ///   is a copy or was overtaken
    /// @return the round trip, with the one challenge that completes the answers; else [#UNKNOWN]
    public long challengeReceived(long nowNanos, long sequence) {
        boolean isOld = challenges > 0 && sequence - newestChallenge <= 0;
        if (isOld || challenges >= requests || requests > REQUESTS_MAX) {
            return UNKNOWN;
        }
        long differenceNanos = nowNanos - sentNanos[challenges];
        smallestNanos =
                challenges == 0 ? differenceNanos : Math.min(smallestNanos, differenceNanos);
        newestChallenge = sequence;
        challenges++;
        return challenges == requests ? smallestNanos : UNKNOWN;
    }
}
