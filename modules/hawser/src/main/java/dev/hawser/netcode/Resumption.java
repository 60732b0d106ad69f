package dev.hawser.netcode;

import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.token.TokenFetchFailure;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// When a client that lost its connection tries to go on with it, how often, and until when.
///
/// An attempt is a token that resumes the connection, and a dial with it. The first follows the
/// loss at once. A dial is short, since a server that was restarted meanwhile refuses the tokens
/// from before its start without a word: a second, and longer after the first ten. Between fetches
/// that failed the waits grow, each a random part of its limit, so that the players of a server
/// that went down do not come back at the same moment. Who is told by the service when to come back
/// adds that wait: all are told the same, and nobody is to come sooner.
final class Resumption {
    private static final long DIAL_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long DIAL_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final int SHORT_DIALS = 10;
    private static final long WAIT_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    /// Nobody tries for longer to come back.
    private static final long TOLD_SECONDS_MAX = TimeUnit.DAYS.toSeconds(1);

    private final @Nullable Resume resume;
    private final RandomBytes random;

    /// Why the connection was lost; null while none is being resumed.
    private @Nullable DisconnectReason lost;

    private @Nullable TokenTag former;
    private long lostAtNanos;
    private int attempts;
    private int failuresInARow;

    /// Whether no attempt is going on, and the next one waits for its time.
    private boolean isWaiting;

    private long dueNanos;

    private long attemptBeganNanos;

    /// Whether a dial is going on, and until when.
    private boolean isDialling;

    private long dialEndsNanos;

    /// @param resume null for a client that does not come back by itself
    Resumption(@Nullable Resume resume, RandomBytes random) {
        this.resume = resume;
        this.random = random;
    }

    /// Begins to resume a connection that was lost, if that makes sense.
    ///
    /// A server that drains sends its players on, and those who come to it at first: they wait a
    /// random part of what it said, so that they do not all come to the next one at once.
    ///
    /// @param tag of the token that the client was connected with; null where it never was
    /// @return whether it did
    boolean begin(long nowNanos, DisconnectReason reason, @Nullable TokenTag tag) {
        boolean makesSense = tag == null ? isDraining(reason) : isLoss(reason);
        if (resume == null || !makesSense) {
            return false;
        }
        lost = reason;
        former = tag;
        lostAtNanos = nowNanos;
        attempts = 0;
        failuresInARow = 0;
        waitUntil(nowNanos + waitNanos(reason));
        return true;
    }

    private long waitNanos(DisconnectReason reason) {
        long seconds =
                switch (reason) {
                    case DisconnectReason.Moved(StatedReason stated) -> stated.retryAfterSeconds();
                    case DisconnectReason.Denied(StatedReason stated) -> stated.retryAfterSeconds();
                    default -> 0;
                };
        return (long) (TimeUnit.SECONDS.toNanos(seconds) * randomShare());
    }

    private static boolean isDraining(DisconnectReason reason) {
        return reason instanceof DisconnectReason.Denied(StatedReason stated)
                && stated.code() == StatedReason.DRAINING;
    }

    /// Ends that nobody wanted. Who is sent away, leaves, or is replaced does not come back.
    private static boolean isLoss(DisconnectReason reason) {
        return reason instanceof DisconnectReason.TimedOut
                || reason instanceof DisconnectReason.ForgottenByServer
                || reason instanceof DisconnectReason.Moved
                || reason instanceof DisconnectReason.TransportClosed
                || reason instanceof DisconnectReason.TransportFailed;
    }

    /// {@return whether a connection is being resumed}
    boolean isActive() {
        return lost != null;
    }

    /// {@return how many attempts there were, with the present one}
    int attempts() {
        return attempts;
    }

    /// {@return the token that the client was connected with; null where it never was}
    @Nullable TokenTag former() {
        return former;
    }

    /// {@return whether another attempt is due}
    boolean isAttemptDue(long nowNanos) {
        return isActive() && isWaiting && dueNanos - nowNanos <= 0;
    }

    void attemptBegins(long nowNanos) {
        attemptBeganNanos = nowNanos;
        isWaiting = false;
        attempts++;
    }

    void dialBegins(long nowNanos) {
        failuresInARow = 0;
        isDialling = true;
        long nanos = attempts <= SHORT_DIALS ? DIAL_NANOS_MIN : DIAL_NANOS_MAX;
        dialEndsNanos = nowNanos + nanos;
    }

