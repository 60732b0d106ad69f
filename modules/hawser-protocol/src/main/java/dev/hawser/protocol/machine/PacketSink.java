package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Where a machine puts the packets it wants sent: a method that takes one may send, no other does.
///
/// The sink sends or copies before it returns; it must not call back into the machine, which
/// asserts that it does not.
@FunctionalInterface
public interface PacketSink {
    /// Takes one packet.
    ///
    /// @param to where it goes, and from which of this machine's addresses where that is known
    ///   ([PeerAddress#hasLocal()]); valid during the call
    /// @param packet the bytes between position and limit, at most 1225; the machine's own buffer,
    ///   overwritten by its next packet
    void send(PeerAddress to, ByteBuffer packet);
}
