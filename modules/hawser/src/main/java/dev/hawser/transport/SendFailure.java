package dev.hawser.transport;

/// Why a transport could not send a packet. To the connection each is a lost packet; to a person
/// they are different mistakes.
public enum SendFailure {
    /// The socket's send buffer, or the queue of the receiver in memory, is full.
    BUFFER_FULL,
    /// The packet is larger than the transport takes, or than the path to the peer allows.
    TOO_LARGE,
    /// No way leads there: no route, nobody listening, or an IPv6 address from an IPv4 socket.
    UNREACHABLE,
    /// The system forbids it: a firewall on this machine.
    NOT_PERMITTED,
    /// The transport is closed.
    CLOSED,
    /// Something else that the system reported.
    OTHER
}
