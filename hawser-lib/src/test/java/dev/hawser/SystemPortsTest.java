package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.protocol.WallClock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SystemPortsTest {
    @Test
    void theWallClockStandsStillWhileTheSystemsRunsBehind() {
        Queue<Long> times = new ArrayDeque<>(List.of(100L, 101L, 40L, 100L, 101L, 102L));
        WallClock clock = SystemPorts.nonDecreasing(() -> Instant.ofEpochSecond(times.remove()));
        for (long expected : new long[] {100, 101, 101, 101, 101, 102}) {
            assertThat(clock.unixSeconds()).isEqualTo(expected);
        }
    }

    @Test
    void theSystemsClockIsUnixTime() {
        assertThat(SystemPorts.WALL_CLOCK.unixSeconds())
                .isCloseTo(Instant.now().getEpochSecond(), within(5L));
    }
}
