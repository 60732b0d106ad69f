package dev.hawser.spi;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PayloadRingTest {
    private static final PayloadLender LENDER = new PayloadLender();

    private static String take(PayloadRing ring) {
        return text(ring.take(LENDER));
    }

    @Test
    void whatDoesNotFitBeforeTheEndGoesToTheStart() {
        PayloadRing ring = new PayloadRing(640);
        ByteBuffer large = ByteBuffer.allocate(300);
        assertThat(ring.add(null, large)).isTrue();
        assertThat(ring.add(null, large)).isTrue();
        assertThat(ring.add(null, bytes("x".repeat(41)))).isFalse();
        assertThat(ring.add(null, bytes("x".repeat(40)))).isTrue();
        assertThat(ring.add(null, bytes("x"))).isFalse();
        take(ring);
        assertThat(ring.add(null, bytes("y".repeat(301)))).isFalse();
        assertThat(ring.add(null, bytes("y".repeat(300)))).isTrue();
        assertThat(ring.add(null, bytes("z"))).isFalse();
        take(ring);
        assertThat(take(ring)).isEqualTo("x".repeat(40));
        assertThat(take(ring)).isEqualTo("y".repeat(300));
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.add(null, ByteBuffer.allocate(640))).isTrue();
    }

    @Test
    void theNumberOfPayloadsIsBoundedToo() {
        PayloadRing ring = new PayloadRing(640);
        for (int i = 0; i < 10; i++) {
            assertThat(ring.add(null, bytes("" + i))).isTrue();
        }
        assertThat(ring.add(null, bytes("10"))).isFalse();
        assertThat(take(ring)).isEqualTo("0");
        assertThat(ring.add(null, bytes("10"))).isTrue();
    }

    @Test
    void whatIsTooLargeForTheWholeRingNeverFits() {
        assertThat(new PayloadRing(1200).add(null, ByteBuffer.allocate(1201))).isFalse();
        assertThat(new PayloadRing(1200).add(null, ByteBuffer.allocate(1200))).isTrue();
    }

    @Test
    void clearingForgetsWhatWaitsAndKeepsThePayloadInHand() {
        PayloadRing ring = new PayloadRing(640);
        ring.add(null, bytes("gone"));
        take(ring);
        ring.add(null, bytes("in hand"));
        ring.add(null, bytes("waiting"));
        ByteBuffer inHand = ring.take(LENDER);
        ring.clear();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.add(null, bytes("new"))).isTrue();
        assertThat(text(inHand)).isEqualTo("in hand");
        assertThat(take(ring)).isEqualTo("new");
        assertThat(ring.isEmpty()).isTrue();
        ring.clear();
        ring.add(null, bytes("a"));
        ring.clear();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void itGrowsToItsBoundAndKeepsWhatWaitsInOrder() {
        PayloadRing ring = new PayloadRing(1_000_000);
        Queue<String> model = new ArrayDeque<>();
        int number = 0;
        int waiting = 0;
        while (ring.add(null, bytes(payload(number, 700)))) {
            model.add(payload(number++, 700));
            waiting += 700;
            if (number % 5 == 0) {
                assertThat(take(ring)).isEqualTo(model.remove());
                waiting -= 700;
            }
        }
        // All of it, but for the gap before the end.
        assertThat(waiting).isBetween(1_000_000 - 2 * 700, 1_000_000);
        while (!model.isEmpty()) {
            assertThat(take(ring)).isEqualTo(model.remove());
        }
        assertThat(ring.isEmpty()).isTrue();
    }

    /// Against a queue of copies: whatever is put in and taken out, in whatever order, the ring
    /// says the same, and refuses only what has no room.
    @Property(tries = 300)
    void itIsAQueue(@ForAll @Size(max = 400) int[] sizes) {
        PayloadRing ring = new PayloadRing(2000);
        Queue<String> model = new ArrayDeque<>();
        int number = 0;
        for (int raw : sizes) {
            if (raw % 3 == 0) {
                if (!model.isEmpty()) {
                    assertThat(take(ring)).isEqualTo(model.remove());
                }
                assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
            } else {
                String payload = payload(number++, Math.floorMod(raw, 700) + 1);
                int waiting = model.stream().mapToInt(String::length).sum();
                if (ring.add(null, bytes(payload))) {
                    model.add(payload);
                    assertThat(waiting + payload.length()).isLessThanOrEqualTo(2000);
                } else {
                    assertThat(model).isNotEmpty();
                }
            }
        }
        while (!model.isEmpty()) {
            assertThat(take(ring)).isEqualTo(model.remove());
        }
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.added()).isEqualTo(ring.removed());
    }

    @Property(tries = 50)
    void anEmptyRingHasRoomForAnythingThatFits(
            @ForAll @IntRange(min = 1, max = 500) int first,
            @ForAll @IntRange(min = 1, max = 500) int second) {
        PayloadRing ring = new PayloadRing(500);
        assertThat(ring.add(null, ByteBuffer.allocate(first))).isTrue();
        take(ring);
        assertThat(ring.add(null, ByteBuffer.allocate(second))).isTrue();
    }

    private static String payload(int number, int length) {
        return (number + "-").repeat(length).substring(0, length);
    }
}
