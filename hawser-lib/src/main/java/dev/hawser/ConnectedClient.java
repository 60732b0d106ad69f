package dev.hawser;

import dev.hawser.protocol.NetAddress;
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
/// Any thread may read it; the attachment belongs to the server's thread.
public interface ConnectedClient {
    /// {@return who the client is}
    ClientId id();

    /// {@return the client's place at the server, from 0 to the number of slots less one; free for
    /// another client once this connection has ended}
    int clientIndex();

    /// {@return where the client is; empty where the connection has no address}
    Optional<NetAddress> address();

    /// {@return what the backend put into the client's connect token}
    UserData userData();

    /// {@return whether the connection exists; false as soon as the server knows of its end, which
    /// may be before [ServerHandler#onDisconnect]}
    boolean isConnected();

    /// {@return the size of the largest payload that can be sent to this client, in bytes}
    int maxPayloadBytes();

    /// Keeps an object of the game with this connection, for example its player. Null forgets it.
    void attach(@Nullable Object attachment);

    /// {@return the object that was attached last, or null}
    @Nullable Object attachment();
}
