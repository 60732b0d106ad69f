package dev.hawser.cli.demo;

import dev.hawser.Authentication;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A client of the demo that comes over a socket, and over a link that may be a bad one.
final class UdpDemoClient extends DemoClient {
    private final Transport transport;
    private final NetcodeClient client;

    /// Null where packets go straight to the socket.
    private final @Nullable ConditionedTransport link;

    private final TokenClient tokens;

    /// @param number from 1; its name at the backend is `player-` and this
    /// @param tokens logs in as that player; closed with the client
    /// @param seed of its own link
    UdpDemoClient(int number, TokenClient tokens, DemoLink link, long seed) {
        Transport udp = UdpTransport.anyPort();
        ConditionedTransport bad = link.changesNothing() ? null : link.wrap(udp, seed);
        Transport transport = bad == null ? udp : bad;
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transport)
                        .authentication(new Authentication.Backend(tokens))
                        .build();
        super(Kind.UDP, number, client, link.roundTripNanosMax());
        this.transport = transport;
        this.tokens = tokens;
        this.client = client;
        this.link = bad;
    }

    @Override
    int clientIndex() {
        return client.clientIndex();
    }

    @Override
    void await(long nanos) {
        if (transport.isOpen()) {
            transport.await(nanos);
        } else {
            // It is opened when the token is there.
            LockSupport.parkNanos(nanos);
        }
    }

    @Override
    long linkPackets() {
        return link == null ? 0 : link.outboundStats().packets() + link.inboundStats().packets();
    }

    @Override
    long linkDropped() {
        return link == null ? 0 : link.outboundStats().dropped() + link.inboundStats().dropped();
    }

    @Override
    void close() {
        tokens.close();
    }
}
