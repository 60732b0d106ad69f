package dev.hawser.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.transport.LinkConditions.BurstLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BurstsTest {
    @ParameterizedTest
    @CsvSource({"0.03, 8", "0.5, 1", "0.3, 1", "0.999, 1000", "0.1, 20.5"})
    void burstsLoseTheShareAndLastAsLongAsWasSaid(double share, double packets) {
        BurstLoss bursts = new Bursts(share, packets).toBurstLoss();

        assertThat(bursts.loss()).isEqualTo(1);
        assertThat(1 / bursts.leave()).isCloseTo(packets, within(1e-9));
        assertThat(bursts.enter() / (bursts.enter() + bursts.leave()))
                .isCloseTo(share, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"1", "1.1", "3", "7.7", "1000"})
    void theLargestShareOfEachLengthIsPossible(double packets) {
        Bursts largest = new Bursts(Bursts.shareMax(packets), packets);

        assertThat(largest.toBurstLoss().enter()).isCloseTo(1, within(1e-9));
    }

    @Test
    void noShareIsNoBursts() {
        assertThat(new Bursts(0, 8).toBurstLoss()).isEqualTo(BurstLoss.NONE);
    }
}
