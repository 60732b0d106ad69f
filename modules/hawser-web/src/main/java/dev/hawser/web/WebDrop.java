package dev.hawser.web;

/// Why a web transport dropped a packet.
public enum WebDrop {
    /// Received, but the queue to the owner's thread was full: it does not come round often enough.
    RECEIVE_QUEUE_FULL,
    /// Received, but so many packets of this session waited for the owner's thread as may.
    RECEIVE_SESSION_LIMIT,
    /// Sent, but the queue to the network's thread was full.
    SEND_QUEUE_FULL,
    /// Sent, but so much of this session waited for the network as may: its path is slower than
    /// what is sent.
    SEND_SESSION_LIMIT,
    /// Sent, but the network took it not: the session ended meanwhile, or no stream was free for a
    /// large packet.
    NOT_WRITTEN,
    /// Received for a session that does not exist.
    UNKNOWN_SESSION,
    /// Received, and no packet: empty, a text, a stream that broke off.
    NO_PACKET,
    /// Received, and larger than any packet.
    OVERSIZE,
    /// Received: a ping of a WebSocket that has not read what was sent before. It is not answered.
    UNREAD_PING,
    /// Received: the beginning of a QUIC connection with a proof of its address that is not this
    /// server's, or too old, or another's.
    ADDRESS_UNPROVEN,
    /// A packet of QUIC that was to leave, while as much waited for the system as may: answers to
    /// strangers first.
    SOCKET_FULL
}
