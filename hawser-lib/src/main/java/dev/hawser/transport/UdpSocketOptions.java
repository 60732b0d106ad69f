package dev.hawser.transport;

/// What is asked of a socket when it is made.
///
/// @param bufferBytes of each direction
/// @param trafficClass the traffic class byte, 0 to leave it as it is
record UdpSocketOptions(int bufferBytes, int trafficClass) {}
