package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Takes the datagrams that a transport has received.
@FunctionalInterface
public interface DatagramHandler {
    /// Takes one datagram. It may send through the transport that calls it.
    ///
    /// @param from where it came from; the transport's own holder, valid during the call
    /// @param datagram its bytes between position and limit, big-endian unless changed; the
    ///   transport's own buffer, lent for the call, in which everything may be changed: it holds no
    ///   other datagram. Kept longer, it shows a later one, and must not be written to
    void handle(PeerAddress from, ByteBuffer datagram);
}
