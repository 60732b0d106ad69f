package dev.hawser.cli;

import dev.hawser.Authentication;
import dev.hawser.NetcodeClient;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import org.jspecify.annotations.Nullable;

/// A client of the demo that comes over a socket, and over a link that may be a bad one.
final class UdpDemoClient extends DemoClient {
    private final Transport transport;
    private final NetcodeClient client;

    /// Null where packets go straight to the socket.
    private final @Nullable ConditionedTransport link;

    /// @param clientId as in the token
    /// @param seed of its own link
    UdpDemoClient(long clientId, ConnectToken token, DemoLink link, long seed) {
        Transport udp = UdpTransport.anyPort();
        ConditionedTransport bad = link.changesNothing() ? null : link.wrap(udp, seed);
        Transport transport = bad == null ? udp : bad;
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transport)
                        .authentication(new Authentication.Token(token))
                        .build();
        super(Kind.UDP, clientId, client, link.roundTripNanosMax());
        this.transport = transport;
        this.client = client;
        this.link = bad;
    }

    @Override
    int clientIndex() {
        return client.clientIndex();
    }

    @Override
    void await(long nanos) {
        transport.await(nanos);
    }

    @Override
    long linkPackets() {
        return link == null ? 0 : link.outboundStats().packets() + link.inboundStats().packets();
    }

    @Override
    long linkDropped() {
        return link == null ? 0 : link.outboundStats().dropped() + link.inboundStats().dropped();
    }
}
