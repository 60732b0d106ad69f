package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// A UDP socket from the moment it is bound until it is closed, by one way of calling the system.
///
/// What [Transport] says of its methods goes for those of the same name here. [UdpTransport] sees
/// to packets that are too large and to sockets that are not open.
sealed interface UdpSocket permits NioSocket, MmsgSocket {
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
