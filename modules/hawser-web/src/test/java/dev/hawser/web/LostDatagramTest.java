package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A packet that the path loses is gone, and none waits for it. What arrives of many, and how soon,
/// is measured by `modules/hawser-benchmarks/run web-loss`.
class LostDatagramTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int PACKETS = 60;
    private static final int LOST_EVERY = 6;

    /// Nothing else of QUIC is as long, once a session stands: what looks for the size of the path
    /// has 1200 bytes and more.
    private static final int PAYLOAD_BYTES = 900;

    private static final int PACKET_BYTES_MAX = PAYLOAD_BYTES + 100;

    private SessionServer server;
    private DroppingProxy proxy;
    private SessionClient client;
    private PeerAddress peer;

    @BeforeEach
    void openSession() throws IOException {
        server =
                Web.WEB_TRANSPORT.server(
                        WebServerOptions.builder().connectTimeout(Duration.ofHours(1)).build());
        server.open();
        proxy = new DroppingProxy(Addresses.toSocketAddress(server.localAddress()));
        client =
                Web.WEB_TRANSPORT.client(
                        URI.create("https://127.0.0.1:" + proxy.port() + "/hawser"));
        client.open();
        Web.untilOpen(server, NAMED, List.of(client));
        peer = server.peers().getFirst();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        proxy.close();
    }

    @Test
    void ofTheClientsPacketsOnlyTheLostAreMissing() {
        assertOnlyTheLostAreMissing(client, NAMED, server, proxy.fromClient());
    }

    @Test
    void ofTheServersPacketsOnlyTheLostAreMissing() {
        assertOnlyTheLostAreMissing(server, peer, client, proxy.fromServer());
    }

    private static void assertOnlyTheLostAreMissing(
            Transport from, PeerAddress to, Transport at, DroppingProxy.Way way) {
        List<Integer> expected = new ArrayList<>();
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            boolean isLost = i % LOST_EVERY == 2;
            int dropsBefore = way.drops();
            if (isLost) {
                way.dropNext(PAYLOAD_BYTES, PACKET_BYTES_MAX);
            } else {
                expected.add(i);
            }
            from.send(to, ByteBuffer.allocate(PAYLOAD_BYTES).putInt(0, i));
            from.flush();
            // One after the other: what is lost otherwise would be a buffer that is full.
            Web.until(
                    () -> {
                        at.receive((_, packet) -> arrived.add(packet.getInt(0)), 100);
                        return isLost
                                ? way.drops() > dropsBefore
                                : arrived.size() == expected.size();
                    },
                    "packet " + i + " after " + arrived);
        }
        assertThat(arrived).isEqualTo(expected);
    }
}
