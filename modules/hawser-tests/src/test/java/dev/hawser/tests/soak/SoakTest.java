package dev.hawser.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ten minutes of coming and going, at losses of a quarter and as many duplicates: see [Visit] for
/// what must hold for each visit, and [Leftovers] for what must not be there when all have left.
///
/// `-Dhawser.seed=N` runs that seed alone, `-Dhawser.soaks=N` so many from 0.
@Execution(ExecutionMode.CONCURRENT)
class SoakTest {
    static List<Long> seeds() {
        Long only = Long.getLong("hawser.seed");
        return only != null
                ? List.of(only)
                : LongStream.range(0, Integer.getInteger("hawser.soaks", 2)).boxed().toList();
    }

    @ParameterizedTest(name = "-Dhawser.seed={0}")
    @MethodSource("seeds")
    void tenMinutesOfComingAndGoingLeaveNothingBehind(long seed) throws Exception {
        Leftovers.checkThreads(() -> {
            comeAndGo(seed);
            return null;
        });
    }

    private static void comeAndGo(long seed) throws IOException {
        Soak soak = new Soak(seed);
        soak.rush(55);
        soak.quieten(50);
        Leftovers early = Leftovers.of(soak);
        soak.bustle(445);
        soak.quieten(50);
        Leftovers late = Leftovers.of(soak);
        assertThat(late.beyond(early)).as("what there is more of").isEmpty();
        assertThat(soak.log.counts)
                .containsKeys(
                        "game: ClientLeft",
                        "game: TimedOut",
                        "game: ServerEnded",
                        "game: Replaced",
                        "player: Denied",
                        "player: Replaced",
                        "player: ServerEnded",
                        "game, local: ClientLeft",
                        "game, local: ServerEnded",
                        "game, local: Replaced",
                        "player, local: Denied");
        soak.server.stop();
        assertThat(soak.server.isRunning()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = 7)
    void theSameSeedIsTheSameGame(long seed) throws IOException {
        assertThat(digestOf(seed)).isEqualTo(digestOf(seed)).isNotEqualTo(digestOf(seed + 1));
    }

    private static long digestOf(long seed) throws IOException {
        Soak soak = new Soak(seed);
        soak.rush(10);
        soak.server.stop();
        return soak.log.digest;
    }
}
