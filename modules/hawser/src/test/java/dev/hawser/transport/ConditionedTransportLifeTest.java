package dev.hawser.transport;

import static dev.hawser.transport.WeatherStation.PEER;
import static dev.hawser.transport.WeatherStation.bytes;
import static dev.hawser.transport.WeatherStation.text;
import static dev.hawser.transport.WeatherStation.textsFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// That the weather changes, the transport closes, and everything is bounded, counted and the same
/// again under the same seed.
class ConditionedTransportLifeTest extends ConditionedTransportFixture {
    private static final LinkConditions CUT = NONE.cut(true);

    // ---- Switching

    @Test
    void conditionsChangeForThePacketsThatComeAfter() throws InterruptedException {
        transport.outbound(SLOW);
        send("slow");
        Thread.ofPlatform().start(() -> transport.outbound(CUT)).join();
        send("gone");
        Thread.ofPlatform().start(() -> transport.outbound(NONE)).join();
        send("fast");
        station.advanceMillis(80);
        transport.flush();
        assertThat(station.takeLog()).containsExactly("0 sent fast", "80 sent slow", "80 flushed");
        assertThat(transport.outbound()).isEqualTo(NONE);
    }

    @Test
    void eachDirectionHasConditionsOfItsOwn() {
        ConditionedTransport oneWay = station.conditioned().outbound(CUT).inbound(SLOW).build();
        assertThat(oneWay.outbound()).isEqualTo(CUT);
        assertThat(oneWay.inbound()).isEqualTo(SLOW);
        oneWay.send(PEER, bytes("a"));
        station.arrive("b");
        textsFrom(oneWay, 10);
        station.advanceMillis(80);
        assertThat(textsFrom(oneWay, 10)).containsExactly("b");
        assertThat(station.takeLog()).isEmpty();
        oneWay.conditions(NONE);
        assertThat(List.of(oneWay.outbound(), oneWay.inbound())).containsOnly(NONE);
    }

    // ---- Releasing

