package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmsgUdpTransportTest extends UdpTransportContract {
    private static final int ROUNDS = 64;
    private static final int PACKETS_OF_ROUND = 48;

    @BeforeAll
    static void assumeLinux() {
        Mmsg.assume();
    }

    @Override
    UdpIo io() {
        return UdpIo.MMSG;
    }

    /// Thousands of packets of two peers to three addresses of this machine, mixed, and answered in
    /// batches in which they stand side by side.
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void answersLeaveFromTheAddressThatWasAsked(String wildcard) throws IOException {
        if (wildcard.equals("::")) {
            Ipv6.assume();
        }
        try (Transport server = udp(NetAddress.parse(wildcard));
                Transport one = udp(NetAddress.parse("127.0.0.1"));
                Transport other = udp(NetAddress.parse("127.0.0.1"))) {
            server.open();
            one.open();
            other.open();
            int port = server.localAddress().port();
            PeerAddress[] asked = new PeerAddress[3];
            for (int i = 0; i < asked.length; i++) {
                asked[i] = PeerAddress.of(NetAddress.parse("127.0.0." + (i + 1)).withPort(port));
            }
            for (int round = 0; round < ROUNDS; round++) {
                askAll(one, asked, round);
                askAll(other, asked, round);
                int answered = 0;
                while (answered < 2 * PACKETS_OF_ROUND) {
                    awaitPackets(server);
                    answered += server.receive(server::send, 2 * PACKETS_OF_ROUND);
                }
                server.flush();
                assertAnswered(one, asked);
                assertAnswered(other, asked);
            }
            assertThat(server.stats().packetsNotSent()).isZero();
        }
    }

    private static void askAll(Transport peer, PeerAddress[] asked, int round) {
        for (int i = 0; i < PACKETS_OF_ROUND; i++) {
            // Now in turns, now in rows.
            int index = round % 2 == 0 ? i % asked.length : i * asked.length / PACKETS_OF_ROUND;
            peer.send(asked[index], ByteBuffer.allocate(300).put(0, (byte) index));
        }
        peer.flush();
    }

    private static void assertAnswered(Transport peer, PeerAddress[] asked) {
        int answers = 0;
        while (answers < PACKETS_OF_ROUND) {
            awaitPackets(peer);
            answers +=
                    peer.receive(
                            (from, answer) ->
                                    assertThat(from.sameAs(asked[answer.get(0)]))
                                            .as("from %s", from)
                                            .isTrue(),
                            PACKETS_OF_ROUND - answers);
        }
    }

    /// What a bad link delays leaves from the same address as what it does not.
    @Test
    void whatIsDelayedKeepsItsAddress() throws IOException {
        try (Transport server =
                        ConditionedTransport.builder(udp(NetAddress.parse("0.0.0.0")))
                                .conditions(LinkConditions.NONE.latencyMillis(1))
                                .build();
                Transport peer = udp(NetAddress.parse("127.0.0.1"))) {
            server.open();
            peer.open();
            NetAddress asked = NetAddress.parse("127.0.0.7").withPort(server.localAddress().port());
            peer.send(PeerAddress.of(asked), ByteBuffer.allocate(1));
            peer.flush();
            List<NetAddress> heard = new ArrayList<>();
            while (heard.isEmpty()) {
                awaitPackets(server);
                server.receive(server::send, 1);
                server.flush();
                server.await(0);
                peer.receive((from, _) -> heard.add(from.toNetAddress()), 1);
            }
            assertThat(heard).containsExactly(asked);
        }
    }

    @Test
    void aSocketWithOneAddressTellsNone() throws IOException {
        try (Transport server = udp(NetAddress.parse("127.0.0.2"));
                Transport peer = udp(NetAddress.parse("127.0.0.1"))) {
            server.open();
            peer.open();
            peer.send(PeerAddress.of(server.localAddress()), ByteBuffer.allocate(1));
            peer.flush();
            awaitPackets(server);
            server.receive((from, _) -> assertThat(from.hasLocal()).isFalse(), 1);
            assertThat(server.stats().packetsIn()).isEqualTo(1);
        }
    }
}
