package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.TestLog;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import org.junit.jupiter.api.Test;

/// What a token service makes of a clock that steps.
class ClockWatchTest {
    private final SteppingClock machine = new SteppingClock(1_900_000_000, 3600);
    private final TestLog log = new TestLog();

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
        ClockWatch watch = new ClockWatch(machine.corrected, log);
        watch.look();
        machine.stepBy(-3600);
        watch.look();
        machine.pass(2);
        watch.look();
        assertThat(log.lines).isEmpty();
        machine.pass(1);

        watch.look();

        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING The clock of this machine was set back by 3600 s")
                .contains("2030-03-17T17:46:43Z", "players get new ones");
        watch.look();
        assertThat(log.lines).hasSize(1);
    }
}
