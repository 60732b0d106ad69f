package dev.hawser.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.benchmarks.chaos.verdict.HistoryCheck;
import dev.hawser.benchmarks.chaos.verdict.HistoryCheck.Claim;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small fleet of real processes, of which one of each kind is killed at the same moment.
///
/// What is promised within a time is for [Chaos] on a machine that has time: here only what may
/// never happen decides.
class ChaosRunTest {
    private static final Chaos.Size SMALL = new Chaos.Size(2, 2, 10, 24, false);

    @TempDir private Path folder;

    @Test
    void nothingIsPromisedTwiceWhenOneOfEachKindIsKilled() throws Exception {
        HistoryCheck.Verdict verdict = Chaos.killOneOfEach(folder, SMALL, 1);

        String history = Files.readString(folder.resolve("history"));
        assertThat(history)
                .contains(
                        "begin kind=service-kill",
                        "begin kind=store-kill",
                        "begin kind=server-kill",
                        "begin kind=players-kill",
                        " seated ",
                        " banned ");
        assertThat(verdict.found().get(Claim.TOKEN_ONCE)).as(history).isEmpty();
        assertThat(verdict.found().get(Claim.CAPACITY)).as(history).isEmpty();
    }
}
