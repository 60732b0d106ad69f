package dev.hawser;

import dev.hawser.protocol.NetAddress;
import java.nio.ByteBuffer;

/// Takes what happened at a server, in the exact order in which it happened: a client's connect
/// comes before its first payload, and its disconnect after its last.
///
/// The methods run on the thread that calls [NetServer#receive], and may call anything on the
/// server but `receive`: send, disconnect a client, stop the server. What such a call makes happen
/// comes to this handler later in the same `receive`, or, after a stop, in the next.
@FunctionalInterface
public interface ServerHandler {
    /// Takes a payload.
    ///
    /// @param client who sent it; it may have left since ([ConnectedClient#isConnected()]), but was
    ///   not disconnected by the game
    /// @param payload its bytes, from 0 to the capacity, big-endian unless changed: a copy, lent
    ///   for the call, with which the handler may do as it likes. Kept longer, it shows what is
    ///   lent later
    void onPayload(ConnectedClient client, ByteBuffer payload);

    /// A client has connected.
    ///
    /// @param client the handle of the connection, the same object until it ends
    default void onConnect(ConnectedClient client) {}

    /// A client goes on from another address: a NAT gave it another one, or its machine changed the
    /// network. The connection is the same, and nothing is to be done; who keeps addresses, for
    /// bans or for statistics, learns it here. Only netcode connections move, where both sides are
    /// Hawser's and the transport does not hide it ([dev.hawser.transport.Transport#peersMayMove]).
    ///
    /// @param client the handle of the connection, the same object; [ConnectedClient#address()] is
    ///   the latest address already, which may be a later one
    /// @param from where the client was
    /// @param to where it is
    default void onMove(ConnectedClient client, NetAddress from, NetAddress to) {}

    /// A client fell silent, and its place is kept for it
    /// ([dev.hawser.netcode.NetcodeServer.Builder#keepSlotFor]): nothing can be sent to it
    /// meanwhile. [#onResume] follows with the same handle, or [#onDisconnect].
    ///
    /// @param client whose connection was lost; its attachment stays
    default void onSuspend(ConnectedClient client) {}

    /// A client is back whose place was kept: the handle, the slot and what is attached are what
    /// they were. What was sent to it in its last moments may never have arrived.
    ///
    /// @param client the same handle; its address, its [ConnectedClient#userData()] and, among
    ///   several servers, its [ConnectedClient#server()] may be others
    default void onResume(ConnectedClient client) {}

    /// A connection has ended.
    ///
    /// @param client whose it was
    /// @param reason why
    default void onDisconnect(ConnectedClient client, DisconnectReason reason) {}

    /// The server has drained: [NetServer#drain] or its deadline has come to its end, the last
    /// client is gone, and what is left is to stop the server. Told once for each start that
    /// drains, after every disconnect, also when the server is stopped before its clients have
    /// gone; for a [dev.hawser.multi.MultiServer] when this holds for all members that run. Not
    /// told when it, or a member, was started again meanwhile, which would be stopped for it.
    default void onDrained() {}
}
