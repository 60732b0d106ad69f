package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.testkit.AllocationMeter;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// Bad weather costs no memory but that of the packets under way.
class ConditionedAllocationTest {
    private static final LinkConditions EVERYTHING =
            LinkConditions.NONE
                    .latencyMillis(40)
                    .jitterMillis(20)
                    .loss(0.05)
                    .burstLoss(0.01, 0.2, 0.9)
                    .duplication(0.05)
                    .reordering(0.05)
                    .bytesPerSecond(2_000_000);

    private final VirtualClock clock = new VirtualClock();
    private final MemoryNetwork network = new MemoryNetwork();
    private final ByteBuffer packet = ByteBuffer.allocate(1_000);
    private long received;

    private ConditionedTransport open(String address, long seed) throws IOException {
        ConditionedTransport transport =
                ConditionedTransport.builder(network.bind(NetAddress.parse(address)))
                        .seed(seed)
                        .conditions(EVERYTHING)
                        .monotonicClock(clock::nanos)
                        .build();
        transport.open();
        return transport;
    }

    @Test
    void aPacketThatWasDelayedLostOrDoubledAllocatesNothing() throws IOException {
        DatagramHandler handler = (_, _) -> received++;
        try (ConditionedTransport alice = open("10.0.0.1:1", 1);
                ConditionedTransport bob = open("10.0.0.2:2", 2)) {
            PeerAddress to = PeerAddress.of(bob.localAddress());
            double bytes =
                    AllocationMeter.bytesPerIteration(
                            50_000,
                            10_000,
                            () -> {
                                clock.advanceMillis(1);
                                alice.send(to, packet);
                                alice.flush();
                                bob.receive(handler, 100);
                                bob.flush();
                            });
            assertThat(bytes).isZero();
            assertThat(received).isPositive();
            assertThat(alice.outboundStats().duplicated()).isPositive();
            assertThat(bob.inboundStats().lost()).isPositive();
        }
    }
}
