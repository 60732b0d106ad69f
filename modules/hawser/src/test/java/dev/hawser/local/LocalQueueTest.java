package dev.hawser.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.spi.Payloads;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A payload takes four bytes for its length and is rounded up to a multiple of four; one that does
/// not fit before the end in one piece goes to the start.
class LocalQueueTest {
    private static final int SMALL = 64;

    /// What [LocalConnection] has.
    private static final int REAL = 256 << 10;

    private static final int BIGGEST = Payloads.BYTES_MAX;

    /// What payloads are cut from. Its length is a prime, so that neighbours begin elsewhere.
    private static final byte[] TEXT = new byte[65_521 + BIGGEST];

    static {
        new Random(3).nextBytes(TEXT);
    }

    /// {@return the payload of a number, as a part of the text}
    private static ByteBuffer payload(ByteBuffer text, long number, int length) {
        int start = (int) (number * 7_919 % (TEXT.length - BIGGEST));
        return text.limit(start + length).position(start);
    }

    private static ByteBuffer payload(long number, int length) {
        return payload(ByteBuffer.wrap(TEXT), number, length);
    }

    private static boolean isEmpty(LocalQueue queue) {
        return !queue.hasBefore(queue.mark());
    }

    private static void takeAndCheck(LocalQueue queue, long number, int length) {
        assertThat(isEmpty(queue)).as("empty before payload %s", number).isFalse();
        assertThat(queue.oldest()).as("payload %s", number).isEqualTo(payload(number, length));
        queue.take();
    }

    // ---- One thread: where payloads lie

