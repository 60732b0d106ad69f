package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// First in, first out, whole and unchanged, at every place of the ring and from thread to thread.
class LocalQueueTest {
    private static final int HEADER_BYTES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ByteBuffer payload(int length, int seed) {
        ByteBuffer payload = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            payload.put(i, (byte) (seed * 31 + i * 7));
        }
        return payload;
    }

    private static void takeAndCompare(LocalQueue queue, int length, int seed) {
        assertThat(queue.hasBefore(queue.mark())).isTrue();
        assertThat(queue.lend()).isEqualTo(payload(length, seed));
        queue.take();
    }

    private static boolean isEmpty(LocalQueue queue) {
        return !queue.hasBefore(queue.mark());
    }

    /// Moves both ends of an empty queue to a place, which is a multiple of 4.
    private static void moveTo(LocalQueue queue, int place) {
        for (int bytes = place; bytes > 0; ) {
            // A record of 4 is an empty payload, which the queue can carry though clients cannot.
            int record = Math.min(bytes, 1024);
            assertThat(queue.offer(ByteBuffer.allocate(record - HEADER_BYTES))).isTrue();
            queue.lend();
            queue.take();
            bytes -= record;
        }
    }

    @Test
    void aNewQueueIsEmpty() {
        assertThat(isEmpty(new LocalQueue(64))).isTrue();
    }

    /// Of 64 bytes: where the queue stands, and the longest payload that goes in there, in one
    /// piece either before the end or from the start.
    @ParameterizedTest
    @CsvSource({"0, 60", "4, 56", "16, 44", "28, 32", "32, 28", "36, 32", "48, 44", "60, 56"})
    void whatFitsInOnePieceIsTakenAndAByteMoreIsNot(int place, int longest) {
        LocalQueue queue = new LocalQueue(64);
        moveTo(queue, place);
        assertThat(queue.offer(payload(longest + 1, 1))).isFalse();
        assertThat(isEmpty(queue)).isTrue();

        assertThat(queue.offer(payload(longest, 2))).isTrue();

        takeAndCompare(queue, longest, 2);
        assertThat(isEmpty(queue)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 16, 24, 32, 40, 48, 56})
    void aFullQueueTakesNothingUntilSomethingWasTakenFromIt(int place) {
        LocalQueue queue = new LocalQueue(64);
        moveTo(queue, place);
        for (int i = 0; i < 8; i++) {
            assertThat(queue.offer(payload(1 + i % 4, i))).as("payload %d", i).isTrue();
        }
        assertThat(queue.offer(payload(1, 8))).isFalse();
        assertThat(queue.offer(ByteBuffer.allocate(0))).isFalse();

        takeAndCompare(queue, 1, 0);

        assertThat(queue.offer(payload(1, 8))).isTrue();
        assertThat(queue.offer(payload(1, 9))).isFalse();
        for (int i = 1; i < 8; i++) {
            takeAndCompare(queue, 1 + i % 4, i);
        }
        takeAndCompare(queue, 1, 8);
        assertThat(isEmpty(queue)).isTrue();
    }

    @Test
    void everyLengthGoesThroughAtEveryPlace() {
        for (int place = 0; place < 64; place += 4) {
            for (int length = 1; length <= 28; length++) {
                LocalQueue queue = new LocalQueue(64);
                moveTo(queue, place);
                assertThat(queue.offer(payload(length, length))).isTrue();
                takeAndCompare(queue, length, length);
                assertThat(isEmpty(queue)).isTrue();
            }
        }
    }

    @Test
    void whatIsOfferedMayLieAnywhereInABufferOfAnyKindAndIsCopied() {
        LocalQueue queue = new LocalQueue(64);
        ByteBuffer source = ByteBuffer.allocateDirect(32).order(ByteOrder.LITTLE_ENDIAN);
        source.putInt(8, 0x04030201).position(8).limit(12);

        queue.offer(source);
        source.putInt(8, 0);

        assertThat(source.position()).isEqualTo(8);
        ByteBuffer lent = queue.lend();
        assertThat(lent.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(lent.remaining()).isEqualTo(4);
        assertThat(lent.getInt()).isEqualTo(0x01020304);
    }

    @Test
    void aMarkIsBehindWhatWasOfferedBeforeItAndBeforeTheRest() {
        LocalQueue queue = new LocalQueue(64);
        queue.offer(payload(3, 1));
        long mark = queue.mark();
        queue.offer(payload(5, 2));

        assertThat(queue.hasBefore(mark)).isTrue();
        takeAndCompare(queue, 3, 1);
        assertThat(queue.hasBefore(mark)).isFalse();
        assertThat(queue.hasBefore(queue.mark())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itBehavesAsAListOfPayloads(long seed) {
        Random random = new Random(seed);
        LocalQueue queue = new LocalQueue(256);
        Deque<ByteBuffer> model = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextBoolean()) {
                ByteBuffer payload = payload(random.nextInt(100), i);
                if (queue.offer(payload)) {
                    model.add(payload);
                } else {
                    // Nothing is refused while less than half of it is used.
                    int used = model.stream().mapToInt(each -> each.remaining() + 7).sum();
                    assertThat(used + payload.remaining() + 7).isGreaterThan(128);
                }
            } else if (model.isEmpty()) {
                assertThat(isEmpty(queue)).isTrue();
            } else {
                assertThat(queue.lend()).isEqualTo(model.remove());
                queue.take();
            }
        }
    }

    /// The queue is small, so that both threads meet at its ends all the time.
    @ParameterizedTest
    @CsvSource({"4096, 1500000", "262144, 1500000"})
    void payloadsGoFromThreadToThreadWholeAndInOrder(int capacity, int payloads) {
        LocalQueue queue = new LocalQueue(capacity);
        int[] lengths = new Random(capacity).ints(4096, 1, 1201).toArray();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        CompletableFuture<Void> offering =
                CompletableFuture.runAsync(
                        () -> offerAll(queue, lengths, payloads, deadlineNanos),
                        task -> Thread.ofPlatform().daemon().name("offers").start(task));

        long received = 0;
        long receivedBytes = 0;
        while (received < payloads) {
            long mark = queue.mark();
            if (!queue.hasBefore(mark)) {
                pause(deadlineNanos);
                // Fails at once with what went wrong over there.
                if (offering.isCompletedExceptionally()) {
                    offering.join();
                }
                continue;
            }
            while (queue.hasBefore(mark)) {
                ByteBuffer lent = queue.lend();
                int length = lengths[(int) received & 4095];
                if (lent.remaining() != length || !isNumber(lent, received)) {
                    throw new AssertionError("payload " + received + " came as " + lent);
                }
                receivedBytes += length;
                queue.take();
                received++;
            }
        }

        offering.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(isEmpty(queue)).isTrue();
        assertThat(receivedBytes)
                .isEqualTo(IntStream.range(0, payloads).mapToLong(i -> lengths[i & 4095]).sum());
    }

    private static void offerAll(LocalQueue queue, int[] lengths, int payloads, long deadline) {
        ByteBuffer payload = ByteBuffer.allocate(1200);
        for (int i = 0; i < payloads; i++) {
            int length = lengths[i & 4095];
            payload.clear().limit(length);
            number(payload, i);
            while (!queue.offer(payload)) {
                pause(deadline);
            }
        }
    }

    /// Correct without the yield, but slow where the two threads share a core.
    @SuppressWarnings("ThreadPriorityCheck")
    private static void pause(long deadlineNanos) {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new AssertionError("the other thread has stood still for " + PATIENCE);
        }
        Thread.yield();
    }

    /// Fills a payload with its number: whole longs, then single bytes.
    private static void number(ByteBuffer payload, long number) {
        int whole = payload.limit() & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            payload.putLong(i, number * 0x9e3779b97f4a7c15L + i);
        }
        for (int i = whole; i < payload.limit(); i++) {
            payload.put(i, (byte) (number + i));
        }
    }

    private static boolean isNumber(ByteBuffer lent, long number) {
        int start = lent.position();
        int length = lent.remaining();
        int whole = length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            if (lent.getLong(start + i) != number * 0x9e3779b97f4a7c15L + i) {
                return false;
            }
        }
        for (int i = whole; i < length; i++) {
            if (lent.get(start + i) != (byte) (number + i)) {
                return false;
            }
        }
        return true;
    }
}
