package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class TokenHistoryTest {
    private static final int CAPACITY = 4;

    private enum Kind {
        ADMIT,
        CONSUME,
        SPEAK
    }

    private record Step(Kind kind, int token, int address, int pause) {}

    private static final class Entry {
        final int address;
        final long expires;
        boolean isConsumed;
        boolean spokeLast;

        Entry(int address, long expires) {
            this.address = address;
            this.expires = expires;
        }
    }

    /// Tokens live 5 to 14 seconds from second 100 on, some for ever; some differ in half a tag, or
    /// in nothing but the place of the server.
    private static long expiryOf(int token) {
        return token % 5 == 4 ? -1L - token : 105 + token;
    }

    @Property(tries = 1000)
    void itAgreesWithAMapThatForgetsOnlyWhatHasExpired(@ForAll("steps") List<Step> steps) {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        Map<Integer, Entry> model = new HashMap<>();
        long now = 100;
        for (Step step : steps) {
            now += step.pause();
            long tagHigh = step.token() / 4;
            long tagLow = step.token() / 2 % 2;
            int serverIndex = step.token() % 2 * 31;
            Entry entry = model.get(step.token());
            switch (step.kind()) {
                case ADMIT -> {
                    if (expiryOf(step.token()) >= 0 && expiryOf(step.token()) <= now) {
                        continue; // nobody asks for an expired token
                    }
                    Drop expected = expectedOf(model, step, now);
                    Drop drop =
                            history.admit(
                                    tagHigh,
                                    tagLow,
                                    serverIndex,
                                    addressOf(step.address()),
                                    memberOf(step.address()),
                                    expiryOf(step.token()),
                                    now);
                    assertThat(drop).as("%s at %d of %s", step, now, steps).isEqualTo(expected);
                }
                case CONSUME -> {
                    history.consume(tagHigh, tagLow, serverIndex);
                    if (entry != null) {
                        entry.isConsumed = true;
                    }
                }
                case SPEAK -> {
                    boolean speaks = entry != null && !entry.spokeLast;
                    if (entry != null) {
                        entry.spokeLast = speaks;
                    }
                    assertThat(history.takesTurnToSpeak(tagHigh, tagLow, serverIndex))
                            .isEqualTo(speaks);
                }
            }
            assertThat(history.size()).isEqualTo(model.size());
        }
    }

    private static Drop expectedOf(Map<Integer, Entry> model, Step step, long now) {
        Entry entry = model.get(step.token());
        if (entry != null) {
            if (entry.isConsumed) {
                return Drop.TOKEN_CONSUMED;
            }
            return entry.address == step.address() ? Drop.NONE : Drop.TOKEN_FROM_OTHER_ADDRESS;
        }
        model.values().removeIf(each -> each.expires >= 0 && each.expires <= now);
        if (model.size() == CAPACITY) {
            return Drop.TOKEN_HISTORY_FULL;
        }
        model.put(step.token(), new Entry(step.address(), expiryOf(step.token())));
        return Drop.NONE;
    }

    /// Some come to one member of the group, some to the other.
    private static int memberOf(int address) {
        return address >> 3;
    }

    /// Addresses that differ in the network, in the host, in the port alone, and some in the member
    /// alone.
    private static PeerAddress addressOf(int number) {
        PeerAddress address = new PeerAddress();
        address.set(number & 1, number >> 1 & 1, 40_000 + (number >> 2 & 1));
        return address;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.ADMIT, Kind.ADMIT, Kind.CONSUME, Kind.SPEAK),
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, 1), Tuple.of(1, 4)))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    // ---- Which came first, the slot or the token

    private static void admit(TokenHistory history, long tag, int place) {
        PeerAddress from = addressOf(1);
        assertThat(history.admit(tag, 1, place, from, 0, 200, 100)).isEqualTo(Drop.NONE);
    }

    @Test
    void aTokenKnowsHowManySlotsWereTakenBeforeIt() {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        assertThat(history.slotsBefore(1, 1, 0)).isZero();
        admit(history, 1, 0);
        assertThat(history.takeSlot()).isEqualTo(1);
        assertThat(history.takeSlot()).isEqualTo(2);
        admit(history, 2, 0);
        assertThat(history.takeSlot()).isEqualTo(3);

        assertThat(history.slotsBefore(1, 1, 0)).isZero();
        assertThat(history.slotsBefore(2, 1, 0)).isEqualTo(2);
        assertThat(history.slotsBefore(3, 1, 0)).isEqualTo(3);
    }

    @Test
    void aTokenThatWasSeenAtAnotherPlaceIsNoNewOne() {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        history.share();
        admit(history, 1, 31);
        history.takeSlot();

        assertThat(history.slotsBefore(1, 1, 0)).isZero();
        admit(history, 1, 0);
        history.takeSlot();
        assertThat(history.slotsBefore(1, 1, 0)).isZero();
        assertThat(history.slotsBefore(2, 1, 0)).isEqualTo(2);
    }

    // ---- What was forgotten

    @Test
    void whatWasForgottenStaysSo() {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        admit(history, 1, 0);
        assertThat(history.mayHaveForgotten(200)).isFalse();
        assertThat(history.latestForgotten()).isZero();

        history.admit(2, 1, 0, addressOf(1), 0, 300, 200);

        assertThat(history.mayHaveForgotten(200)).isTrue();
        assertThat(history.mayHaveForgotten(201)).isFalse();
        assertThat(history.latestForgotten()).isEqualTo(200);
    }

    @Test
    void aMoveOfTheClockBeginsAnotherSpan() {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        history.admit(1, 1, 0, addressOf(1), 0, 3700, 3600);
        history.admit(2, 1, 0, addressOf(1), 0, 3750, 3700);
        history.handleClockMoved(-3600);
        history.admit(3, 1, 0, addressOf(1), 0, 150, 110);
        history.admit(4, 1, 0, addressOf(1), 0, 200, 150);

        assertThat(history.mayHaveForgotten(150)).isTrue();
        assertThat(history.mayHaveForgotten(200)).isFalse();
        assertThat(history.mayHaveForgotten(3700)).isTrue();
    }

    private static Drop admit(TokenHistory history, long tag, long expires, long now) {
        return history.admit(tag, 1, 0, addressOf(1), 0, expires, now);
    }

    /// Filled while the clock was an hour ahead, and one token before.
    private static TokenHistory filledAhead() {
        TokenHistory history = new TokenHistory(CAPACITY, 1, 2);
        admit(history, 9, 125, 100);
        for (int i = 1; i < CAPACITY; i++) {
            admit(history, i, 3720 + i, 120);
        }
        return history;
    }

    @Test
    void tokensOfAClockThatWasAheadMakeRoomAndStayRefused() {
        TokenHistory history = filledAhead();
        history.acceptLifetime(30);
        assertThat(admit(history, 10, 140, 120)).isEqualTo(Drop.TOKEN_HISTORY_FULL);

        history.handleClockMoved(-3600);

        assertThat(history.size()).as("as long as there is room").isEqualTo(CAPACITY);
        assertThat(admit(history, 10, 140, 120)).isEqualTo(Drop.NONE);
        assertThat(history.size()).isEqualTo(2);
        for (int i = 1; i < CAPACITY; i++) {
            assertThat(history.mayHaveForgotten(3720 + i)).isTrue();
        }
        assertThat(history.mayHaveForgotten(125)).isFalse();
        assertThat(history.mayHaveForgotten(150)).isFalse();
        assertThat(history.entryOf(9, 1, 0)).isNotEqualTo(TokenHistory.NONE);
        assertThat(history.latestForgotten()).isEqualTo(3720 + CAPACITY - 1);
        // What expires by and by has a span of its own.
        admit(history, 11, 155, 126);
        assertThat(history.mayHaveForgotten(125)).isTrue();
        assertThat(history.mayHaveForgotten(126)).isFalse();
    }

    @Test
    void whatAServerOfTheGroupMayStillTakeIsKept() {
        for (long otherLimit : new long[] {3700, 0}) {
            TokenHistory history = filledAhead();
            history.acceptLifetime(30);
            history.acceptLifetime(otherLimit);
            history.handleClockMoved(-3600);
            assertThat(admit(history, 10, 140, 120)).isEqualTo(Drop.TOKEN_HISTORY_FULL);
            assertThat(history.mayHaveForgotten(3721)).isFalse();
        }
    }

    @Test
    void aClockThatIsSetForwardMakesNoRoom() {
        TokenHistory history = filledAhead();
        history.acceptLifetime(30);
        history.handleClockMoved(3600);
        assertThat(admit(history, 10, 140, 120)).isEqualTo(Drop.TOKEN_HISTORY_FULL);
    }
}
