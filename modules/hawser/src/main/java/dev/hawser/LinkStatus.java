package dev.hawser;

import java.util.OptionalDouble;

/// What a connection that measures the network itself says of it. A snapshot, a second old at most.
///
/// @param pingMillis there and back, in milliseconds
/// @param qualityHere the share of packets that arrive here in order, from 0 to 1; empty until it
///   is known
/// @param qualityThere the same, as the other side sees it
/// @param packetsOutPerSecond sent of late
/// @param bytesOutPerSecond of those
/// @param packetsInPerSecond received of late
/// @param bytesInPerSecond of those
/// @param sendRateBytesPerSecond how much may be sent, as far as the connection believes
/// @param pendingUnreliableBytes handed over and not yet sent, of unreliable payloads
/// @param pendingReliableBytes the same of reliable ones, with what has to be sent again
/// @param unacknowledgedBytes of reliable payloads, sent and not yet acknowledged
/// @param queueNanos how long a payload would wait that was sent at that moment, in nanoseconds
public record LinkStatus(
        int pingMillis,
        OptionalDouble qualityHere,
        OptionalDouble qualityThere,
        double packetsOutPerSecond,
        double bytesOutPerSecond,
        double packetsInPerSecond,
        double bytesInPerSecond,
        int sendRateBytesPerSecond,
        int pendingUnreliableBytes,
        int pendingReliableBytes,
        int unacknowledgedBytes,
        long queueNanos) {}
