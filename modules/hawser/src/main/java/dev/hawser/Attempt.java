package dev.hawser;

import dev.hawser.transport.SendFailure;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a client's own side noticed of an attempt to connect that nobody answered, or of the
/// silence in which a connection was lost.
///
/// @param packetsSent handed to the network
/// @param sendFailures packets that could not be, by reason; only reasons that occurred
/// @param lastSendError what the system said of the latest of them, in its own words; empty where
///   it was not asked
/// @param packetsFromElsewhere received from addresses that were not dialled: a stranger's, or
///   those of a server that answers from another of its addresses
public record Attempt(
        long packetsSent,
        Map<SendFailure, Long> sendFailures,
        String lastSendError,
        long packetsFromElsewhere) {
    /// Nothing is known.
    public static final Attempt UNKNOWN = new Attempt(0, Map.of(), "", 0);

    /// Copies the map.
    public Attempt {
        Map<SendFailure, Long> copy = new EnumMap<>(SendFailure.class);
        copy.putAll(sendFailures);
        sendFailures = Collections.unmodifiableMap(copy);
    }

    /// {@return whether packets were to leave and not one could, and the system said why: then this
    /// machine's own network is what to look at}
    public boolean isNothingSent() {
        return packetsSent == 0 && !lastSendError.isEmpty();
    }

    /// {@return how many packets could not be handed to the network}
    public long packetsNotSent() {
        return sendFailures.values().stream().mapToLong(Long::longValue).sum();
    }
}
