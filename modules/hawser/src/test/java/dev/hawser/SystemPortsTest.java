package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SystemPortsTest {
    @Test
    void theSystemsClockIsUnixTime() {
        assertThat(SystemPorts.WALL_CLOCK.unixSeconds())
                .isCloseTo(Instant.now().getEpochSecond(), within(5L));
    }
}
