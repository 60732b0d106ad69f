package dev.hawser.netcode;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.machine.ServerEvent;
import java.time.Duration;

/// From what the machines say to what people read.
final class Reasons {
    /// A transport was closed by somebody else than the server or client that has it.
    static final DisconnectReason TRANSPORT_CLOSED =
            new DisconnectReason.TransportFailed(
                    "the transport was closed while it was in use; leave closing it to the server"
                            + " or client that it was given to");

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
