package dev.hawser.transport;

/// What one direction of a [ConditionedTransport] has done to its packets since it was made. A
/// snapshot; but for `packets`, copies are counted.
///
/// @param packets taken, before anything was done to them
/// @param duplicated how many of these there were twice
/// @param lost by chance, alone or in a burst
/// @param cut lost while the link was cut
/// @param queueDropped dropped since the queue before the bandwidth was full
/// @param overflowed dropped since as many were under way as may be
///   ([ConditionedTransport.Builder#packetsUnderWayMax(int)])
/// @param heldBack sent on their way later, so that others overtake them
/// @param underWay on their way at this moment
public record LinkStats(
        long packets,
        long duplicated,
        long lost,
        long cut,
        long queueDropped,
        long overflowed,
        long heldBack,
        int underWay) {
    /// {@return how many copies did not arrive and will not, for whatever reason}
    public long dropped() {
        return lost + cut + queueDropped + overflowed;
    }
}