    /// {@return whether the present dial has gone on for long enough}
    boolean isDialOver(long nowNanos) {
        return isActive() && isDialling && dialEndsNanos - nowNanos <= 0;
    }

    /// The dial led to nothing: another token may do better. A port that is closed says so at once,
    /// and is not asked, nor is the service, more often than one that says nothing.
    void dialFailed(long nowNanos) {
        waitUntil(noSooner(nowNanos));
    }

    /// The dial ended with an answer that is not final.
    void dialFailed(long nowNanos, DisconnectReason reason) {
        waitUntil(noSooner(nowNanos + waitNanos(reason)));
    }

    private long noSooner(long nanos) {
        long paced = attemptBeganNanos + DIAL_NANOS_MIN;
        return paced - nanos > 0 ? paced : nanos;
    }

    /// There was no token.
    ///
    /// @return whether it makes sense to ask again
    boolean fetchFailed(long nowNanos, TokenFetchFailure failure) {
        long retryAfterSeconds =
                switch (failure) {
                    case TokenFetchFailure.Unreachable _,
                            TokenFetchFailure.TimedOut _,
                            TokenFetchFailure.SourceFailed _ ->
                            0;
                    case TokenFetchFailure.ServiceFailed failed -> failed.retryAfterSeconds();
                    case TokenFetchFailure.TooManyRequests busy -> busy.retryAfterSeconds();
                    case TokenFetchFailure.NoServer none -> none.retryAfterSeconds();
                    default -> -1;
                };
        if (retryAfterSeconds < 0) {
            return false;
        }
        waitLonger(nowNanos, retryAfterSeconds);
        return true;
    }

    /// Nothing could be begun: waits before the next attempt, longer each time.
    ///
    /// @param retryAfterSeconds before which the service does not want it; 0 where it did not say
    void waitLonger(long nowNanos, long retryAfterSeconds) {
        long told = TimeUnit.SECONDS.toNanos(Math.min(retryAfterSeconds, TOLD_SECONDS_MAX));
        long grown = WAIT_NANOS_MIN << Math.min(failuresInARow, 5);
        failuresInARow++;
        // The longer all have waited, the more would come at one moment.
        long spread = Math.min(grown + told / 2, WAIT_NANOS_MAX);
        waitUntil(nowNanos + told + spread / 2 + (long) (spread / 2.0 * randomShare()));
    }

    private double randomShare() {
        byte[] bytes = new byte[Integer.BYTES];
        random.nextBytes(bytes);
        return (ByteBuffer.wrap(bytes).getInt() >>> 1) / (double) Integer.MAX_VALUE;
    }

    private void waitUntil(long nanos) {
        isDialling = false;
        isWaiting = true;
        dueNanos = nanos;
    }

    /// {@return whether the time to come back is over}
    boolean isOver(long nowNanos) {
        return resume != null && isActive() && nowNanos - lostAtNanos >= resume.within().toNanos();
    }

    /// {@return whether the server's answer to a dial ends it: it is there, and does not want this
    /// client}
    static boolean isFinal(DisconnectReason reason) {
        return !(reason instanceof DisconnectReason.RequestTimedOut
                || reason instanceof DisconnectReason.ResponseTimedOut
                || reason instanceof DisconnectReason.ServerUnreachable
                || reason instanceof DisconnectReason.TokenExpired
                || isLoss(reason)
                || (reason instanceof DisconnectReason.Denied(StatedReason stated)
                        && passes(stated)));
    }

    /// {@return whether a denial may be another one the next time, with a new token: also of a
    /// server that cannot ask about newcomers for a moment, and says when to come back}
    private static boolean passes(StatedReason stated) {
        return stated.equals(StatedReason.NONE)
                || stated.code() == StatedReason.DRAINING
                || stated.code() == StatedReason.TOKEN_USED
                || (stated.code() == StatedReason.INTERNAL && stated.retryAfterSeconds() > 0);
    }

    /// Ends it: the client is connected again, or has given up.
    ///
    /// @return why the connection was lost; null where none was being resumed
    @Nullable DisconnectReason end() {
        DisconnectReason reason = lost;
        lost = null;
        former = null;
        isWaiting = false;
        isDialling = false;
        return reason;
    }
}
