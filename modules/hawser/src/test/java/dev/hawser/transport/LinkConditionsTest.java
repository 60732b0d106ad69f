package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.transport.LinkConditions.BurstLoss;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LinkConditionsTest {
    private static final LinkConditions NONE = LinkConditions.NONE;

    @Test
    void eachChangeKeepsTheOthers() {
        LinkConditions conditions =
                NONE.latencyMillis(80)
                        .jitterMillis(20)
                        .loss(0.05)
                        .burstLoss(0.01, 0.2, 0.9)
                        .duplication(0.02)
                        .reordering(0.03)
                        .bytesPerSecond(64_000)
                        .queueBytes(32_000)
                        .cut(true);
        assertThat(conditions)
                .isEqualTo(
                        new LinkConditions(
                                80_000_000,
                                20_000_000,
                                0.05,
                                new BurstLoss(0.01, 0.2, 0.9),
                                0.02,
                                0.03,
                                64_000,
                                32_000,
                                true));
        assertThat(conditions.latencyMillis(0).jitterMillis(0).cut(false).loss(0).reordering(0))
                .isEqualTo(
                        NONE.burstLoss(0.01, 0.2, 0.9)
                                .duplication(0.02)
                                .bytesPerSecond(64_000)
                                .queueBytes(32_000));
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        assertThat(NONE.latencyMillis(3_600_000).jitterMillis(3_600_000).jitterNanos())
                .isEqualTo(3_600_000_000_000L);
        assertThat(NONE.loss(1).duplication(1).reordering(1).burstLoss(1, 1, 1).loss())
                .isEqualTo(1);
        assertThat(NONE.bytesPerSecond(0).queueBytes(0).queueBytes()).isZero();
    }

    @Test
    void whatIsOutOfRangeIsNamedWithLimitAndRemedy() {
        assertRefused(() -> NONE.latencyMillis(-1)).hasMessageContaining("latency is -1.0 ms");
        assertRefused(() -> NONE.latencyMillis(3_600_001))
                .hasMessageContainingAll("latency is 3600001.0 ms", "to 3600000", "cut(true)");
        assertRefused(() -> NONE.jitterMillis(Long.MAX_VALUE))
                .hasMessageContainingAll("jitter is", "to 3600000");
        assertRefused(() -> NONE.loss(5))
                .hasMessageContainingAll("loss is 5.0", "from 0 to 1", "0.05 for five packets");
        assertRefused(() -> NONE.loss(Double.NaN)).hasMessageContaining("loss is NaN");
        assertRefused(() -> NONE.duplication(-0.1)).hasMessageContaining("duplication is -0.1");
        assertRefused(() -> NONE.reordering(1.1)).hasMessageContaining("reordering is 1.1");
        assertRefused(() -> NONE.burstLoss(2, 1, 1)).hasMessageContaining("enter is 2.0");
        assertRefused(() -> NONE.burstLoss(0, 2, 1)).hasMessageContaining("leave is 2.0");
        assertRefused(() -> NONE.burstLoss(0, 1, 2)).hasMessageContaining("loss is 2.0");
        assertRefused(() -> NONE.burstLoss(0.1, 0, 1))
                .hasMessageContainingAll("leave is 0", "must be more", "cut(true)");
        assertRefused(() -> NONE.bytesPerSecond(-1))
                .hasMessageContainingAll("bytesPerSecond is -1", "at least 0", "cut(true)");
        assertRefused(() -> NONE.queueBytes(-1))
                .hasMessageContainingAll("queueBytes is -1", "at least 0", "65536");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }
}
