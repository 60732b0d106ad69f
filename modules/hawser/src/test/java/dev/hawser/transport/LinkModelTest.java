package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.transport.LinkModel.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What becomes of packets, against theory: the seeds are fixed, so are the results.
class LinkModelTest {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int MANY = 200_000;

    private final LinkModel model = new LinkModel();
    private final SplittableRandom random = new SplittableRandom(11);

    /// Sends a packet of which there is one copy.
    private Fate send(long nowNanos, int bytes, LinkConditions conditions) {
        assertThat(model.send(nowNanos, bytes, conditions, random)).isEqualTo(1);
        return model.fate(0);
    }

    /// {@return how long each of many packets travels, sent a millisecond apart}
    private long[] travelNanos(LinkConditions conditions) {
        return LongStream.range(0, MANY)
                .map(number -> {
                    long nowNanos = number * NANOS_PER_MILLI;
                    assertThat(send(nowNanos, 100, conditions).arrives()).isTrue();
                    return model.arrivesAtNanos(0) - nowNanos;
                })
                .toArray();
    }

    /// {@return for each of many packets, whether it is lost}
    private boolean[] losses(LinkConditions conditions) {
        boolean[] losses = new boolean[MANY];
        for (int i = 0; i < MANY; i++) {
            losses[i] = send(i, 100, conditions) == Fate.LOST;
        }
        return losses;
    }

    private static double share(boolean[] each) {
        int count = 0;
        for (boolean one : each) {
            count += one ? 1 : 0;
        }
        return (double) count / each.length;
    }

    private static List<Integer> lengthsOfRuns(boolean[] each) {
        List<Integer> lengths = new ArrayList<>();
        int length = 0;
        for (boolean one : each) {
            if (one) {
                length++;
            } else if (length > 0) {
                lengths.add(length);
                length = 0;
            }
        }
        return lengths;
    }

    @Test
    void aLinkWithoutConditionsDeliversAtOnce() {
        assertThat(travelNanos(LinkConditions.NONE)).containsOnly(0);
    }

    @Test
    void latencyIsExact() {
        assertThat(travelNanos(LinkConditions.NONE.latencyMillis(80)))
                .containsOnly(80 * NANOS_PER_MILLI);
    }

    @Test
    void jitterIsSpreadEvenlyBetweenLatencyAndItsSum() {
        long[] travelNanos = travelNanos(LinkConditions.NONE.latencyMillis(80).jitterMillis(20));
        LongStream.of(travelNanos)
                .forEach(nanos ->
                        assertThat(nanos).isBetween(80 * NANOS_PER_MILLI, 100 * NANOS_PER_MILLI));
        assertThat(LongStream.of(travelNanos).average().orElseThrow() / NANOS_PER_MILLI)
                .isCloseTo(90, within(0.1));
        assertThat(LongStream.of(travelNanos).filter(it -> it < 85 * NANOS_PER_MILLI).count())
                .isCloseTo(MANY / 4, within(1_000L));
    }

    @Test
    void lossIsAsOftenAsItSays() {
        boolean[] losses = losses(LinkConditions.NONE.loss(0.05));
        assertThat(share(losses)).isCloseTo(0.05, within(0.002));
        // Independent: after a loss the next is as likely as ever.
        assertThat(meanOf(lengthsOfRuns(losses))).isCloseTo(1 / 0.95, within(0.01));
    }

    @Test
    void lossOfAllLosesAllAndOfNoneNone() {
        assertThat(share(losses(LinkConditions.NONE.loss(1)))).isEqualTo(1);
        assertThat(share(losses(LinkConditions.NONE.loss(0)))).isZero();
    }

    private static double meanOf(List<Integer> lengths) {
        return lengths.stream().mapToInt(it -> it).average().orElseThrow();
    }

    @Test
    void burstsAreAsLongAndAsOftenAsTheirProbabilitiesSay() {
        boolean[] losses = losses(LinkConditions.NONE.burstLoss(0.02, 0.25, 1));
        List<Integer> bursts = lengthsOfRuns(losses);
        assertThat(share(losses)).isCloseTo(0.02 / (0.02 + 0.25), within(0.003));
        assertThat(meanOf(bursts)).isCloseTo(1 / 0.25, within(0.1));
        // Their lengths are geometric: each packet of a burst is followed by another with 3/4.
        assertThat((double) bursts.stream().filter(it -> it >= 3).count() / bursts.size())
                .isCloseTo(0.75 * 0.75, within(0.02));
    }

    @Test
    void outsideOfBurstsTheOrdinaryLossApplies() {
        boolean[] losses = losses(LinkConditions.NONE.loss(0.01).burstLoss(0.05, 0.2, 0.5));
        double inBurst = 0.05 / (0.05 + 0.2);
        assertThat(share(losses)).isCloseTo((1 - inBurst) * 0.01 + inBurst * 0.5, within(0.003));
    }

