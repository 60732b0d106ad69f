package dev.hawser.web;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportContract;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import java.io.IOException;
import java.util.List;

/// What every transport does, between a client and a server of the web that have a session.
@SuppressWarnings("ReferenceEquality") // A transport is itself and no other.
abstract class WebContract extends TransportContract {
    private final Web web;
    private final boolean sendsServer;
    private SessionServer server;
    private PeerAddress client;

    /// @param sendsServer whether Alice is the server
    WebContract(Web web, boolean sendsServer) {
        this.web = web;
        this.sendsServer = sendsServer;
    }

    @Override
    protected List<Transport> openPair() throws IOException {
        server = web.server(WebServerOptions.DEFAULT);
        open(server);
        SessionClient dialler = web.client(web.url(server));
        open(dialler);
        Web.untilOpen(server, PeerAddress.of(server.localAddress()), List.of(dialler));
        client = server.peers().getFirst();
        return sendsServer ? List.of(server, dialler) : List.of(dialler, server);
    }

    @Override
    protected int packetBytesMax() {
        return web == Web.WEB_TRANSPORT ? 1225 : 1232;
    }

    @Override
    protected PeerAddress addressOf(Transport transport) {
        return transport == server ? PeerAddress.of(server.localAddress()) : client;
    }

    @Override
    protected void awaitArrived(Transport transport, int packets) {
        Web.until(
                () ->
                        (transport == server
                                        ? server.packetsWaiting()
                                        : ((SessionClient) transport).packetsWaiting())
                                >= packets,
                packets + " packets");
    }
}
