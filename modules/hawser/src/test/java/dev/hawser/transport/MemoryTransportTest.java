package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTransportTest extends BoundTransportContract {
    private final MemoryNetwork network = new MemoryNetwork();

    @Override
    Transport bind(int port) {
        return network.bind(NetAddress.ipv4(0x0a000001, port));
    }

    @Override
    protected int packetBytesMax() {
        return MemoryTransport.PACKET_BYTES_MAX;
    }

    @Test
    void aFullQueueDropsWhatComesAndCountsIt() throws IOException {
        MemoryNetwork small = new MemoryNetwork(3);
        try (Transport alice = small.bind(NetAddress.parse("10.0.0.1:1"));
                Transport bob = small.bind(NetAddress.parse("10.0.0.2:2"))) {
            alice.open();
            bob.open();
            for (int i = 0; i < 5; i++) {
                alice.send(
                        PeerAddress.of(bob.localAddress()), ByteBuffer.wrap(new byte[] {(byte) i}));
            }
            List<Byte> arrived = new ArrayList<>();
            bob.receive((_, datagram) -> arrived.add(datagram.get()), 10);
            assertThat(arrived).containsExactly((byte) 0, (byte) 1, (byte) 2);
            assertThat(alice.stats().packetsOut()).isEqualTo(3);
            assertThat(alice.stats().sendFailures()).containsEntry(SendFailure.BUFFER_FULL, 2L);
        }
    }

    @Test
    void portsAreChosenInAscendingOrder() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Transport transport = network.bind(NetAddress.parse("[2001:db8::1]"));
            transport.open();
            ports.add(transport.localAddress().port());
        }
        assertThat(ports).isSorted().doesNotHaveDuplicates();
        assertThat(ports.getLast() - ports.getFirst()).isEqualTo(2);
    }

    @Test
    void nothingIsBoundToAllInterfacesSinceThereAreNone() {
        for (String wildcard : List.of("0.0.0.0:7777", "[::]:7777", "::")) {
            assertThatThrownBy(() -> network.bind(NetAddress.parse(wildcard)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(NetAddress.parse(wildcard).toString())
                    .hasMessageContaining("for example 10.0.0.1");
        }
    }

    @Test
    void aQueueOfNoPacketsIsRefused() {
        assertThatThrownBy(() -> new MemoryNetwork(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 packets");
    }

    @Test
    void twoNetworksDoNotHearEachOther() throws IOException {
        Transport here = network.bind(NetAddress.parse("10.0.0.1:1"));
        Transport there = new MemoryNetwork().bind(NetAddress.parse("10.0.0.2:2"));
        here.open();
        there.open();
        here.send(PeerAddress.of(there.localAddress()), ByteBuffer.allocate(1));
        assertThat(there.receive((_, _) -> {}, 1)).isZero();
        assertThat(here.stats().sendFailures()).containsEntry(SendFailure.UNREACHABLE, 1L);
    }
}
