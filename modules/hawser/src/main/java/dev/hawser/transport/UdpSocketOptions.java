package dev.hawser.transport;

/// What is asked of a socket when it is made.
///
/// @param bufferBytes of each direction
/// @param trafficClass the traffic class byte, 0 to leave it as it is
/// @param isClient whether it has one peer at a time, a server: then the path to it is the system's
///   to look after, and what the path does not carry whole goes in fragments
record UdpSocketOptions(int bufferBytes, int trafficClass, boolean isClient) {}
