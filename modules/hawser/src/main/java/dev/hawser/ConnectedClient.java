package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.UserData;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server's handle of one connection, from its beginning to its end; sending through it needs no
/// lookup.
///
/// The same client that connects again gets another handle. A handle may be kept: after the
/// connection has ended it still says who it was, and sending gives [SendResult#NOT_CONNECTED].
/// Equality is identity.
///
/// Any thread may read it; attachment and reports belong to the server's thread.
public interface ConnectedClient {
    /// {@return who the client is}
    ClientId id();

    /// {@return the client's place at [#server()], from 0 to its number of slots less one; free for
    /// another client once this connection has ended. Among several servers it may be another one
    /// after [ServerHandler#onResume]}
    int clientIndex();

    /// {@return where the client is; empty where the connection has no address. It may change while
    /// the client is connected ([ServerHandler#onMove])}
    Optional<NetAddress> address();

    /// {@return the server that it is connected to: of several, the member of the
    /// [dev.hawser.multi.MultiServer]}
    NetServer server();

    /// {@return whether the client is in this process and shares the game's world, so that there is
    /// nothing to send to it but what it cannot see}
    default boolean isLocal() {
        return id() instanceof ClientId.Local;
    }

    /// {@return what the backend put into the client's connect token, or a local client brought
    /// along}
    UserData userData();

    /// {@return the connect token that the client showed last, which is another one after
    /// [ServerHandler#onResume]; empty for kinds of connections that have none, as Steam's and
    /// local ones}
    default Optional<ShownToken> token() {
        return Optional.empty();
    }

    /// {@return whether the connection exists; false as soon as the server knows of its end, which
    /// may be before [ServerHandler#onDisconnect]}
    boolean isConnected();

    /// {@return whether the client fell silent and its place is kept for it
    /// ([ServerHandler#onSuspend]); it is not connected then}
    default boolean isSuspended() {
        return false;
    }

    /// {@return the size of the largest payload that can be sent to this client, in bytes}
    int maxPayloadBytes();

    /// {@return what this connection has moved and how good it is, also after its end; a snapshot}
    ConnectionStats stats();

    /// Tells how long an echo took that the game sent and got back, for
    /// [ConnectionStats#roundTripNanos()].
    ///
    /// @param nanos there and back, not negative
    /// @throws IllegalArgumentException when it is negative
    void reportRoundTrip(long nanos);

    /// Keeps an object of the game with this connection, for example its player. Null forgets it.
    void attach(@Nullable Object attachment);

    /// {@return the object that was attached last, or null}
    @Nullable Object attachment();
}