    /// In a queue of 64 bytes: `+n` a payload of n bytes is taken in, `!n` it finds no room, `-n`
    /// the oldest is taken out and has n bytes, `=` nothing is left.
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "one,                                     +1 -1 =",
        "the last fits exactly at the end,        +28 +28 -28 -28 =",
        "exactly full,                            +28 +28 !1 -28 -28 =",
        "exactly full with one,                   +60 !1 -60 =",
        "one too large for all of it,             !61 +60 -60 =",
        "full of the smallest,                    +1 +1 +1 +1 +1 +1 +1 +1 !1 -1 +1 !1",
        "lengths are rounded up,                  +25 +26 !1 -25 +28 !1 -26 -28 =",
        "after exactly full it begins anew,       +28 +28 -28 -28 = +60 !1 -60 = +60 -60 =",
        "what is taken makes room at the start,   +28 +28 -28 +28 !1 -28 -28 =",
        "one byte more than fits at the end,      +28 +12 -28 +13 -12 -13 =",
        "just what fits at the end,               +28 +12 -28 +12 +28 !1 -12 -12 -28 =",
        "at the end there is room for no payload, +28 +24 -28 +1 -24 -1 =",
        "it wraps to be exactly full,             +28 +12 -28 +28 !1 -12 -28 =",
        "wrapped it is a byte too large,          +28 +12 -28 !29 +28 -12 -28 =",
        "room at both ends but in no one piece,   +28 +12 -28 +4 !33 +28 !1 -12 -4 -28 =",
        "nothing at the start yet,                +28 +12 !13 +12 !1 -28 -12 -12 =",
        "wrapped and full and empty,              +28 +12 -28 +28 -12 -28 = +28 -28 =",
        "refused again and again,                 +28 +12 !28 !28 -28 +28 -12 -28 =",
        "empty in the middle with one that wraps, +44 -44 = +20 -20 = +16 !60 -16 =",
    })
    void payloadsFindTheirPlaces(String name, String script) {
        LocalQueue queue = new LocalQueue(SMALL);
        int offered = 0;
        int taken = 0;
        for (String step : script.split(" ", -1)) {
            int length = step.equals("=") ? 0 : Integer.parseInt(step.substring(1));
            switch (step.charAt(0)) {
                case '+' -> assertThat(queue.offer(payload(offered++, length))).as(step).isTrue();
                case '!' -> assertThat(queue.offer(payload(offered, length))).as(step).isFalse();
                case '-' -> takeAndCheck(queue, taken++, length);
                case '=' -> assertThat(isEmpty(queue)).as("%s at its end", name).isTrue();
                default -> throw new IllegalArgumentException(step);
            }
        }
        while (taken < offered) {
            takeAndCheck(queue, taken++, queue.oldest().remaining());
        }
        assertThat(isEmpty(queue)).isTrue();
    }

    @Test
    void anEmptyQueueTakesHalfOfItsSizeWhereverItStands() {
        int half = SMALL / 2 - Integer.BYTES;
        // No payload is so short that the next could begin at 4.
        for (int place = 2 * Integer.BYTES; place <= SMALL; place += Integer.BYTES) {
            for (int length = 1; length <= half; length++) {
                LocalQueue queue = new LocalQueue(SMALL);
                queue.offer(payload(0, place - Integer.BYTES));
                takeAndCheck(queue, 0, place - Integer.BYTES);
                assertThat(queue.offer(payload(1, length)))
                        .as("%s bytes at %s", length, place)
                        .isTrue();
                takeAndCheck(queue, 1, length);
                assertThat(isEmpty(queue)).isTrue();
            }
        }
    }

    @Test
    void theBiggestPayloadsFillTheRealQueueAndAllComeOut() {
        LocalQueue queue = new LocalQueue(REAL);
        int turns = 5;
        long offered = 0;
        long taken = 0;
        for (int turn = 0; turn < turns; turn++) {
            while (queue.offer(payload(offered, BIGGEST))) {
                offered++;
            }
            // All fit but for what is left out at the end.
            assertThat((offered - taken) * (Integer.BYTES + BIGGEST))
                    .isBetween(REAL - 2L * (Integer.BYTES + BIGGEST), (long) REAL);
            while (taken < offered) {
                takeAndCheck(queue, taken++, BIGGEST);
            }
            assertThat(isEmpty(queue)).isTrue();
        }
    }

    @Test
    void offeringLeavesThePayloadAsItWasAndTakesOnlyWhatIsBetweenItsMarks() {
        LocalQueue queue = new LocalQueue(SMALL);
        ByteBuffer direct = ByteBuffer.allocateDirect(20).put(0, payload(1, 20), 0, 20);
        direct.position(3).limit(11);
        assertThat(queue.offer(direct)).isTrue();
        assertThat(direct.position()).isEqualTo(3);
        assertThat(direct.limit()).isEqualTo(11);
        assertThat(queue.oldest()).isEqualTo(direct);
    }

    @Test
    void whatIsOfferedAfterAMarkIsNotBeforeIt() {
        LocalQueue queue = new LocalQueue(SMALL);
        assertThat(queue.hasBefore(queue.mark())).isFalse();
        queue.offer(payload(0, 40));
        takeAndCheck(queue, 0, 40);
        queue.offer(payload(1, 4));
        long mark = queue.mark();
        // Does not fit before the end, and the left-out rest does not count as a payload.
        queue.offer(payload(2, 16));
        assertThat(queue.hasBefore(mark)).isTrue();
        takeAndCheck(queue, 1, 4);
        assertThat(queue.hasBefore(mark)).isFalse();
        assertThat(isEmpty(queue)).isFalse();
        takeAndCheck(queue, 2, 16);
    }

    // ---- Two threads

    @ParameterizedTest
    @ValueSource(ints = {4 << 10, REAL})
    void nothingIsLostDamagedOrSwappedBetweenTwoThreads(int capacity) throws Exception {
        new Crossing(capacity).run();
    }

    /// Two threads with nothing but the queue between them, except where one waits for the other on
    /// purpose: so that the queue is full in front of the one and empty behind the other at times
    /// for certain.
    private static final class Crossing {
        private static final long PAYLOADS = 1_000_000;

        /// More than any queue holds.
        private static final long ROUND = 100_000;

        private final LocalQueue queue;
        private volatile long foundFull;
        private volatile long emptied;
        private volatile Throwable failure;

        Crossing(int capacity) {
            queue = new LocalQueue(capacity);
        }

        void run() throws InterruptedException {
            Thread sender = new Thread(this::offerAll, "offers");
            sender.start();
            try {
                takeAll();
            } catch (Throwable e) {
                failure = e;
                throw e;
            } finally {
                sender.join();
            }
            assertThat(failure).isNull();
            assertThat(isEmpty(queue)).isTrue();
        }

        /// From 1 to 1200, as often short as long.
        private static int length(long number) {
            int mixed = (int) ((number * 0x9E3779B97F4A7C15L) >>> 33);
            return 1 + (mixed >> 1) % ((mixed & 1) == 0 ? BIGGEST : 64);
        }

        private void offerAll() {
            try {
                ByteBuffer text = ByteBuffer.wrap(TEXT);
                for (long number = 0; number < PAYLOADS; number++) {
                    if (number % ROUND == ROUND / 2) {
                        Patience patience = new Patience("for an empty queue");
                        while (emptied < number) {
                            patience.pause();
                        }
                    }
                    ByteBuffer payload = payload(text.clear(), number, length(number));
                    if (!queue.offer(payload)) {
                        foundFull = number;
                        Patience patience = new Patience("for room");
                        while (!queue.offer(payload)) {
                            patience.pause();
                        }
                    }
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        private void takeAll() {
            ByteBuffer text = ByteBuffer.wrap(TEXT);
            long number = 0;
            while (number < PAYLOADS) {
                long mark = queue.mark();
                Patience patience = new Patience("for payload " + number);
                while (!queue.hasBefore(mark)) {
                    patience.pause();
                    mark = queue.mark();
                }
                while (queue.hasBefore(mark)) {
                    ByteBuffer payload = queue.oldest();
                    if (!payload.equals(payload(text.clear(), number, length(number)))) {
                        throw new AssertionError("payload " + number + " came as " + payload);
                    }
                    queue.take();
                    number++;
                    if (number % ROUND == ROUND / 2) {
                        emptied = number;
                    } else if (number % ROUND == 0 && number < PAYLOADS) {
                        patience = new Patience("for a full queue");
                        while (foundFull < number) {
                            patience.pause();
                        }
                    }
                }
            }
        }

        /// Waits for the other thread as long as it may take, and lets it run where no processor is
        /// free: to yield is not enough there, since the system may go on with this one.
        private final class Patience {
            private final String what;
            private final long deadlineNanos = System.nanoTime() + 1_800_000_000_000L;
            private int pauses;

            Patience(String what) {
                this.what = what;
            }

            void pause() {
                pauses++;
                if (pauses % 256 != 0) {
                    Thread.onSpinWait();
                    return;
                }
                LockSupport.parkNanos(1_000);
                if (failure != null) {
                    throw new IllegalStateException("the other side has failed", failure);
                }
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new AssertionError("waited in vain " + what);
                }
            }
        }
    }
}
