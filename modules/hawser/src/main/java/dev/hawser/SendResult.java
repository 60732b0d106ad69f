package dev.hawser;

/// What became of a payload that was to be sent.
public enum SendResult {
    /// It was handed to the transport. Whether it arrives is another matter: payloads are
    /// datagrams.
    SENT,
    /// There is no connection to send it over: it never existed, has ended, or is still being made.
    /// Nothing was sent.
    NOT_CONNECTED,
    /// The path to this peer carries no payload of this size at this moment, although
    /// `maxPayloadBytes()` of the whole client or server allows it. Nothing was sent, and the
    /// connection goes on: split it. Paths differ only over WebTransport, and there only to peers
    /// that do not take large packets on streams.
    TOO_LARGE,
    /// The queue on the way to the other side is full: it does not keep up, or over WebTransport
    /// and WebSocket its path does not. Nothing was sent, and the connection goes on; what was to
    /// be said next time is newer anyway.
    QUEUE_FULL
}
