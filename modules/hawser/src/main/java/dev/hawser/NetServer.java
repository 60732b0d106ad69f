package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server: many connections, one thread.
///
/// Poll-driven: the game calls [#update()] once a tick, then [#receive], then sends. The thread
/// that calls [#update()] first owns the server until it stops, or is handed over; other threads
/// get an [IllegalStateException] and hand their work over, for example by [ServerRunner#execute].
/// When the owner has terminated, any thread may stop the server or take it over ([#handOver()]).
/// [#isRunning()], [#isDraining()], [#localAddresses()], [#maxPayloadBytes()], [#stats()] and
/// [#wakeup()] are for every thread.
public interface NetServer extends AutoCloseable {
    /// Starts accepting clients. Does nothing when it runs. A server that has stopped can start
    /// again.
    ///
    /// @throws IOException when the transport cannot be opened, for example because the port is in
    ///   use; the message says what to do
    void start() throws IOException;

    /// Disconnects every client, telling them that the server stops, or, where it drains, that they
    /// are to go on at another one, and gives everything back to the system. Does nothing when it
    /// does not run. What has happened until then, the disconnects included, can still be received:
    /// by the next [#receive], if a handler stops the server. Any thread may call it when the owner
    /// has terminated.
    void stop();

    /// Lets the server leave in order: from now on nobody comes in, and who is connected stays
    /// until he goes by himself or the deadline comes. When the last one is gone, the game hears
    /// [ServerHandler#onDrained()]; stopping the server is up to the game then.
    ///
    /// Newcomers are refused with [Refusal.Draining], those too whom the application has admitted
    /// and who have no slot yet. At the deadline, or when the server is stopped before, those who
    /// are left are disconnected with [DisconnectReason.Moved], which sends them to another server;
    /// so a deadline of zero sends them away at once. A token service has to stop offering this
    /// server, which an announcer sees to.
    ///
    /// So that they do not all come to another server at once, nor wait without one, they go one
    /// after the other: in the last `retryAfterSeconds` before the deadline, but no sooner than in
    /// the second half of the time, and the last one at the deadline. What is missing to
    /// `retryAfterSeconds` they are told to wait.
    ///
    /// A second call replaces deadline and reason. There is no way back but to stop the server and
    /// to start it again. Does nothing when it does not run.
    ///
    /// @param deadline from now on; longer than 292 years counts as that
    /// @param reason for newcomers and for those who are left, where the connection can carry one;
    ///   clients that are sent away at once and connect again by themselves spread over its
    ///   `retryAfterSeconds`
    /// @throws IllegalArgumentException when the deadline is negative
    void drain(Duration deadline, Refusal.Draining reason);

    /// {@return whether it runs and drains, so that nobody is to be sent to it; any thread may ask}
    boolean isDraining();

    /// Gives the server to the next thread that updates it, which sees all that was done before.
    /// The owner may call it, and when the owner has terminated, any thread: what a terminated
    /// thread has done is seen by whoever knows that it has (`Thread.isAlive()`, JLS 17.4.4).
    ///
    /// @throws IllegalStateException when another thread owns the server, and lives, or when it is
    ///   a member of a [dev.hawser.multi.MultiServer], which is handed over as a whole
    void handOver();

    /// {@return whether it runs; any thread may ask}
    boolean isRunning();

    /// Receives what has arrived, sends what is due, and notices what has ended. Never waits; takes
    /// a bounded number of packets, so that a flood cannot hold up the tick
    /// ([ServerStats#updatesAtLimit()]). Does nothing when the server does not run.
    void update();

    /// Hands over the payloads, connects and disconnects that updates have seen, in the order in
    /// which they happened. After a handler has stopped a server, the rest comes with the next
    /// call; of a client that the game has disconnected, only its disconnect. Newcomers are put
    /// before the [ConnectionRequestHandler], if there is one.
    ///
    /// What the handler throws is passed on; what it was called for counts as delivered, and the
    /// rest comes with the next call.
    ///
    /// @return how many payloads were delivered
    /// @throws IllegalStateException when called from inside the handler
    int receive(ServerHandler handler);

