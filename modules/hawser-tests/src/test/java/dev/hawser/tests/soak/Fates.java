package dev.hawser.tests.soak;

import dev.hawser.testkit.SeededRandom;
import dev.hawser.tests.soak.Fate.Answer;
import dev.hawser.tests.soak.Fate.Ending;
import java.util.ArrayList;
import java.util.List;

/// Draws fates as from a deck of cards, so that within a minute every kind has come up.
final class Fates {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long ANSWER_MILLIS_MAX = 4_000;

    private static final List<Answer> ANSWERS =
            deck(
                    List.of(Answer.values()),
                    // Accepted, later, refused, later, never.
                    List.of(11, 3, 2, 2, 2));
    private static final List<Ending> ENDINGS = deck(List.of(Ending.values()), List.of(3, 2, 2, 3));

    private final SeededRandom random;
    private final List<Answer> answers = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();

    Fates(SeededRandom random) {
        this.random = random;
    }

    private static <T> List<T> deck(List<T> kinds, List<Integer> counts) {
        List<T> deck = new ArrayList<>();
        for (int kind = 0; kind < kinds.size(); kind++) {
            for (int i = 0; i < counts.get(kind); i++) {
                deck.add(kinds.get(kind));
            }
        }
        return List.copyOf(deck);
    }

    /// @param talkMillisMax how long a visit lasts at most
    Fate next(long talkMillisMax) {
        return new Fate(
                draw(answers, ANSWERS),
                random.nextLong(100, ANSWER_MILLIS_MAX) * NANOS_PER_MILLI,
                draw(endings, ENDINGS),
                random.nextLong(1_000, talkMillisMax) * NANOS_PER_MILLI);
    }

    private <T> T draw(List<T> left, List<T> deck) {
        if (left.isEmpty()) {
            left.addAll(deck);
        }
        return left.remove(random.nextInt(left.size()));
    }
}
