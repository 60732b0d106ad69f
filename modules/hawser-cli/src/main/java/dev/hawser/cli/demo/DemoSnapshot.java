package dev.hawser.cli.demo;

import dev.hawser.ConnectionStats;
import org.jspecify.annotations.Nullable;

/// How a client of the demo fares at a moment.
///
/// @param clientId unsigned
/// @param kind of connection
/// @param index the client index, -1 before there is one
/// @param state in a word
/// @param isConnected whether it is, or was until it left
/// @param sent payloads
/// @param echoed payloads that came back
/// @param lost payloads that did not come back in the time that they may take
/// @param damaged payloads that came and had not been sent, or came twice: netcode opens a packet
///   once, also where a link delivers it twice
/// @param linkPackets what its link was given, in both directions; 0 without a link of its own
/// @param linkDropped how many of these its link has dropped, as it was told to
/// @param measured what the connection measured until the client was asked to leave; null before it
///   began
/// @param problem what went wrong, for people; null while nothing has
record DemoSnapshot(
        long clientId,
        DemoClient.Kind kind,
        int index,
        String state,
        boolean isConnected,
        long sent,
        long echoed,
        long lost,
        long damaged,
        long linkPackets,
        long linkDropped,
        @Nullable ConnectionStats measured,
        @Nullable String problem) {
    private static final double LOST_SHARE_MAX = 0.01;

    /// {@return whether it has sent something, or never will}
    boolean hasBegun() {
        return sent > 0 || problem != null;
    }

    /// {@return whether it is as it should be}
    ///
    /// Each packet that the link has dropped explains one payload that did not come back. Counted
    /// and not reckoned from the probabilities, this needs no margin for chance: what is lost
    /// besides has been lost by the demo itself, bad link or not.
    boolean isWell() {
        return isConnected
                && problem == null
                && sent > 0
                && damaged == 0
                && lost - linkDropped <= sent * LOST_SHARE_MAX;
    }

    /// {@return the round trip, smoothed; 0 before one was measured}
    long roundTripNanos() {
        return measured == null ? 0 : measured.roundTripNanos().orElse(0);
    }

    /// {@return how unevenly packets arrive; 0 before it was measured, and where there are none}
    long jitterNanos() {
        return measured == null ? 0 : measured.jitterNanos().orElse(0);
    }
}
