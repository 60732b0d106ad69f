package dev.hawser.spi;

import dev.hawser.ConnectedClient;
import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How a server leaves in order: whether it does, why, until when those who are connected may stay,
/// and how many of them. Any thread may ask whether it does.
///
/// They do not go all at once, since they would all come to the next server at once. And whoever is
/// sent away with the advice to wait is without a server meanwhile. So the server spreads them
/// itself, each of whom then need not wait: the last part of the time, as long as their advice, but
/// half of it at most, is when one after the other has to go.
final class Drain {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    /// Of the server, who leave the list as they are sent away.
    private final List<ConnectedClient> connected;

    private volatile @Nullable Leaving leaving;

    Drain(List<ConnectedClient> connected) {
        this.connected = connected;
    }

    /// {@return a deadline, in nanoseconds}
    ///
    /// @throws IllegalArgumentException when it is negative
    static long checkedNanos(Duration deadline) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException(
                    "deadline is "
                            + deadline
                            + ", but must not be negative: give zero to send everybody away at"
                            + " once");
        }
        return deadline.compareTo(LONGEST) < 0 ? deadline.toNanos() : LONGEST.toNanos();
    }

    /// Begins, or gives another deadline and reason.
    ///
    /// @param deadlineNanos from `nowNanos` on
    void begin(long nowNanos, long deadlineNanos, Refusal.Draining reason) {
        leaving = new Leaving(reason, nowNanos, deadlineNanos);
    }

    /// The server has stopped.
    void end() {
        leaving = null;
    }

    boolean isOn() {
        return leaving != null;
    }

    /// {@return whether nobody is left}
    boolean isOver() {
        return isOn() && connected.isEmpty();
    }

    /// {@return why nobody comes in any more; null while somebody may}
    Refusal.@Nullable Draining reason() {
        Leaving leaving = this.leaving;
        return leaving == null ? null : leaving.reason;
    }

    /// Sends on those whose time has come.
    void look(long nowNanos) {
        Leaving leaving = this.leaving;
        if (leaving == null || connected.isEmpty()) {
            return;
        }
        int mayStay = leaving.mayStay(nowNanos, connected.size());
        if (connected.size() > mayStay) {
            sendOn(mayStay, leaving.moved());
        }
    }

    /// Sends on those who fell silent, since nobody is let in who could come back; as far as a kind
    /// has not done so.
    void sendOn(List<AbstractConnectedClient> suspended) {
        Leaving leaving = this.leaving;
        if (leaving != null) {
            suspended.forEach(client -> end(client, leaving.movedAtOnce()));
        }
    }

    /// {@return how long to wait at most: less than was asked for where somebody has to go before}
    long untilDue(long nowNanos, long timeoutNanos) {
        Leaving leaving = this.leaving;
        return leaving == null || connected.isEmpty()
                ? timeoutNanos
                : Math.min(
                        timeoutNanos,
                        Math.max(0, leaving.untilNextNanos(nowNanos, connected.size())));
    }

    /// Sends on everybody, since the server stops.
    void sendAllOn() {
        Leaving leaving = this.leaving;
        if (leaving != null) {
            sendOn(0, leaving.movedAtOnce());
        }
    }

    /// Ends connections until so many are left; what has come over them is still received.
    private void sendOn(int mayStay, StatedReason moved) {
        while (connected.size() > mayStay) {
            end((AbstractConnectedClient) connected.getLast(), moved);
        }
    }

    private static void end(AbstractConnectedClient client, StatedReason moved) {
        client.end(moved);
        AbstractServer.checkEnded(client, "end");
    }

    /// One drain, from its beginning on.
    static final class Leaving {
        private final Refusal.Draining reason;
        private final long sinceNanos;
        private final long deadlineNanos;
        private final long spreadNanos;

        /// How many were there when the first one had to go; 0 until then.
        private int crowd;

        Leaving(Refusal.Draining reason, long sinceNanos, long deadlineNanos) {
            this.reason = reason;
            this.sinceNanos = sinceNanos;
            this.deadlineNanos = deadlineNanos;
            spreadNanos =
                    Math.min(
                            TimeUnit.SECONDS.toNanos(reason.retryAfterSeconds()),
                            deadlineNanos / 2);
        }

        private long leftNanos(long nowNanos) {
            return deadlineNanos - (nowNanos - sinceNanos);
        }

        /// {@return how many may stay}
        ///
        /// @param connected how many there are
        int mayStay(long nowNanos, int connected) {
            long leftNanos = leftNanos(nowNanos);
            if (leftNanos <= 0) {
                return 0;
            }
            if (leftNanos >= spreadNanos) {
                return connected;
            }
            if (crowd == 0) {
                crowd = connected;
            }
            return (int) Math.ceil(leftNanos / (double) spreadNanos * crowd);
        }

        /// {@return how long it takes until somebody has to go, 0 or less when that has come}
        ///
        /// @param connected how many there are, at least one
        long untilNextNanos(long nowNanos, int connected) {
            double share = (connected - 1) / (double) (crowd == 0 ? connected : crowd);
            return leftNanos(nowNanos) - (long) (spreadNanos * share);
        }

        /// {@return what those are told who have to go in their turn}
        private StatedReason moved() {
            if (crowd == 0) {
                return movedAtOnce();
            }
            long waitNanos = TimeUnit.SECONDS.toNanos(reason.retryAfterSeconds()) - spreadNanos;
            return moved((int) Math.ceilDiv(waitNanos, TimeUnit.SECONDS.toNanos(1)));
        }

        /// {@return what those are told who all have to go at the same moment}
        private StatedReason movedAtOnce() {
            return moved(reason.retryAfterSeconds());
        }

        private StatedReason moved(int retryAfterSeconds) {
            return new StatedReason(StatedReason.MOVED, retryAfterSeconds, reason.text());
        }
    }
}
