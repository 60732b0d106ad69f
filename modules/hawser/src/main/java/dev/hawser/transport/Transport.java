package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Moves packets to and from addresses, and knows nothing of connections.
///
/// **Life.** [#open()], then any number of batches, then [#close()]. After that it may be opened
/// again, as a server does that stops and starts; a port that the system chose may then be another.
///
/// **Batches.** [#receive] pushes as many datagrams as there are, and [#flush()] ends a batch of
/// sends: an implementation may hand each batch to the system in one call.
///
/// **Threads.** One thread at a time, the one that opened it. [#wakeup()], [#localAddress()] and
/// [#stats()] may be called by any thread.
///
/// **Several addresses.** A machine may have more than one, and a peer takes answers only from the
/// one that it has dialled. A transport that is bound to all of them says with each packet which it
/// was sent to, and sends from the one that it is told ([PeerAddress#hasLocal()]), or logs when it
/// is opened that it cannot.
///
/// **Failures.** After `open` nothing that the network does is thrown: a packet that cannot be sent
/// is a lost packet, and [#stats()] says how many and why.
public interface Transport extends AutoCloseable {
    /// Starts receiving, and being able to send. Does nothing when it is open.
    ///
    /// @throws IOException when the system refuses, for example with a [java.net.BindException]
    ///   because the port is taken; the message names the address and what to do
    void open() throws IOException;

    /// {@return whether it has been opened and not closed since}
    boolean isOpen();

    /// Pushes the datagrams that have arrived into `handler`, in the order in which they came.
    /// Never waits. What arrives meanwhile may be among them.
    ///
    /// What the handler throws is passed on; the datagram in hand is then gone, the others are not.
    ///
    /// @param handler takes each datagram
    /// @param packetsMax how many it gets at most, more than 0
    /// @return how many were taken from the network, with those that could not be received whole; 0
    ///   when there is nothing left or this transport is closed
    int receive(DatagramHandler handler, int packetsMax);

    /// Sends a packet, or puts it into the batch that [#flush()] sends.
    ///
    /// A packet that cannot be sent is dropped and counted, also when this transport is closed.
    ///
    /// @param to where it goes; read during the call only
    /// @param packet the bytes between position and limit, taken before the call returns; position
    ///   and limit stay as they are
    void send(PeerAddress to, ByteBuffer packet);

    /// Ends a batch: all packets sent before are on their way when it returns.
    void flush();

    /// Ends the batch of sends, then waits until something may have arrived, `timeoutNanos` are
    /// over, or another thread calls [#wakeup()] or interrupts this one. May return early for no
    /// reason.
    ///
    /// @param timeoutNanos how long at most; 0 or less returns at once. The system may round it up
    ///   to a millisecond
    void await(long timeoutNanos);

    /// Ends the present [#await], or else the next one. Any thread may call it.
    void wakeup();

    /// {@return the address that this transport is bound to, with the real port where port 0 asked
    /// the system to choose; before it is opened, the one it was told}
    NetAddress localAddress();

    /// {@return the size of the largest packet that it takes, at least 1078, which is what a
    /// connection request needs}
    int maxPacketBytes();

    /// {@return the size of the largest packet that it takes for this peer at this moment: at least
    /// 1078 and at most [#maxPacketBytes()], which it is wherever paths do not differ}
    ///
    /// @param peer read during the call only
    default int maxPacketBytes(PeerAddress peer) {
        return maxPacketBytes();
    }

    /// {@return whether a packet to this peer would find room at this moment; true wherever the
    /// network takes or loses whatever it gets}
    ///
    /// A connection asks before each payload, and does not send it when the answer is no. So each
    /// no is counted like a packet that found no room.
    ///
    /// @param peer read during the call only
    default boolean hasRoom(PeerAddress peer) {
        return true;
    }

    /// Says that a client is connected at this address, until [#release] says that none is any
    /// longer. A transport that keeps something for each peer, a session for example, may end what
    /// nobody retains within a time of its own. Does nothing where there is no such thing.
    ///
    /// @param peer read during the call only
    default void retain(PeerAddress peer) {}

    /// Says that nobody is connected any longer at this address. What was sent before still leaves;
    /// then whatever the transport keeps for this peer, a session for example, may end. Does
    /// nothing where there is no such thing.
    ///
    /// @param peer read during the call only
    /// @param reason what the peer was told, for transports that can say it again
    default void release(PeerAddress peer, StatedReason reason) {}

    /// {@return why this peer is not reached, as far as this transport knows at this moment; null
    /// while it may be, which is all that a transport without sessions can say}
    ///
    /// A client asks once an update, before it receives: what was there before the failure is still
    /// handed over. What is said here holds until [#release], or until the failure is over.
    ///
    /// @param peer read during the call only
    default @Nullable TransportFailure failure(PeerAddress peer) {
        return null;
    }

    /// {@return whether its peers keep their connections when their address changes: true wherever
    /// a peer is known by an address that a NAT or another network may change, as over UDP. False
    /// where no address ever changes, as in memory, or where a peer is known by something else, as
    /// by its session over the web: then a server does nothing for it}
    default boolean peersMayMove() {
        return true;
    }

    /// Takes another socket in the place of one whose packets find no way out, if this transport
    /// may choose its address: the network that it was opened in may be gone. A server knows the
    /// client by another address from then on. What has arrived and was not received is lost.
    ///
    /// A client asks while its connection can follow. Does nothing while packets leave, where the
    /// latest time was less than a second ago, and where there is no such thing: unless a transport
    /// says otherwise, false.
    ///
    /// @param nowNanos of the caller's monotonic clock
    /// @return whether it has taken another socket
    default boolean reopen(long nowNanos) {
        return false;
    }

    /// {@return what it has moved and dropped since it was made; a snapshot}
    TransportStats stats();

    /// {@return what the system said of the latest packet that it did not send, in its own words,
    /// for a person; empty where there was none, or the transport does not ask the system. Any
    /// thread may ask}
    default String lastSendError() {
        return "";
    }

    /// Stops receiving and gives everything back to the system. Does nothing when it is closed.
    @Override
    void close();
}
