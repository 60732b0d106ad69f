package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Takes the datagrams that a transport has received.
@FunctionalInterface
public interface DatagramHandler {
    /// Takes one datagram. It may send through the transport that calls it.
    ///
    /// @param from where it came from; the transport's own holder, valid during the call
    /// @param datagram its bytes between position and limit; the transport's own buffer, lent for
    ///   the call, whose content, position and limit may be changed
    void handle(PeerAddress from, ByteBuffer datagram);
}
