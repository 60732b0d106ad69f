package dev.hawser.load;

import java.nio.ByteBuffer;

/// Moves the packets of all clients: each has an address of its own, by which the server tells them
/// apart. Belongs to one thread.
interface ClientNetwork extends AutoCloseable {
    /// Takes what came for a client; the bytes are lent for the call.
    interface Receiver {
        void handle(int client, ByteBuffer datagram);
    }

    /// Hands over what has come from the server, up to a batch of it, without waiting.
    ///
    /// @return how many datagrams
    int receive(Receiver receiver);

    /// Sends a packet to the server, at once or with the next [#flush()]. The bytes between
    /// position and limit are copied; both stay.
    void send(int client, ByteBuffer packet);

    /// Sends what waits.
    void flush();

    /// Waits until something may have come, or the time is over.
    void await(long timeoutNanos);

    /// {@return how many packets the system did not take}
    long sendFailures();

    /// {@return in a few words what moves the packets}
    String description();

    @Override
    void close();
}
