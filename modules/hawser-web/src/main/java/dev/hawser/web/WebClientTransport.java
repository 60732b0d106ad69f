package dev.hawser.web;

import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportFailure;
import java.util.Optional;

/// A client's end of the web: one session at a time, with the server that the client sends to.
///
/// **Dialling.** The first packet to a server, by the address that the connect token names it with,
/// opens a session at the URL that belongs to this address. Nothing waits for it: until the session
/// stands, the latest packet is kept, and those before it are dropped and counted. A packet to
/// another server dials anew, and so does the first after [#release]. What is received comes from
/// the address that was sent to.
///
/// **Failures.** When no session comes about, or it ends, [#failure] says so and a client ends with
/// it: no packet would get through any more, since a server knows a client by its session.
/// [#lastFailure()] keeps it for people.
///
/// **Threads.** The network's thread is one for all clients of the process. Packets wait in two
/// bounded queues, one in each direction.
///
/// [dev.hawser.web.webtransport.WebTransportClient] and [dev.hawser.web.websocket.WebSocketClient]
/// make one.
public interface WebClientTransport extends Transport {
    /// {@return the sessions and what was dropped; any thread may ask}
    WebStats webStats();

    /// {@return whether a session is being opened; any thread may ask}
    boolean isDialling();

    /// {@return why the latest session did not come about, or ended; empty as long as all is well;
    /// any thread may ask}
    Optional<TransportFailure> lastFailure();

    /// {@return how the server ended the latest session that it ended; any thread may ask}
    Optional<SessionEnd> lastEnd();

    /// {@return false: a server knows a client by its session, wherever the packets of that come
    /// from}
    @Override
    default boolean peersMayMove() {
        return false;
    }
}
