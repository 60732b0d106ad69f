package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DeadlineHeapTest {
    private static final int CAPACITY = 12;

    private enum Kind {
        SCHEDULE,
        CANCEL,
        TAKE_SOONEST
    }

    private record Step(Kind kind, int id, int deadline) {}

    @Property(tries = 1000)
    void itAgreesWithAMapThatIsSearched(@ForAll("steps") List<Step> steps, @ForAll long start) {
        DeadlineHeap heap = new DeadlineHeap(CAPACITY);
        Map<Integer, Long> model = new HashMap<>();
        for (Step step : steps) {
            switch (step.kind()) {
                case SCHEDULE -> {
                    heap.schedule(step.id(), start + step.deadline());
                    model.put(step.id(), start + step.deadline());
                }
                case CANCEL -> {
                    heap.cancel(step.id());
                    model.remove(step.id());
                }
                case TAKE_SOONEST -> {
                    if (!heap.isEmpty()) {
                        int soonest = heap.soonestId();
                        heap.cancel(soonest);
                        model.remove(soonest);
                    }
                }
            }
            check(heap, model, start);
        }
        while (!heap.isEmpty()) {
            int soonest = heap.soonestId();
            heap.cancel(soonest);
            model.remove(soonest);
            check(heap, model, start);
        }
    }

    private static void check(DeadlineHeap heap, Map<Integer, Long> model, long start) {
        assertThat(heap.size()).isEqualTo(model.size());
        for (int id = 0; id < CAPACITY; id++) {
            assertThat(heap.deadlineOr(id, -77)).isEqualTo(model.getOrDefault(id, -77L));
        }
        assertThat(heap.isEmpty()).isEqualTo(model.isEmpty());
        if (!model.isEmpty()) {
            // By difference from the start: time may pass from the largest long to the smallest.
            long soonest =
                    model.values().stream()
                            .mapToLong(deadline -> deadline - start)
                            .min()
                            .orElseThrow();
            assertThat(heap.soonestDeadline() - start).isEqualTo(soonest);
            assertThat(model.get(heap.soonestId())).isEqualTo(heap.soonestDeadline());
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(
                                Kind.SCHEDULE, Kind.SCHEDULE, Kind.CANCEL, Kind.TAKE_SOONEST),
                        Arbitraries.integers().between(0, CAPACITY - 1),
                        Arbitraries.integers().between(0, 30))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    @Test
    void deadlinesComeInOrder() {
        DeadlineHeap heap = new DeadlineHeap(10_000);
        for (int id = 0; id < 10_000; id++) {
            heap.schedule(id, id * 7919L % 10_007);
        }
        long before = -1;
        for (int i = 0; i < 10_000; i++) {
            assertThat(heap.soonestDeadline()).isGreaterThan(before);
            before = heap.soonestDeadline();
            heap.cancel(heap.soonestId());
        }
        assertThat(heap.isEmpty()).isTrue();
    }

    @Test
    void cancellingWhatIsNotScheduledDoesNothing() {
        DeadlineHeap heap = new DeadlineHeap(2);
        heap.cancel(1);
        heap.schedule(0, 5);
        heap.cancel(1);

        assertThat(heap.size()).isEqualTo(1);
        assertThat(heap.soonestId()).isZero();
    }
}
