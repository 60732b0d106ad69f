package dev.hawser.spi;

import dev.hawser.ConnectedClient;
import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a server leaves in order: whether it does, why, and until when those who are connected may
/// stay. Any thread may ask whether it does.
final class Drain {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private record Begun(Refusal.Draining reason, long sinceNanos, long deadlineNanos) {
        private long leftNanos(long nowNanos) {
            return deadlineNanos - (nowNanos - sinceNanos);
        }
    }

    /// Of the server, who leave the list as they are sent away.
    private final List<ConnectedClient> connected;

    private volatile @Nullable Begun begun;

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
        begun = new Begun(reason, nowNanos, deadlineNanos);
    }

    /// The server has stopped.
    void end() {
        begun = null;
    }

    boolean isOn() {
        return begun != null;
    }

    /// {@return whether nobody is left}
    boolean isOver() {
        return isOn() && connected.isEmpty();
    }

    /// {@return why nobody comes in any more; null while somebody may}
    Refusal.@Nullable Draining reason() {
        Begun begun = this.begun;
        return begun == null ? null : begun.reason;
    }

    /// Sends away who is left when the deadline has come.
    void look(long nowNanos) {
        Begun begun = this.begun;
        if (begun != null && begun.leftNanos(nowNanos) <= 0) {
            sendAway();
        }
    }

    /// {@return how long to wait at most: less than was asked for where those who are left have to
    /// go before}
    long untilDue(long nowNanos, long timeoutNanos) {
        Begun begun = this.begun;
        return begun == null || connected.isEmpty()
                ? timeoutNanos
                : Math.min(timeoutNanos, Math.max(0, begun.leftNanos(nowNanos)));
    }

    /// Ends every connection of a server that drains; what has come over them is still received.
    void sendAway() {
        Refusal.Draining reason = reason();
        while (reason != null && !connected.isEmpty()) {
            AbstractConnectedClient client = (AbstractConnectedClient) connected.getLast();
            client.end(
                    new StatedReason(
                            StatedReason.MOVED, reason.retryAfterSeconds(), reason.text()));
            AbstractServer.checkEnded(client, "end");
        }
    }
}
