package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.registry.InMemoryServerRegistry;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/// What a token service makes of a clock that steps.
class ClockWatchTest {
    private final SteppingClock machine = new SteppingClock(1_900_000_000, 3600);
    private final List<String> lines = new ArrayList<>();

    @Test
    void aServiceWhoseClockWasAheadAtItsStartMintsByTheRightTimeWithinSeconds() {
        InMemoryServerRegistry registry =
                InMemoryServerRegistry.builder().wallClock(machine.corrected).build();
        try (ServiceRig rig =
                new ServiceRig(
                        builder -> builder.wallClock(machine.corrected).registry(registry))) {
            registry.announce(rig.server("one", 5)).toCompletableFuture().join();
            assertThat(serverTime(rig)).isEqualTo(machine.trueSeconds() + 3600);
            machine.stepBy(-3600);
            assertThat(serverTime(rig)).isEqualTo(machine.trueSeconds() + 3600);

            machine.pass(3);

            assertThat(serverTime(rig)).isEqualTo(machine.trueSeconds());
        }
    }

    private static long serverTime(ServiceRig rig) {
        ServiceRig.Answer answer = rig.token("ada", "{}");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().path("serverTime").asLong();
    }

    @Test
    void itLooksThoughNobodyAsksAndSaysWhatAJumpMeans() {
        ClockWatch watch = new ClockWatch(machine.corrected, new Lines());
        watch.look();
        machine.stepBy(-3600);
        watch.look();
        machine.pass(2);
        watch.look();
        assertThat(lines).isEmpty();
        machine.pass(1);

        watch.look();

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("WARNING The clock of this machine was set back by 3600 s")
                .contains("2030-03-17T17:46:43Z", "players get new ones");
        watch.look();
        assertThat(lines).hasSize(1);
    }

    private final class Lines implements Logger {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            lines.add(level + " " + format);
        }
    }
}