    @Test
    void inBurstsTheirLossTakesThePlaceOfTheOrdinaryOne() {
        assertThat(send(0, 1, LinkConditions.NONE.loss(1).burstLoss(1, 1e-9, 0)))
                .isEqualTo(Fate.ARRIVES);
    }

    @Test
    void aBurstEndsWhereBurstsAreSwitchedOff() {
        assertThat(send(0, 1, LinkConditions.NONE.burstLoss(1, 1e-9, 1))).isEqualTo(Fate.LOST);
        assertThat(send(0, 1, LinkConditions.NONE)).isEqualTo(Fate.ARRIVES);
        assertThat(send(0, 1, LinkConditions.NONE.burstLoss(1e-9, 1e-9, 1)))
                .isEqualTo(Fate.ARRIVES);
    }

    @Test
    void copiesAreDelayedAndLostEachForItself() {
        LinkConditions conditions =
                LinkConditions.NONE.duplication(0.1).loss(0.5).latencyMillis(1).jitterMillis(100);
        int doubled = 0;
        int onlyOneArrived = 0;
        int together = 0;
        for (int i = 0; i < MANY; i++) {
            if (model.send(i, 100, conditions, random) == 2) {
                doubled++;
                boolean first = model.fate(0).arrives();
                boolean second = model.fate(1).arrives();
                onlyOneArrived += first == second ? 0 : 1;
                together +=
                        first && second && model.arrivesAtNanos(0) == model.arrivesAtNanos(1)
                                ? 1
                                : 0;
            }
        }
        assertThat((double) doubled / MANY).isCloseTo(0.1, within(0.002));
        assertThat((double) onlyOneArrived / doubled).isCloseTo(0.5, within(0.01));
        assertThat(together).isZero();
    }

    @Test
    void whatIsHeldBackIsOvertaken() {
        LinkConditions conditions = LinkConditions.NONE.latencyMillis(50).reordering(0.1);
        int heldBack = 0;
        long maxNanos = 0;
        for (int i = 0; i < MANY; i++) {
            Fate fate = send(i, 100, conditions);
            long travelNanos = model.arrivesAtNanos(0) - i;
            if (fate == Fate.HELD_BACK) {
                heldBack++;
                maxNanos = Math.max(maxNanos, travelNanos);
            } else {
                assertThat(travelNanos).isEqualTo(50 * NANOS_PER_MILLI);
            }
        }
        assertThat((double) heldBack / MANY).isCloseTo(0.1, within(0.002));
        assertThat(maxNanos).isBetween(149 * NANOS_PER_MILLI, 150 * NANOS_PER_MILLI);
    }

    @Test
    void whereNothingTravelsLongHoldingBackStillTakesTime() {
        long[] travelNanos = travelNanos(LinkConditions.NONE.reordering(1));
        assertThat(LongStream.of(travelNanos).max().orElseThrow())
                .isBetween(19 * NANOS_PER_MILLI, 20 * NANOS_PER_MILLI);
    }

    @Test
    void nothingGetsThroughACutLink() {
        LinkConditions cut = LinkConditions.NONE.latencyMillis(1).cut(true);
        for (int i = 0; i < 100; i++) {
            assertThat(send(i, 100, cut)).isEqualTo(Fate.CUT);
        }
        assertThat(send(100, 100, cut.cut(false))).isEqualTo(Fate.ARRIVES);
    }

    @Test
    void aPacketTakesAsLongAsItsBytesNeed() {
        LinkConditions conditions = LinkConditions.NONE.latencyMillis(10).bytesPerSecond(64_000);
        send(0, 640, conditions);
        assertThat(model.arrivesAtNanos(0)).isEqualTo(20 * NANOS_PER_MILLI);
        send(0, 64, conditions);
        assertThat(model.arrivesAtNanos(0)).isEqualTo(21 * NANOS_PER_MILLI);
        send(NANOS_PER_SECOND, 64, conditions);
        assertThat(model.arrivesAtNanos(0)).isEqualTo(NANOS_PER_SECOND + 11 * NANOS_PER_MILLI);
    }

    @Test
    void moreThanTheBandwidthFillsTheQueueAndTheRestIsDropped() {
        LinkConditions conditions = LinkConditions.NONE.bytesPerSecond(64_000).queueBytes(32_000);
        int arrived = 0;
        int dropped = 0;
        long lastArrivalNanos = 0;
        // 100,000 bytes a second for ten seconds.
        for (int i = 0; i < 1_000; i++) {
            long nowNanos = i * 10 * NANOS_PER_MILLI;
            if (send(nowNanos, 1_000, conditions) == Fate.QUEUE_FULL) {
                dropped++;
                continue;
            }
            arrived++;
            assertThat(model.arrivesAtNanos(0) - nowNanos)
                    .as("no longer than a full queue takes")
                    .isLessThanOrEqualTo(NANOS_PER_SECOND / 2);
            assertThat(model.arrivesAtNanos(0) - lastArrivalNanos)
                    .as("not faster than the link carries")
                    .isGreaterThanOrEqualTo(NANOS_PER_SECOND / 64);
            lastArrivalNanos = model.arrivesAtNanos(0);
        }
        assertThat(arrived).isBetween(64 * 10 + 30, 64 * 10 + 32);
        assertThat(dropped).isEqualTo(1_000 - arrived);
    }

