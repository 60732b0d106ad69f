package dev.hawser.transport;

import static dev.hawser.transport.WeatherStation.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// In good weather conditioned UDP is UDP.
class ConditionedUdpTransportTest extends BoundTransportContract {
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1");

    @Override
    Transport bind(int port) {
        return ConditionedTransport.builder(UdpTransport.bind(LOOPBACK.withPort(port))).build();
    }

    @Override
    protected int packetBytesMax() {
        return UdpTransport.PACKET_BYTES_MAX;
    }

    /// The weather changes nothing of who may move, nor of a socket that fails under it.
    @Test
    void itsPeersMoveAsThoseOfTheTransportItWraps() throws IOException {
        Transport memory = new MemoryNetwork().bind(LOOPBACK);
        assertThat(ConditionedTransport.builder(memory).build().peersMayMove()).isFalse();
        try (Transport client = ConditionedTransport.builder(UdpTransport.anyPort()).build()) {
            assertThat(client.peersMayMove()).isTrue();
            client.open();
            NetAddress home = client.localAddress();
            client.send(PeerAddress.of(LOOPBACK.withPort(0)), bytes("to nowhere"));
            client.flush();
            assertThat(client.reopen(0)).isTrue();
            assertThat(client.localAddress()).isNotEqualTo(home);
        }
    }

    /// On the real clock, in which nothing but waiting lets time pass.
    @Test
    void waitingIsEnoughForPacketsToComeAndGo() throws IOException {
        LinkConditions slow = LinkConditions.NONE.latencyMillis(10);
        try (Transport near =
                        ConditionedTransport.builder(UdpTransport.bind(LOOPBACK))
                                .conditions(slow)
                                .build();
                Transport far = UdpTransport.bind(LOOPBACK)) {
            near.open();
            far.open();
            long startNanos = System.nanoTime();
            near.send(PeerAddress.of(far.localAddress()), bytes("ping"));
            near.await(TimeUnit.HOURS.toNanos(1));
            int answered = 0;
            while (answered == 0) {
                far.await(TimeUnit.MILLISECONDS.toNanos(1));
                near.await(TimeUnit.MILLISECONDS.toNanos(1));
                answered = far.receive(far::send, 1);
            }
            far.flush();
            int received = 0;
            int[] handedOver = {0};
            while (handedOver[0] == 0) {
                near.await(TimeUnit.HOURS.toNanos(1));
                received += near.receive((_, _) -> handedOver[0]++, 1);
            }
            assertThat(received).as("taken off the network, then handed over").isEqualTo(2);
            assertThat(System.nanoTime() - startNanos)
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
