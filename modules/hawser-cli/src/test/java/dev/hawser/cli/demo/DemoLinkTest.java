package dev.hawser.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.transport.LinkConditions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DemoLinkTest {
    private static final LinkConditions NONE = LinkConditions.NONE;

    private static DemoLink link(LinkConditions conditions) {
        return new DemoLink(conditions, Bursts.NONE, 1);
    }

    @Test
    void withoutConditionsNothingChanges() {
        assertThat(DemoLink.NONE.changesNothing()).isTrue();
        assertThat(DemoLink.NONE.roundTripNanosMax()).isZero();
        assertThat(DemoLink.NONE.timeoutSeconds()).isEqualTo(5);
        assertThat(DemoLink.NONE.lifetimeSeconds()).isEqualTo(30);
        assertThat(link(NONE.loss(0.01)).changesNothing()).isFalse();
    }

    @Test
    void theLongestRoundTripIsWhatADirectionCanTakeTwice() {
        assertThat(roundTripMillis(NONE.latencyMillis(80).jitterMillis(20))).isEqualTo(200);
        assertThat(roundTripMillis(NONE.latencyMillis(80).jitterMillis(20).reordering(0.1)))
                .as("held back by up to twice latency and jitter")
                .isEqualTo(600);
        assertThat(roundTripMillis(NONE.reordering(0.1))).as("at least 20 ms each").isEqualTo(40);
        assertThat(roundTripMillis(NONE.bytesPerSecond(1000).queueBytes(500)))
                .as("behind a full queue")
                .isEqualTo(1000);
    }

    private static long roundTripMillis(LinkConditions conditions) {
        return TimeUnit.NANOSECONDS.toMillis(link(conditions).roundTripNanosMax());
    }

    @Test
    void timeoutsAndLifetimesGrowWithTheRoundTrip() {
        DemoLink slow = link(NONE.latencyMillis(1000).jitterMillis(500));

        assertThat(slow.timeoutSeconds()).isEqualTo(13);
        assertThat(slow.lifetimeSeconds()).isEqualTo(39);
    }

    @Test
    void theQueueHoldsHalfASecond() {
        assertThat(DemoLink.queueBytes(1_000_000)).isEqualTo(500_000);
        assertThat(DemoLink.queueBytes(1_000)).as("room for a request").isEqualTo(2048);
    }

    @Test
    void saysWhatItDoes() {
        assertThat(link(NONE.latencyMillis(80)).describe()).isEqualTo("80 ms on the way");
        assertThat(link(NONE.jitterMillis(20)).describe()).isEqualTo("0 to 20 ms on the way");
        LinkConditions all =
                NONE.latencyMillis(80)
                        .jitterMillis(20)
                        .loss(0.05)
                        .duplication(0.01)
                        .reordering(0.025)
                        .bytesPerSecond(9000);
        assertThat(new DemoLink(all, new Bursts(0.03, 8), 1).describe())
                .isEqualTo(
                        "80 to 100 ms on the way, 5 % lost, 3 % lost in bursts of 8 on average,"
                                + " 1 % twice, 2.5 % held back, at most 9000 bytes a second");
    }
}
