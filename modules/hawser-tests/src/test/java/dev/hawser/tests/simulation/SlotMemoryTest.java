package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.AllocationMeter;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.VirtualClock;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Servers with many slots are to fit small machines. `hawser-benchmarks` measures the whole of it;
/// this is the part that grows unseen.
class SlotMemoryTest {
    /// As many as make the memory of tokens grow with the slots.
    private static final int SLOTS = 4096;

    private static final int BYTES_PER_SLOT_MAX = 3 << 10;

    @Test
    void aSlotThatNobodyHasTakesAtMostThreeKibibytes() {
        VirtualClock clock = new VirtualClock();
        SeededRandom random = new SeededRandom(1);
        ServerConfig config =
                ServerConfig.builder(
                                1,
                                PrivateKey.random(random),
                                List.of(NetAddress.parse("10.0.0.1:7777")))
                        .maxClients(SLOTS)
                        .build();

        double bytes =
                AllocationMeter.bytesPerIteration(
                        1, 1, () -> new ServerMachine(config, clock, random));

        assertThat(bytes / SLOTS).isBetween(1.0, (double) BYTES_PER_SLOT_MAX);
    }
}
