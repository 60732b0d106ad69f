package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A UDP socket from the moment it is bound until it is closed, by one way of calling the system.
///
/// What [Transport] says of its methods goes for those of the same name here. [UdpTransport] sees
/// to packets that are too large and to sockets that are not open.
interface UdpSocket {
    /// Makes a socket: by one of the ways of calling the system, or the script of a test.
    interface Opener {
        /// {@return a socket that is bound to this address}
        UdpSocket open(NetAddress address, UdpSocketOptions options, TransportCounters counters)
                throws IOException;
    }

    /// {@return the address it is bound to}
    NetAddress localAddress();

    int receive(DatagramHandler handler, int packetsMax);

    void send(PeerAddress to, ByteBuffer packet);

    void flush();

    void await(long timeoutNanos);

    /// Any thread may call it, also when the socket is closed.
    void wakeup();

    /// {@return the size of the receive buffer that the system gave}
    int receiveBufferBytes();

    /// {@return the size of the send buffer that the system gave}
    int sendBufferBytes();

    /// Counts what the system has dropped since the last call, where it tells. Any thread may call
    /// it, also when the socket is closed.
    default void countDrops() {}

    void close();
}