    @Test
    void aPeerIsReleasedAfterAllThatWasSentToItBefore() {
        transport.outbound(SLOW.jitterMillis(20));
        send("goodbye");
        station.advanceMillis(1);
        transport.release(PEER, StatedReason.of(7, "the round is over"));
        station.takeLog();
        for (int i = 0; i < 200; i++) {
            station.advanceMillis(1);
            transport.flush();
        }
        assertThat(station.takeLog())
                .filteredOn(line -> !line.endsWith("flushed"))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("sent goodbye"),
                        last ->
                                assertThat(last)
                                        .isEqualTo("101 released " + PEER + ": the round is over"));
    }

    @Test
    void withoutConditionsAPeerIsReleasedAtOnce() {
        send("goodbye");
        transport.release(PEER, StatedReason.of(7, "the round is over"));
        assertThat(station.takeLog())
                .containsSubsequence(
                        "0 sent goodbye", "0 released " + PEER + ": the round is over");
    }

    // ---- Closing

    @Test
    void whatWasSentLeavesAtOnceWhenTheTransportIsClosed() {
        transport.outbound(SLOW);
        send("first");
        station.advanceMillis(1);
        send("second");
        transport.close();
        assertThat(station.takeLog())
                .containsExactly("1 sent first", "1 sent second", "1 flushed", "1 closed");
        transport.close();
        assertThat(station.takeLog()).as("nothing is left").containsExactly("1 closed");
    }

    @Test
    void afterOpeningAgainTheLinkIsEmpty() throws IOException {
        transport.conditions(SLOW.bytesPerSecond(1_000).burstLoss(1, 1e-9, 0));
        station.arrive("old");
        receive();
        send("x".repeat(500));
        transport.close();
        transport.open();
        station.takeLog();
        transport.conditions(SLOW.bytesPerSecond(1_000));
        send("x");
        station.advanceMillis(81);
        assertThat(receive()).as("what was on its way in").isEmpty();
        assertThat(station.takeLog())
                .as("nothing waits for the bandwidth")
                .containsExactly("81 sent x", "81 flushed");
    }

    @Test
    void aClosedTransportDelaysNothing() {
        transport.outbound(SLOW);
        transport.close();
        station.takeLog();
        send("late");
        assertThat(station.takeLog())
                .as("the wrapped one counts it")
                .containsExactly("0 sent late");
        assertThat(transport.outboundStats().packets()).isZero();
    }

    // ---- Bounds and counters

    @Test
    void asManyAreUnderWayAsMayBeAndTheNextIsDroppedAndCounted() {
        ConditionedTransport small = station.conditioned().packetsUnderWayMax(3).build();
        small.conditions(SLOW);
        for (String text : List.of("a", "b", "c")) {
            small.send(PEER, bytes(text));
        }
        assertThat(small.outboundStats().overflowed()).isZero();
        small.send(PEER, bytes("d"));
        assertThat(small.outboundStats().overflowed()).isEqualTo(1);
        assertThat(small.outboundStats().underWay()).isEqualTo(3);
        station.advanceMillis(80);
        small.send(PEER, bytes("e"));
        assertThat(station.takeLog()).containsExactly("80 sent a", "80 sent b", "80 sent c");
        assertThat(small.outboundStats().underWay()).isEqualTo(1);

        station.arrive("a", "b", "c", "d");
        textsFrom(small, 10);
        assertThat(small.inboundStats().overflowed()).isEqualTo(1);
    }

    @Test
    void aBoundOutOfRangeIsNamedWithItsLimit() {
        for (int packets : new int[] {0, (1 << 20) + 1}) {
            assertThatThrownBy(() -> station.conditioned().packetsUnderWayMax(packets))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "packetsUnderWayMax is " + packets, "1 to 1048576", "16384");
        }
    }

    @Test
    void everythingThatBecomesOfPacketsIsCounted() {
        transport.outbound(CUT);
        send("a");
        transport.outbound(NONE.loss(1));
        send("a", "b");
        transport.outbound(NONE.burstLoss(1, 1e-9, 1));
        send("a", "b", "c");
        transport.outbound(NONE.duplication(1).reordering(1));
        send("a");
        transport.outbound(NONE.bytesPerSecond(1).queueBytes(0));
        send("a", "b", "c", "d", "e");
        LinkStats stats = transport.outboundStats();
        assertThat(stats).isEqualTo(new LinkStats(12, 1, 5, 1, 4, 0, 2, 3));
        assertThat(stats.dropped()).isEqualTo(10);
        assertThat(transport.inboundStats()).isEqualTo(new LinkStats(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(transport.stats().packetsOut()).isZero();
    }

    @Test
    void whatItIsIsPrintedWithTheSeedThatShowsItAgain() {
        assertThat(transport.toString()).contains("seed 1", "WeatherStation", NONE.toString());
        assertThat(transport.seed()).isEqualTo(1);
        assertThat(transport.localAddress()).isEqualTo(NetAddress.parse("10.0.0.1:1"));
        assertThat(transport.maxPacketBytes()).isEqualTo(1200);
    }

    // ---- The same again

    @Test
    void theSameSeedGivesTheSameRunAndAnotherADifferentOne() {
        assertThat(run(7, true)).isEqualTo(run(7, true)).isNotEqualTo(run(8, true));
    }

    @Test
    void whatIsReceivedChangesNothingForWhatIsSent() {
        assertThat(run(7, true)).filteredOn(it -> it.contains("sent")).isEqualTo(run(7, false));
    }

    private static List<String> run(long seed, boolean receives) {
        WeatherStation station = new WeatherStation();
        LinkConditions bad =
                SLOW.jitterMillis(40)
                        .loss(0.1)
                        .burstLoss(0.05, 0.3, 0.9)
                        .duplication(0.1)
                        .reordering(0.1)
                        .bytesPerSecond(2_000)
                        .queueBytes(400);
        ConditionedTransport transport = station.conditioned().seed(seed).conditions(bad).build();
        Random traffic = new Random(99);
        for (int i = 0; i < 500; i++) {
            transport.send(PEER, bytes(i + "x".repeat(traffic.nextInt(40))));
            if (receives) {
                station.arrive("in " + i);
                transport.receive(
                        (_, datagram) ->
                                station.log.add(station.nowNanos() + " received " + text(datagram)),
                        10);
            }
            station.advanceMillis(10);
            if (i == 250) {
                transport.conditions(bad.latencyMillis(10).loss(0.5));
            }
            transport.flush();
        }
        station.log.removeIf(it -> it.endsWith("flushed"));
        return station.takeLog();
    }
}