    @Test
    void whatFillsTheQueueToTheByteFitsAndOneByteMoreDoesNot() {
        LinkConditions conditions = LinkConditions.NONE.bytesPerSecond(1_000).queueBytes(1_000);
        assertThat(send(0, 400, conditions)).isEqualTo(Fate.ARRIVES);
        assertThat(send(0, 601, conditions)).isEqualTo(Fate.QUEUE_FULL);
        assertThat(send(0, 600, conditions)).isEqualTo(Fate.ARRIVES);
        assertThat(send(0, 1, conditions)).isEqualTo(Fate.QUEUE_FULL);
        assertThat(send(NANOS_PER_MILLI, 1, conditions)).isEqualTo(Fate.ARRIVES);
    }

    @Test
    void anIdleLinkTakesAPacketThatIsLargerThanTheQueue() {
        LinkConditions conditions = LinkConditions.NONE.bytesPerSecond(1_000).queueBytes(0);
        assertThat(send(0, 1_200, conditions)).isEqualTo(Fate.ARRIVES);
        assertThat(send(NANOS_PER_SECOND, 1, conditions)).isEqualTo(Fate.QUEUE_FULL);
        assertThat(send(1_200 * NANOS_PER_MILLI, 1_200, conditions)).isEqualTo(Fate.ARRIVES);
    }

    @Test
    void nobodyWaitsBehindABandwidthThatIsNoMore() {
        send(0, 1_000, LinkConditions.NONE.bytesPerSecond(1));
        send(5, 1_000, LinkConditions.NONE.bytesPerSecond(1_000_000));
        assertThat(model.arrivesAtNanos(0)).isEqualTo(5 + NANOS_PER_MILLI);
        send(6, 1_000, LinkConditions.NONE);
        assertThat(model.arrivesAtNanos(0)).isEqualTo(6);
    }

    @Test
    void theClockMayBeginAnywhereAndRunOver() {
        LinkConditions conditions = LinkConditions.NONE.latencyMillis(1).bytesPerSecond(1_000_000);
        for (long nowNanos : new long[] {Long.MIN_VALUE, -5, Long.MAX_VALUE - 10}) {
            LinkModel fresh = new LinkModel();
            fresh.send(nowNanos, 1_000, conditions, random);
            assertThat(fresh.arrivesAtNanos(0) - nowNanos).isEqualTo(2 * NANOS_PER_MILLI);
            fresh.send(nowNanos + 20, 1_000, conditions, random);
            assertThat(fresh.arrivesAtNanos(0) - nowNanos).isEqualTo(3 * NANOS_PER_MILLI);
        }
    }

    @Test
    void theFastestLinkAndTheLargestQueueDoNotOverflow() {
        LinkConditions conditions =
                LinkConditions.NONE.bytesPerSecond(1).queueBytes(Integer.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            assertThat(send(0, 2_000_000, conditions)).isEqualTo(Fate.ARRIVES);
        }
        assertThat(model.arrivesAtNanos(0)).isEqualTo(2_000_000_000L * NANOS_PER_SECOND);
        LinkConditions fast = conditions.bytesPerSecond(Integer.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            assertThat(send(0, 2_000_000, fast)).isEqualTo(Fate.ARRIVES);
        }
        assertThat(model.arrivesAtNanos(0)).isCloseTo(931_322_575L, within(1_000L));
        assertThat(send(0, 200_000_000, fast)).isEqualTo(Fate.QUEUE_FULL);
    }

    @Test
    void theSameSeedGivesTheSameFatesAndAnotherGivesOthers() {
        assertThat(fates(7)).isEqualTo(fates(7)).isNotEqualTo(fates(8));
    }

    private static List<String> fates(long seed) {
        LinkModel model = new LinkModel();
        SplittableRandom random = new SplittableRandom(seed);
        LinkConditions conditions =
                LinkConditions.NONE
                        .latencyMillis(50)
                        .jitterMillis(30)
                        .loss(0.1)
                        .burstLoss(0.05, 0.3, 0.9)
                        .duplication(0.1)
                        .reordering(0.1)
                        .bytesPerSecond(50_000);
        List<String> fates = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int copies = model.send(i * NANOS_PER_MILLI, 60, conditions, random);
            for (int copy = 0; copy < copies; copy++) {
                fates.add(i + " " + model.fate(copy) + " " + model.arrivesAtNanos(copy));
            }
        }
        return fates;
    }
}
