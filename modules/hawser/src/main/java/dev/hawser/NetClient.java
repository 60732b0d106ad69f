package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The client's end of a connection.
///
/// Poll-driven: the game calls [#update()] once a tick, then [#receive], then sends. All methods
/// are called by one thread, the first that updates; another one gets an [IllegalStateException].
/// [#handOver()] gives the client to another thread; [#close()] gives it up, and is for every
/// thread when the owner has terminated.
public interface NetClient extends AutoCloseable {
    /// Starts connecting. What comes of it shows in [#state()] over the next updates, also when it
    /// fails at once. A connection that exists is disconnected first.
    ///
    /// @throws TokenUsedException when the connect token has been connected with before; the state
    ///   stays as it is
    void connect();

    /// Ends the connection, or the attempt at one, and tells the server, with no reason stated: see
    /// [#disconnect(StatedReason)].
    default void disconnect() {
        disconnect(StatedReason.NONE);
    }

    /// Ends the connection, or the attempt at one, and tells the server. When there is none, the
    /// state stays as it is. Payloads that wait are dropped: after this call, also in a handler,
    /// nothing more is delivered.
    ///
    /// @param reason for the server, where the connection can carry one
    void disconnect(StatedReason reason);

    /// {@return where this client stands}
    ConnectionState state();

    /// {@return whether payloads go both ways}
    default boolean isConnected() {
        return state() instanceof ConnectionState.Connected;
    }

    /// Receives what has arrived, sends what is due, and notices what has ended. Reads the clock
    /// once; never waits.
    ///
    /// Call it at least ten times a second. Where it is not called for longer, while the game loads
    /// for example, no more than a second of that counts as the server's silence; but the server
    /// hears nothing meanwhile, and gives up after the token's timeout.
    void update();

    /// Hands over the payloads that updates have received, in the order in which they came; none
    /// after a handler has disconnected or closed the client.
    ///
    /// What the handler throws is passed on; its payload counts as delivered, and the others come
    /// with the next call.
    ///
    /// @return how many were delivered
    /// @throws IllegalStateException when called from inside the handler
    int receive(PayloadHandler handler);

    /// Sends a payload to the server, unreliably and unordered.
    ///
    /// @param payload 1 to [#maxPayloadBytes()] bytes between position and limit, both left as they
    ///   are; taken before the call returns
    /// @throws IllegalArgumentException when it is empty or too large
    SendResult send(ByteBuffer payload);

    /// Hands what was sent since the last update to the network. [#update()] does it too; but most
    /// games send after it, so they call this at the end of the tick: else what they sent waits for
    /// the next one.
    void flush();

    /// {@return who this client is at the server; empty where only the server can read it}
    Optional<ClientId> id();

    /// {@return where this client receives; empty while there is no such place}
    Optional<NetAddress> localAddress();

    /// {@return the server that is dialled or connected; empty while there is none}
    Optional<NetAddress> serverAddress();

    /// {@return the size of the largest payload, in bytes}
    int maxPayloadBytes();

    /// {@return whether the server is in this process and shares its world with this client}
    default boolean isLocal() {
        return false;
    }

    /// Says that this machine's network has changed, as the system tells an application: from Wi-Fi
    /// to a mobile network, for example. A connection that can follow ([ServerHandler#onMove]) asks
    /// the server for its path in the next [#update()], rather than when half a second has passed
    /// in which nothing was heard. So the game need not call it; it only saves that time.
    ///
    /// Does nothing where there is no connection, while one is coming about, and where connections
    /// do not follow or follow by themselves: of the kinds of clients only netcode's does
    /// something.
    default void networkChanged() {}

    /// Lets the connection not end because nothing is heard, from now on: for sitting at a
    /// breakpoint, on either side. The server needs the same, since it hears nothing from here.
    /// Outlives the connection.
    void suspendTimeouts();

    /// Lets the connection time out again; it counts as heard of just now.
    void resumeTimeouts();

    /// {@return what the present connection, or else the last one, has moved, and how good it is; a
    /// snapshot}
    ConnectionStats connectionStats();

    /// Tells how long an echo took that the game sent and got back, for
    /// [ConnectionStats#roundTripNanos()].
    ///
    /// @param nanos there and back, not negative
    /// @throws IllegalArgumentException when it is negative
    void reportRoundTrip(long nanos);

    /// {@return what this client has sent, received and dropped since it was made; a snapshot,
    /// which any thread may take}
    ClientStats stats();

    /// Gives the client to the next thread that updates it, which sees all that was done before.
    /// The owner may call it, and when the owner has terminated, any thread: what a terminated
    /// thread has done is seen by whoever knows that it has (`Thread.isAlive()`, JLS 17.4.4).
    ///
    /// @throws IllegalStateException when another thread owns the client, and lives
    void handOver();

    /// Disconnects, and gives everything back to the system. The client cannot be used again. Any
    /// thread may call it when the owner has terminated.
    @Override
    void close();
}
