package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SendOrderTest {
    private static final int SLOTS = 6;

    private record Step(boolean isSent, int slot) {}

    @Property(tries = 1000)
    void itAgreesWithASetInTheOrderOfItsLatestInsertions(@ForAll("steps") List<Step> steps) {
        SendOrder order = new SendOrder(SLOTS);
        Set<Integer> model = new LinkedHashSet<>();
        for (Step step : steps) {
            int slot = step.slot();
            model.remove(slot);
            if (step.isSent()) {
                order.sent(slot);
                model.add(slot);
            } else {
                order.remove(slot);
            }
            assertThat(order.isEmpty()).isEqualTo(model.isEmpty());
            if (!model.isEmpty()) {
                assertThat(order.first()).isEqualTo(model.iterator().next());
            }
        }
        for (int slot : model) {
            assertThat(order.first()).isEqualTo(slot);
            order.remove(slot);
        }
        assertThat(order.isEmpty()).isTrue();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Boolean> isSent = Arbitraries.of(true, true, false);
        return Combinators.combine(isSent, Arbitraries.integers().between(0, SLOTS - 1))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }
}
