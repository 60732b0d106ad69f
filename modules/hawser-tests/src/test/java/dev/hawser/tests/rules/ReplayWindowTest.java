package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.wire.ReplayWindow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Replay window": step by step, and against a model that remembers everything.
/// The runs of the reference implementation are in [VectorsTest].
class ReplayWindowTest {
    private static final String TOP = "18446744073709551615";

    /// Each step: number, sequence, whether it counts as received; if not, it is received by then.
    private static final List<String> STEPS =
            List.of(
                    "1 0 no",
                    "2 0 yes",
                    "3 1 no",
                    "4 0 yes",
                    "5 1 yes",
                    "6 9 no",
                    "7 8 no",
                    "8 7 no",
                    "9 7 yes",
                    "10 8 yes",
                    "11 9 yes",
                    // The window reaches back to 0 as long as the most recent is below 256.
                    "12 255 no",
                    "13 2 no",
                    "14 1 yes",
                    "15 0 yes",
                    // From 256 on, what is 256 older or more counts as received, seen or not.
                    "16 256 no",
                    "17 0 yes",
                    "18 3 no",
                    "19 257 no",
                    "20 1 yes",
                    "21 4 no",
                    "22 260 no",
                    "23 4 yes",
                    "24 5 no",
                    "25 5 yes",
                    // A step of exactly the size of the window, and steps beyond.
                    "26 516 no",
                    "27 260 yes",
                    "28 261 no",
                    "29 773 no",
                    "30 517 yes",
                    "31 518 no",
                    "32 100000 no",
                    "33 99744 yes",
                    "34 99745 no",
                    "35 773 yes",
                    // Where a long turns negative.
                    "36 9223372036854775807 no",
                    "37 9223372036854775808 no",
                    "38 9223372036854775807 yes",
                    "39 9223372036854775808 yes",
                    "40 9223372036854775806 no",
                    "41 9223372036854775552 yes",
                    "42 9223372036854775553 no",
                    "43 9223372036854776063 no",
                    "44 9223372036854775809 no",
                    "45 9223372036854775807 yes",
                    "46 9223372036854776064 no",
                    "47 9223372036854775808 yes",
                    // Where adding the size of the window to a sequence would overflow.
                    "48 18446744073709551359 no",
                    "49 18446744073709551360 no",
                    "50 18446744073709551614 no",
                    "51 18446744073709551358 yes",
                    "52 18446744073709551359 yes",
                    "53 18446744073709551361 no",
                    "54 18446744073709551615 no",
                    "55 18446744073709551615 yes",
                    "56 18446744073709551614 yes",
                    "57 18446744073709551360 yes",
                    "58 18446744073709551362 no",
                    // It does not wrap around.
                    "59 0 yes",
                    "60 1 yes",
                    "61 9223372036854775808 yes");

    @Test
    void theWindowAnswersStepByStep() {
        ReplayWindow window = new ReplayWindow();
        for (String step : STEPS) {
            String[] parts = step.split(" ", 3);
            long sequence = Long.parseUnsignedLong(parts[1]);
            boolean alreadyReceived = window.alreadyReceived(sequence);

            assertThat(alreadyReceived ? "yes" : "no").as("step %s", step).isEqualTo(parts[2]);
            if (!alreadyReceived) {
                window.advance(sequence);
            }
        }
    }

    @Test
    void aFreshWindowHasReceivedNothing() {
        ReplayWindow window = new ReplayWindow();

        for (String sequence : List.of("0", "1", "255", "256", "9223372036854775808", TOP)) {
            assertThat(window.alreadyReceived(Long.parseUnsignedLong(sequence)))
                    .as(sequence)
                    .isFalse();
        }
    }

    @Test
    void askingChangesNothing() {
        ReplayWindow window = new ReplayWindow();

        assertThat(window.alreadyReceived(1000)).isFalse();
        assertThat(window.alreadyReceived(1)).isFalse();
        assertThat(window.alreadyReceived(1000)).isFalse();
    }

    @Test
    void aWindowThatIsResetIsFresh() {
        ReplayWindow window = new ReplayWindow();
        window.advance(1000);
        window.advance(999);

        window.reset();

        assertThat(window.alreadyReceived(0)).isFalse();
        assertThat(window.alreadyReceived(999)).isFalse();
        assertThat(window.alreadyReceived(1000)).isFalse();
    }

    /// The window of a slot: what is not newer than the first response was not meant for it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "2",
                "63",
                "64",
                "255",
                "256",
                "257",
                "1000",
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551614",
                TOP
            })
    void aWindowThatBeginsAfterASequenceHasReceivedAllUpToIt(String text) {
        long first = Long.parseUnsignedLong(text);
        ReplayWindow window = new ReplayWindow();
        window.advance(5);

        window.resetAfter(first);

        for (long back = 0; back <= 600; back++) {
            if (Long.compareUnsigned(first, back) >= 0) {
                assertThat(window.alreadyReceived(first - back)).as("%d before", back).isTrue();
            }
        }
        assertThat(window.alreadyReceived(0)).isTrue();
        if (first != -1) {
            assertThat(window.alreadyReceived(first + 1)).isFalse();
            window.advance(first + 1);
            assertThat(window.alreadyReceived(first + 1)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 2", "70, 75, 71", "300, 555, 301", "300, 557, 556"})
    void whatWasSkippedBehindTheBeginningCanStillArrive(long first, long next, long late) {
        ReplayWindow window = new ReplayWindow();
        window.resetAfter(first);

        window.advance(next);

        assertThat(window.alreadyReceived(late)).isFalse();
        assertThat(window.alreadyReceived(first)).isTrue();
    }

    /// Remembers every sequence for ever, and says "too old" as the standard does.
    private static final class Model {
        private final Set<Long> received = new HashSet<>();
        private long mostRecent;

        boolean alreadyReceived(long sequence) {
            boolean isTooOld =
                    Long.compareUnsigned(mostRecent, 256) >= 0
                            && Long.compareUnsigned(sequence, mostRecent - 256) <= 0;
            return isTooOld || received.contains(sequence);
        }

        void advance(long sequence) {
            received.add(sequence);
            if (Long.compareUnsigned(sequence, mostRecent) > 0) {
                mostRecent = sequence;
            }
        }
    }

    @Property(tries = 2000)
    void theWindowAgreesWithAModelThatRemembersEverything(
            @ForAll("sequences") List<Long> sequences) {
        ReplayWindow window = new ReplayWindow();
        Model model = new Model();
        for (long sequence : sequences) {
            boolean alreadyReceived = window.alreadyReceived(sequence);

            assertThat(alreadyReceived)
                    .as("%s of %s", Long.toUnsignedString(sequence), sequences)
                    .isEqualTo(model.alreadyReceived(sequence));
            if (!alreadyReceived) {
                window.advance(sequence);
                model.advance(sequence);
            }
        }
    }

    /// Near each other, around the places where numbers change their looks.
    @Provide
    Arbitrary<List<Long>> sequences() {
        Arbitrary<Long> centres =
                Arbitraries.of(
                        0L, 256L, 512L, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -256L, -1L);
        return Arbitraries.oneOf(
                centres.flatMap(centre ->
                        Arbitraries.longs()
                                .between(-700, 700)
                                .map(offset -> centre + offset)
                                .list()
                                .ofMaxSize(120)),
                Arbitraries.longs().list().ofMaxSize(60));
    }
}