    /// Sends a payload to a client, unreliably and unordered.
    ///
    /// @param client one of this server; one whose connection has ended gives
    ///   [SendResult#NOT_CONNECTED]
    /// @param payload 1 to [ConnectedClient#maxPayloadBytes()] bytes between position and limit,
    ///   both left as they are; taken before the call returns
    /// @throws IllegalArgumentException when the payload is empty or too large, or the client is
    ///   another server's
    SendResult send(ConnectedClient client, ByteBuffer payload);

    /// Sends a payload to all clients.
    ///
    /// @param payload 1 to [#maxPayloadBytes()] bytes between position and limit, both left as they
    ///   are; taken before the call returns
    /// @return how many it was sent to
    /// @throws IllegalArgumentException when the payload is empty or too large
    default int broadcast(ByteBuffer payload) {
        return broadcast(null, payload);
    }

    /// Sends a payload to all clients but one.
    ///
    /// @param except who does not get it, for example because it said so itself; null for nobody
    /// @param payload 1 to [#maxPayloadBytes()] bytes between position and limit, both left as they
    ///   are; taken before the call returns
    /// @return how many it was sent to
    /// @throws IllegalArgumentException when the payload is empty or too large
    int broadcast(@Nullable ConnectedClient except, ByteBuffer payload);

    /// Hands what was sent since the last update to the network. [#update()] does it too; but most
    /// games send after it, so they call this at the end of the tick: else what they sent waits for
    /// the next one.
    void flush();

    /// Ends the connection of a client and tells it. Does nothing when it has ended. Payloads of it
    /// that wait are dropped: what is still delivered is its disconnect.
    ///
    /// That keeps nobody out. A player may fetch another token, and under a token that lists
    /// several servers a client of another make, as the reference's, dials the next one at once;
    /// Hawser's clients stop. Whoever is not to come back has to be refused: at every server, by
    /// its [ConnectionRequestHandler], and by the token service before that. Or let tokens name one
    /// server each.
    ///
    /// @param reason for the client, where the connection can carry one
    /// @throws IllegalArgumentException when the client is another server's
    void disconnect(ConnectedClient client, StatedReason reason);

    /// {@return the clients that are connected at this moment: a view that cannot be changed and
    /// changes with each update, so disconnect over a copy of it}
    ///
    /// A client appears with the update that connects it, which is before [ServerHandler#onConnect]
    /// is called for it.
    Collection<ConnectedClient> connectedClients();

    /// {@return the client that is connected with this id; empty when there is none}
    Optional<ConnectedClient> client(ClientId id);

    /// Lets no connection end because nothing is heard, from now on: for sitting at a breakpoint,
    /// on either side. The other side needs the same, since it hears nothing from here. Outlives a
    /// restart.
    void suspendTimeouts();

    /// Lets connections time out again; each counts as heard of just now.
    void resumeTimeouts();

    /// Waits until something may have arrived or be due, `timeoutNanos` are over, or another thread
    /// calls [#wakeup()]: for a loop that has no ticks of its own. May return early for no reason,
    /// and half a millisecond late where the last update received only what it had to drop.
    void await(long timeoutNanos);

    /// Ends the present [#await], or else the next one. Any thread may call it.
    void wakeup();

    /// {@return the addresses that this server receives at, with the real port where port 0 asked
    /// the system to choose; none where everything happens in this process; any thread may ask}
    List<NetAddress> localAddresses();

    /// {@return the size of the largest payload that fits every connection of this server, in
    /// bytes; any thread may ask}
    int maxPayloadBytes();

    /// {@return what this server has sent, received and dropped; a snapshot, which any thread may
    /// take}
    ServerStats stats();

    /// Stops the server: see [#stop()].
    @Override
    default void close() {
        stop();
    }
}
