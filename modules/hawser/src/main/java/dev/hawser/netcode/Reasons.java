package dev.hawser.netcode;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.machine.ServerEvent;
import java.time.Duration;

/// From what the machines say to what people read.
final class Reasons {
    private Reasons() {}

    /// {@return why a connection ended, as the server sees it}
    static DisconnectReason of(ServerEvent.Disconnected event) {
        return switch (event.cause()) {
            case TIMED_OUT ->
                    new DisconnectReason.TimedOut(
                            event.timeoutSeconds(),
                            pausedMillis(event.pausedNanos(), event.timeoutSeconds()));
            case CLIENT_DISCONNECTED -> new DisconnectReason.ClientLeft(event.reason());
            case SERVER_DISCONNECTED -> DisconnectReason.endedByServer(event.reason());
            case REPLACED -> new DisconnectReason.Replaced();
            case SEQUENCE_EXHAUSTED -> new DisconnectReason.SequenceExhausted();
        };
    }

    /// {@return how long a side stood still, where that may be why the other gave up: at least half
    /// of the timeout. A shorter pause, of a busy machine for example, would be blamed for what a
    /// dead peer has done; 0 then}
    static long pausedMillis(long pausedNanos, int timeoutSeconds) {
        long millis = Duration.ofNanos(pausedNanos).toMillis();
        return 2 * millis >= 1000L * timeoutSeconds ? millis : 0;
    }
}
