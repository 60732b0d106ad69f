package dev.hawser.web;

import dev.hawser.transport.Transport;

/// The server's end of the web: sessions that browsers and Java clients open, each of them a peer.
///
/// **Addresses.** A peer has the IP address that its session came from and a port that this
/// transport gives it: another one for each session of that IP address, the same for as long as the
/// session lives, and given again only after all others. So two tabs of one browser are two peers,
/// a peer whose real port changes on the way stays the same, and limits that go by IP address mean
/// what they say. The port is no port of the network.
///
/// **Threads.** One thread of its own does the network. Packets wait in two bounded queues, one in
/// each direction, for the owner to come round: [#receive] empties one, [#flush()] has the other
/// emptied. What finds no room is dropped and counted in [#webStats()].
///
/// **Ends.** [#release] ends a peer's session with the reason that was stated, [#close()] ends all
/// of them with the code 1001. A session ends too when it brings no packets for too long, when
/// nobody retains it in time, which is when no client is connected on it, and when its peer does
/// not read; `cuts` of [#webStats()] counts these.
///
/// [dev.hawser.web.webtransport.WebTransportServer] and [dev.hawser.web.websocket.WebSocketServer]
/// make one.
public interface WebServerTransport extends Transport {
    /// {@return the sessions, those that were refused, and what was dropped; any thread may ask}
    WebStats webStats();

    /// {@return false: a server knows a client by its session, wherever the packets of that come
    /// from}
    @Override
    default boolean peersMayMove() {
        return false;
    }
}
